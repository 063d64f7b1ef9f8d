import { DatabaseSync } from "node:sqlite";
import { standInConfig } from "../../lib/cli/commands/archive.ts";
import { sha256File } from "../../lib/files/sha256.ts";
import { type StandInArchive, startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import type { FaultPlan, LinkLimits } from "../../lib/simulator/stand_in_options.ts";
import { syncCalibrations } from "../../lib/workflow/calibrations.ts";
import { discover } from "../../lib/workflow/discover.ts";
import type { WorkflowEvent } from "../../lib/workflow/events.ts";
import { init } from "../../lib/workflow/init.ts";
import { run } from "../../lib/workflow/run.ts";
import type { RunOptions, RunResult } from "../../lib/workflow/run_options.ts";

/** The catalog of the prepared projects. */
export const CATALOG = "Name,RA_deg,DEC_deg\nalpha,68.05,-5.37\nbeta,127.2,39.08\n";

/** Two visits of every place, in one release and without a crowd of stars: a handful of images for each target. */
const SURVEY = { seed: 7, visitsPerDetector: 2, qr3Fraction: 0, fieldStarsPerSquareDegree: 50 };

/** What projects of these tests differ in from the defaults, besides the archive. */
export const SMALL_PROJECT = {
  "spherex.detectors": [2, 5],
  // One request and one file of known size for each image; the other routes have tests of their own.
  "cutouts.access": "cutout",
  "download.retry.backoff_seconds": [0.01],
  "download.retry.jitter_seconds": 0,
  "discovery.retry.backoff_seconds": [0.01],
  "discovery.retry.jitter_seconds": 0,
};

/** How far a prepared project is: nothing asked, asked and with calibration, or measured with its cutouts on disk. */
export type Stage = "new" | "discovered" | "calibrated" | "measured";

/** A stand-in archive for small projects. */
export function startSmallArchive(
  options: { faults?: FaultPlan; link?: LinkLimits; qr3Fraction?: number } = {},
): Promise<StandInArchive> {
  return startStandInArchive({ ...SURVEY, ...options });
}

/** The configuration values that point a project at an archive. */
export function archiveConfig(archive: StandInArchive): Record<string, unknown> {
  return standInConfig(archive.urls);
}

/**
 * One archive and projects for it. A project is made once for each stage; tests get copies of their own, whose large
 * files are hard links: replace such a file, never write into it.
 */
export class Workbench implements AsyncDisposable {
  readonly archive: StandInArchive;
  readonly #folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "spxcutdb_workflow_" }));
  readonly #prepared = new Map<Stage, Promise<string>>();
  #copies = 0;

  private constructor(archive: StandInArchive) {
    this.archive = archive;
  }

  static async open(): Promise<Workbench> {
    return new Workbench(await startSmallArchive());
  }

  /** A folder of its own for a test; removed with everything else. */
  folder(): string {
    const path = `${this.#folder}/${++this.#copies}`;
    Deno.mkdirSync(path);
    return path;
  }

  /** A project at a stage, with nothing in the archive's log. Its catalog lies beside it. */
  async project(stage: Stage): Promise<string> {
    const path = await this.#at(stage);
    const folder = this.folder();
    copyTree(`${path}/..`, folder);
    this.archive.resetCounts();
    return `${folder}/project`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.archive.close();
    Deno.removeSync(this.#folder, { recursive: true });
  }

  #at(stage: Stage): Promise<string> {
    let known = this.#prepared.get(stage);
    if (known === undefined) {
      known = this.#prepare(stage);
      this.#prepared.set(stage, known);
    }
    return known;
  }

  async #prepare(stage: Stage): Promise<string> {
    const folder = this.folder();
    const project = `${folder}/project`;
    if (stage === "new") {
      Deno.writeTextFileSync(`${folder}/catalog.csv`, CATALOG);
      const config = { ...SMALL_PROJECT, ...archiveConfig(this.archive) };
      await init({ project, catalog: `${folder}/catalog.csv`, config });
      return project;
    }
    const before = stage === "measured" ? "calibrated" : stage === "calibrated" ? "discovered" : "new";
    copyTree(`${await this.#at(before)}/..`, folder);
    if (stage === "discovered") await discover({ project });
    else if (stage === "calibrated") await syncCalibrations({ project });
    else await run({ project, cleanupCutouts: "never" });
    return project;
  }
}

