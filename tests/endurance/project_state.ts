import { DatabaseSync } from "node:sqlite";
import { sha256Hex } from "../../lib/files/sha256.ts";
import type { OutputManifest } from "../../lib/outputs/output_manifest.ts";
import { manifestHash } from "../../lib/outputs/output_manifest.ts";
import { checksumsBelow, filesBelow } from "../workflow/project_fixture.ts";

/** Tables that tell of the runs and not of what came of them. */
const TABLES_OF_RUNS = ["runs", "stage_costs", "schema_migrations", "sqlite_sequence"];

/** Columns that tell when and by which run a row was written, or depend on it: a manifest names the run. */
const COLUMNS_OF_RUNS = /^(.*_at|run_id|manifest_hash|failure_id)$/;

/** Everything that a finished project has to show, without the times and the identities of its runs. */
export interface ProjectState {
  /** The rows of each table of the database. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  /** SHA-256 of the result files by path; provenance and manifests have their content in its place. */
  readonly results: Readonly<Record<string, string>>;
  /** What lies below the folder of cutouts and downloads. */
  readonly data: readonly string[];
}

/** A provenance file without the run that wrote it. */
function withoutRun(text: string): string {
  const { project: { run_id: _, ...project }, ...rest } = JSON.parse(text);
  return JSON.stringify({ project, ...rest });
}

/** A manifest, which must carry its own hash, without the checksum of the provenance, which names the run. */
function withoutProvenance(text: string): string {
  const manifest = JSON.parse(text) as OutputManifest;
  if (manifest.manifest_hash !== manifestHash(manifest)) throw new Error("A manifest has another hash");
  const { manifest_hash: _, files: { provenance: __, ...files }, ...rest } = manifest;
  return JSON.stringify({ files, ...rest });
}

/** Long cells by their hash, so that a difference can be read. */
function shortened(text: string): string {
  return text.length <= 100 ? text : `sha256:${sha256Hex(text)}`;
}

function tablesOf(project: string): Record<string, string[]> {
  const database = new DatabaseSync(`${project}/db/cutoutdb.sqlite`, { readOnly: true });
  try {
    const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
      .map((row) => String(row["name"])).filter((name) => !TABLES_OF_RUNS.includes(name));
    return Object.fromEntries(names.map((name) => {
      const rows = database.prepare(`SELECT * FROM "${name}"`).all().map((row) => {
        const cells = Object.entries(row).filter(([column]) => !COLUMNS_OF_RUNS.test(column));
        return cells.map(([column, value]) => `${column}=${shortened(String(value))}`).join(" ");
      });
      return [name, rows.sort()];
    }));
  } finally {
    database.close();
  }
}

/** What a project has to show. */
export async function projectState(project: string): Promise<ProjectState> {
  const results = await checksumsBelow(`${project}/results`);
  for (const path of Object.keys(results)) {
    const text = () => Deno.readTextFileSync(`${project}/results/${path}`);
    if (path.endsWith("_provenance.json")) results[path] = withoutRun(text());
    if (path.endsWith("_output_manifest.json")) results[path] = withoutProvenance(text());
  }
  const data = filesBelow(`${project}/data`);
  return { tables: tablesOf(project), results, data };
}

/** The measurements that are committed, each with the moment and the run of its making. */
export function recordedMeasurements(project: string): Map<string, string> {
  const database = new DatabaseSync(`${project}/db/cutoutdb.sqlite`);
  try {
    const rows = database.prepare("SELECT measurement_id, created_at, run_id FROM measurements").all();
    return new Map(
      rows.map((row) => [String(row["measurement_id"]), `${row["created_at"]} ${row["run_id"]}`]),
    );
  } finally {
    database.close();
  }
}
