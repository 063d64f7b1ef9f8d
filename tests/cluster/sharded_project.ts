import type { StandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import { init } from "../../lib/workflow/init.ts";
import { archiveConfig, SMALL_PROJECT } from "../workflow/project_fixture.ts";

/** Five targets, of which each of four shards has one or two. */
const CATALOG = `Name,RA_deg,DEC_deg
alpha,68.05,-5.37
beta,127.2,39.08
gamma,210.8,54.3
delta,10.7,41.3
theta,83.6,22.0
`;

/** The command that runs the program of this checkout, as the scripts of the examples take it. */
export const PROGRAM = [
  Deno.execPath(),
  "run",
  "--quiet",
  "--no-check",
  "-A",
  `--config=${new URL("../../deno.json", import.meta.url).pathname}`,
  new URL("../../cli.ts", import.meta.url).pathname,
].join(" ");

/** Makes a project on a small archive in a new folder, and returns its path. */
export async function newProject(folder: string, archive: StandInArchive): Promise<string> {
  Deno.mkdirSync(folder);
  Deno.writeTextFileSync(`${folder}/catalog.csv`, CATALOG);
  const config = { ...SMALL_PROJECT, ...archiveConfig(archive) };
  await init({ project: `${folder}/project`, catalog: `${folder}/catalog.csv`, config });
  return `${folder}/project`;
}