/** Tests of one subject that share an archive and its prepared projects, as steps of one test. */
export function benchTests(
  subject: string,
  steps: Readonly<Record<string, (bench: Workbench, test: Deno.TestContext) => Promise<void>>>,
): void {
  Deno.test(subject, async (test) => {
    await using bench = await Workbench.open();
    for (const [name, step] of Object.entries(steps)) await test.step(name, (inner) => step(bench, inner));
  });
}

/** Copies a folder; FITS files become hard links. */
function copyTree(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyTree(`${from}/${name}`, `${to}/${name}`);
    else if (name.endsWith(".fits")) Deno.linkSync(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

/** A run and what it told, without its progress. */
export async function recordRun(
  options: RunOptions,
): Promise<RunResult & { readonly events: readonly WorkflowEvent[] }> {
  const events: WorkflowEvent[] = [];
  const onEvent = (event: WorkflowEvent) => {
    if (event.type !== "progress") events.push(event);
    options.onEvent?.(event);
  };
  return { ...await run({ ...options, onEvent }), events };
}

/** The events of one type. */
export function eventsOf<Type extends WorkflowEvent["type"]>(
  events: readonly WorkflowEvent[],
  type: Type,
): Extract<WorkflowEvent, { type: Type }>[] {
  return events.filter((event) => event.type === type) as Extract<WorkflowEvent, { type: Type }>[];
}

/** The rows of a query on a project's database. */
export function queryProject(
  project: string,
  sql: string,
  ...values: (string | number)[]
): Record<string, unknown>[] {
  const database = new DatabaseSync(`${project}/db/cutoutdb.sqlite`);
  try {
    return database.prepare(sql).all(...values).map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

/** Identity and hash of each current measurement. */
export function currentRows(project: string): Record<string, unknown>[] {
  return queryProject(
    project,
    "SELECT measurement_id, row_hash FROM measurements WHERE current = 1 ORDER BY measurement_id",
  );
}

/** The paths of all files below a folder, relative to it, in order; links are left out. */
export function filesBelow(folder: string): string[] {
  const paths: string[] = [];
  const walk = (prefix: string) => {
    for (const { name, isDirectory, isFile } of Deno.readDirSync(`${folder}/${prefix}`)) {
      if (isDirectory) walk(`${prefix}${name}/`);
      else if (isFile) paths.push(`${prefix}${name}`);
    }
  };
  if (exists(folder)) walk("");
  return paths.sort();
}

/** The SHA-256 of each file below a folder, by path. */
export async function checksumsBelow(folder: string): Promise<Record<string, string>> {
  const entries = filesBelow(folder).map(async (path) =>
    [path, await sha256File(`${folder}/${path}`)] as const
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Whether something is at a path, links not followed. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Puts a new file in the place of one that may be a hard link. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  Deno.removeSync(path);
  Deno.writeFileSync(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
}

/** Writes the catalog that lies beside a project. */
export function writeCatalog(project: string, text: string): void {
  Deno.writeTextFileSync(`${project}/../catalog.csv`, text);
}

/** A spectrum table as one record for each row. */
export function readSpectrum(project: string, slug: string): Record<string, string>[] {
  const lines = Deno.readTextFileSync(`${project}/results/spectra/${slug}.csv`).trimEnd().split("\n")
    .filter((line) => !line.startsWith("#"));
  const [header, ...rows] = lines.map((line) => line.split(","));
  return rows.map((cells) => Object.fromEntries(header!.map((name, index) => [name, cells[index] ?? ""])));
}
