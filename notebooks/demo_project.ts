/**
 * A measured project for the notebooks, on a synthetic sky and in a temporary folder. With a project of your own, open
 * that instead: `openProject("path/of/project")`.
 */
import { discover, init, run, syncCalibrations } from "../mod.ts";
import { standInConfig } from "../lib/cli/commands/archive.ts";
import { type StandInArchive, startStandInArchive } from "../lib/simulator/stand_in_archive.ts";

/** The project and the archive that it was measured from; disposing of it removes both. */
export class DemoProject implements AsyncDisposable {
  /** Folder of the project. */
  readonly project: string;
  /** Folder above it, for other files. */
  readonly folder: string;
  /** The archive, which knows the truth. */
  readonly archive: StandInArchive;

  /** Use {@linkcode demoProject}. */
  constructor(folder: string, archive: StandInArchive) {
    this.folder = folder;
    this.project = `${folder}/project`;
    this.archive = archive;
  }

  /** Closes the archive and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.archive.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Measures the two targets of the example catalog, a dozen visits in each band. */
export async function demoProject(): Promise<DemoProject> {
  const demo = new DemoProject(
    await Deno.makeTempDir(),
    await startStandInArchive({ seed: 1, visitsPerDetector: 12 }),
  );
  const { project } = demo;
  const catalog = new URL("../examples/input_catalog.csv", import.meta.url).pathname;
  await init({ project, catalog, config: standInConfig(demo.archive.urls) });
  await discover({ project });
  await syncCalibrations({ project });
  await run({ project });
  return demo;
}
