import { relative } from "node:path";
import type { Command } from "commander";
import catalogText from "../../../examples/input_catalog.csv" with { type: "text" };
import { countOption, numberOption } from "../option_values.ts";
import { type LongWork, Session } from "../session.ts";
import { standInConfig } from "./archive.ts";

/** Points an existing project at the stand-in archive, which listens on another port each time. */
async function pointAtStandIn(configFile: string, values: Readonly<Record<string, string>>): Promise<void> {
  const { editProjectFile } = await import("../../config/project_file.ts");
  const { writeFileAtomic } = await import("../../files/atomic_write.ts");
  await writeFileAtomic(configFile, editProjectFile(await Deno.readTextFile(configFile), values));
}

async function makeProject(
  project: string,
  catalog: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const { init } = await import("../../workflow/init.ts");
  const { writeFileAtomic } = await import("../../files/atomic_write.ts");
  const configFile = `${project}/spherex_cutoutdb.yaml`;
  try {
    await Deno.lstat(configFile);
    await pointAtStandIn(configFile, values);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await writeFileAtomic(catalog, catalogText);
    // One process holds the archive too: a single worker that measures keeps it small, and is quick enough.
    await init({ project, catalog, config: { ...values, "runtime.max_fit_workers": 1 } });
  }
}

/** The whole workflow, step by step as a user would do it. */
async function walkThrough(
  project: string,
  session: Session,
  { signal, onEvent }: LongWork,
): Promise<string> {
  const step = (text: string) => session.terminal.message(`${session.terminal.style.bold(text)}`);
  const { validateProject } = await import("../../workflow/validate_project.ts");
  const { discover } = await import("../../workflow/discover.ts");
  const { syncCalibrations } = await import("../../workflow/calibrations.ts");
  const { run } = await import("../../workflow/run.ts");
  const { summary } = await import("../../workflow/summary.ts");
  const checked = await validateProject({ project });
  step(`validate     ${checked.targets} targets, configuration ${checked.configHash.slice(0, 12)}`);
  const found = await discover({ project, resume: true, signal, onEvent });
  step(`discover     ${found.products} images in new answers, ${found.skippedSources} sources asked before`);
  const calibration = await syncCalibrations({ project, signal, onEvent });
  step(`calibration  ${calibration.ready} files ready, ${calibration.downloaded} fetched`);
  const { counts, status, reportPath } = await run({
    project,
    resume: true,
    downloadMissing: true,
    signal,
    onEvent,
  });
  step(
    `run          ${counts.measured} measured, ${counts.skippedValid} current before, ${counts.downloaded} cutouts fetched: ${status}`,
  );
  const { sources, totals } = await summary({ project });
  step(`summary      ${totals.measurements} measurements, ${totals.recommended} recommended for science`);
  const { outputPaths } = await import("../../outputs/output_paths.ts");
  const places = sources.map((source) => {
    const { csv, sed } = outputPaths(source.slug);
    return [
      `${source.sourceName}`,
      `  spectrum  ${project}/${csv}`,
      `  plot      ${project}/${sed}`,
    ].join("\n");
  });
  const report = reportPath === null ? [] : [`report      ${relative(Deno.cwd(), reportPath)}`];
  return [...places, ...report].join("\n");
}

/** `spxcutdb demo`: the whole workflow on a synthetic sky served by this process. */
export function addDemoCommand(program: Command): void {
  program.command("demo").description("the whole workflow on a synthetic sky, served by this process")
    .option("--directory <dir>", "where the demo's catalog and project go", "demo")
    .option("--seed <number>", "seed of the synthetic sky", numberOption, 1)
    .option("--visits <number>", "visits of each target by each detector", countOption)
    .action(async (options) => {
      const session = new Session(options);
      const project = `${options.directory}/project`;
      const { startStandInArchive } = await import("../../simulator/stand_in_archive.ts");
      await using archive = await startStandInArchive({
        seed: options.seed,
        ...(options.visits === undefined ? {} : { visitsPerDetector: options.visits }),
      });
      const started = performance.now();
      await makeProject(project, `${options.directory}/input_catalog.csv`, standInConfig(archive.urls));
      session.terminal.message(session.terminal.style.bold(`init         ${project}`));
      const places = await session.long((tools) => walkThrough(project, session, tools));
      session.terminal.data(places);
      session.terminal.message(
        `Done in ${
          ((performance.now() - started) / 1000).toFixed(1)
        } s. Run it again: nothing is fetched or measured twice`,
      );
    });
}
