/** The program killed with SIGKILL in each stage, and what comes of going on. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { stringify } from "yaml";
import { standInConfig } from "../../../lib/cli/commands/archive.ts";
import { nestValues } from "../../../lib/config/config_keys.ts";
import { isTaggedError } from "../../../lib/core/errors.ts";
import { acquireProjectLock } from "../../../lib/files/project_lock.ts";
import { type StandInArchive, startStandInArchive } from "../../../lib/simulator/stand_in_archive.ts";
import { Pipeline } from "../../../lib/workflow/pipeline/pipeline.ts";
import { PIPELINE_STAGES, type PipelineStage } from "../../../lib/workflow/pipeline/pipeline_types.ts";
import { checksumsBelow, filesBelow } from "../project_fixture.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const NAME = "star";

/** Parts of a stage's operations on the disk after which the process dies. */
const MOMENTS = [0.2, 0.6, 1];

/** A small archive, and the program as a process that dies when it is told to. */
class KillTrial implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "spxcutdb_killed_" });
  readonly #archive: StandInArchive;
  readonly #config: Readonly<Record<string, string>>;

  private constructor(archive: StandInArchive) {
    this.#archive = archive;
    this.#config = standInConfig(archive.urls);
    const settings = nestValues(Object.entries(this.#config));
    Deno.writeTextFileSync(`${this.folder}/archive.yaml`, stringify(settings));
  }

  static async open(): Promise<KillTrial> {
    return new KillTrial(await startStandInArchive({ seed: 7, visitsPerDetector: 2, defects: false }));
  }

  pipeline(outputDir: string, stages: readonly PipelineStage[]): Pipeline {
    return new Pipeline(
      {
        ra: 150.1,
        dec: 2.2,
        name: NAME,
        outputDir,
        bands: [2],
        cutoutSize: "21px",
        config: this.#config,
      },
      { stages },
    );
  }

  /** Runs stages in a process with the variables of `die_at_operation.ts`; how it ended. */
  async program(outputDir: string, stages: readonly string[], env: Record<string, string>) {
    const { code, signal, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "-A", "--config", `${ROOT}deno.json`],
        ...["--preload", `${ROOT}tests/endurance/die_at_operation.ts`, `${ROOT}cli.ts`, "source"],
        ...["--ra", "150.1", "--dec", "2.2", "--name", NAME, "--bands", "D2", "--cutout-size", "21px"],
        ...["--config", `${this.folder}/archive.yaml`, "--output", outputDir],
        ...["--resume", "--stages", stages.join(",")],
      ],
      env: { SPXCUTDB_PROJECT: "", ...env },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    return { code, isKilled: signal === "SIGKILL", stderr: new TextDecoder().decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#archive.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const path of filesBelow(from)) {
    Deno.mkdirSync(dirname(`${to}/${path}`), { recursive: true });
    Deno.copyFileSync(`${from}/${path}`, `${to}/${path}`);
  }
}

Deno.test("A pipeline that is killed in any stage goes on to the files of an undisturbed run, byte for byte", async () => {
  await using trial = await KillTrial.open();
  const undisturbed = `${trial.folder}/undisturbed`;
  await trial.pipeline(undisturbed, PIPELINE_STAGES).runFullPipeline();
  const wanted = await checksumsBelow(undisturbed);
  assert(Object.keys(wanted).length >= 8, Object.keys(wanted).join(" "));

  await Promise.all(PIPELINE_STAGES.map(async (stage, index) => {
    const before = `${trial.folder}/before_${stage}`;
    const earlier = PIPELINE_STAGES.slice(0, index);
    if (earlier.length > 0) await trial.pipeline(before, earlier).runFullPipeline();
    const counted = `${trial.folder}/counted_${stage}`;
    copyFolder(before, counted);
    const counter = `${trial.folder}/operations_${stage}`;
    const whole = await trial.program(counted, [...earlier, stage], { COUNT_OPERATIONS_IN: counter });
    assert.equal(whole.code, 0, whole.stderr);
    const operations = Number(await Deno.readTextFile(counter));
    assert(operations > 10, `${operations} operations of ${stage}`);

    for (const [count, part] of MOMENTS.entries()) {
      // The last operations remove the lock, when the stage is written down already.
      const dieAt = Math.ceil(part * (operations - 8));
      const moment = `${stage}, operation ${dieAt} of ${operations}`;
      const output = `${trial.folder}/${stage}_${count}`;
      copyFolder(before, output);
      const { isKilled, stderr } = await trial.program(output, PIPELINE_STAGES, {
        DIE_AT_OPERATION: String(dieAt),
      });
      assert(isKilled, `${moment}: ${stderr}`);
      assert.notDeepEqual(await checksumsBelow(output), wanted, moment);
      if (count === 0) {
        const { code, stderr } = await trial.program(output, PIPELINE_STAGES, {});
        assert.equal(code, 0, `${moment}: ${stderr}`);
      } else {
        await trial.pipeline(output, PIPELINE_STAGES).resume();
      }
      assert.deepEqual(await checksumsBelow(output), wanted, moment);
    }
  }));
});

Deno.test("A pipeline whose output folder is in use says by whom, and writes nothing", async () => {
  await using trial = await KillTrial.open();
  const output = `${trial.folder}/used`;
  await Deno.mkdir(output);
  const pipeline = trial.pipeline(output, ["query"]);
  {
    using _lock = acquireProjectLock(output, "source other");
    for (
      const run of [() => pipeline.runQuery(), () => pipeline.resume(), () => pipeline.runFullPipeline()]
    ) {
      await assert.rejects(run, (error) => {
        assert(isTaggedError(error, "lock/held"));
        assert.match(error.message, /^The output folder is in use by process \d+.*source other/);
        return true;
      });
    }
    assert.deepEqual(filesBelow(output), [".spxcutdb.lock"]);
  }
  await pipeline.resume();
  assert.deepEqual(filesBelow(output), ["results/query_summary.yaml", "star.yaml"]);
});

Deno.test("A pipeline removes what a killed one left unfinished, and nothing else", async () => {
  await using trial = await KillTrial.open();
  const output = `${trial.folder}/left`;
  const others = [".star.yaml.1-1-0badf00d.tmp", "results/.photometry.json.1-2-0badf00d.tmp"];
  const kept = ["notes/.mine.csv.1-1-0badf00d.tmp", "results/mine.tmp"];
  for (const path of [...others, ...kept]) {
    await Deno.mkdir(dirname(`${output}/${path}`), { recursive: true });
    await Deno.writeTextFile(`${output}/${path}`, "half");
  }
  await trial.pipeline(output, ["query"]).runQuery();
  const left = filesBelow(output);
  assert.deepEqual(left.filter((path) => [...others, ...kept].includes(path)), kept);
});
