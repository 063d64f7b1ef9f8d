import assert from "node:assert/strict";
import { run } from "../../lib/workflow/run.ts";
import { summary } from "../../lib/workflow/summary.ts";
import { TestFolder } from "../cli/run_program.ts";
import {
  checksumsBelow,
  currentRows,
  exists,
  filesBelow,
  startSmallArchive,
} from "../workflow/project_fixture.ts";
import { hasSlurm, OneNodeSlurm } from "./one_node_slurm.ts";
import { newProject, PROGRAM } from "./sharded_project.ts";

const EXAMPLES = new URL("../../examples/", import.meta.url).pathname;

/** Runs a program of an example and fails with what it printed unless it succeeds. */
async function mustRun(program: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, env }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(success, `${program} ${args.join(" ")}: ${text}`);
  return text;
}

/** Works on one project in one run and on another by an engine, and compares what came out. */
async function compareWithOneRun(
  byEngine: (project: string, folder: string) => Promise<void>,
): Promise<void> {
  await using folder = new TestFolder();
  await using archive = await startSmallArchive();
  const expected = await newProject(`${folder.path}/one`, archive);
  await run({ project: expected, discover: true, syncCalibration: true, cleanupCutouts: "never" });
  const project = await newProject(`${folder.path}/shards`, archive);
  await byEngine(project, folder.path);
  const logs = filesBelow(`${project}/logs/slurm`).map((path) =>
    Deno.readTextFileSync(`${project}/logs/slurm/${path}`)
  ).join("\n");
  assert.deepEqual(currentRows(project), currentRows(expected), logs);
  assert(currentRows(project).length > 0);
  assert.deepEqual(
    await checksumsBelow(`${project}/results/spectra`),
    await checksumsBelow(`${expected}/results/spectra`),
  );
  assert((await summary({ project })).sources.every(({ outputs }) => outputs === "current"));
  assert.deepEqual(filesBelow(`${project}/db/shards`), [], "all shards are merged");
  assert(exists(`${project}/results/report.html`));
}

Deno.test({
  name: "examples/slurm: four shards on a Slurm with two job slots give the rows of one run",
  ignore: !hasSlurm(),
  fn: () =>
    compareWithOneRun(async (project, folder) => {
      await using slurm = await OneNodeSlurm.start(`${folder}/slurm`, 2);
      await mustRun(`${EXAMPLES}slurm/submit.sh`, [project, "4"], { ...slurm.env, SPXCUTDB: PROGRAM });
      await slurm.finished();
    }),
});

Deno.test({
  name: "examples/snakemake: four shards, two at once, give the rows of one run",
  ignore: !exists("/usr/bin/snakemake"),
  fn: () =>
    compareWithOneRun(async (project, folder) => {
      await mustRun("/usr/bin/snakemake", [
        "--snakefile",
        `${EXAMPLES}snakemake/Snakefile`,
        "--directory",
        folder,
        "--cores",
        "2",
        "--config",
        `project=${project}`,
        "shards=4",
        `spxcutdb=${PROGRAM}`,
      ]);
    }),
});
