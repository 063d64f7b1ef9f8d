import { join } from "node:path";
import { type JsonValue, TaggedError } from "../core/errors.ts";
import { storageError } from "../files/storage_error.ts";
import { OUTPUT_SCHEMA_VERSION, PHOTOMETRY_CODE_VERSION } from "../config/versions.ts";
import type { MeasurementRow } from "../outputs/measurement_row.ts";
import type { OutputManifest } from "../outputs/output_manifest.ts";
import { rowHash } from "../outputs/row_hash.ts";
import { publishSource } from "../outputs/publish_source.ts";
import type { FigureRenderer } from "../outputs/source_figures.ts";
import { outputPaths } from "../outputs/output_paths.ts";
import { type OutputVerification, verifyOutputs } from "../outputs/verify_outputs.ts";
import type { SourceRecord } from "../store/sources.ts";
import { PACKAGE_VERSION } from "./package_version.ts";
import type { Project } from "./project.ts";

const VERSIONS = {
  outputSchemaVersion: OUTPUT_SCHEMA_VERSION,
  photometryCodeVersion: PHOTOMETRY_CODE_VERSION,
};

const VERSIONS_TEXT = `${OUTPUT_SCHEMA_VERSION} ${PHOTOMETRY_CODE_VERSION}`;

/** Where a project's outputs go. */
function location(project: Project): { projectRoot: string; resultsDirectory: string } {
  return { projectRoot: project.root, resultsDirectory: project.config.photometry.output_root };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw storageError(error, "look at", path);
  }
}

/** Whether the configured level of quality control asks for the summary. */
function hasQaSummary(project: Project): boolean {
  return project.config.photometry.qa_level !== "minimal";
}

/** Whether the outputs of a source are those of its current measurements, and why not. */
export function verifySourceOutputs(
  project: Project,
  source: SourceRecord,
  requireFullQa = false,
): Promise<OutputVerification> {
  const rows = project.measurements.publishedRows(source.sourceId);
  return verifyOutputs({
    sourceId: source.sourceId,
    slug: source.slug,
    rowHashes: new Map(rows.map((row) => [row.measurementId, row.rowHash])),
    configHash: project.effective.photometryHash,
    versions: VERSIONS,
    requireQaSummary: hasQaSummary(project),
    requireFullQa,
  }, location(project));
}

/**
 * The same from what the database recorded and from which files are there, without reading any: quick, but a file that
 * somebody has changed passes for whole.
 */
export function recordedSourceOutputs(
  project: Project,
  source: Pick<SourceRecord, "sourceId" | "slug">,
): Omit<OutputVerification, "problems"> {
  const record = project.runs.outputs(source.sourceId);
  const { csv, sed, sedSvg, qa, provenance, index, manifest } = outputPaths(
    source.slug,
    project.config.photometry.output_root,
  );
  const missing = [csv, sed, sedSvg, ...(hasQaSummary(project) ? [qa] : []), provenance, index, manifest]
    .filter((path) => !isFile(join(project.root, path)));
  const reasons = [
    ...missing.map((path) => `There is no file ${path}`),
    ...(record === undefined ? ["The outputs were never recorded"] : []),
    ...(record?.isStale === true ? ["Measurements have changed since"] : []),
    ...(record !== undefined && record.configHash !== project.effective.photometryHash
      ? [`The configuration hash is ${record.configHash}, expected ${project.effective.photometryHash}`]
      : []),
    ...(record !== undefined && record.versions !== VERSIONS_TEXT
      ? [`The versions are ${record.versions || "not recorded"}, expected ${VERSIONS_TEXT}`]
      : []),
  ];
  return { current: reasons.length === 0, lacksFiles: missing.length > 0, reasons };
}

/** The open failures of a source as its provenance shows them. */
function failures(project: Project, source: SourceRecord): Record<string, JsonValue>[] {
  return project.runs.openFailures(source.sourceId).map((failure) => ({
    phase: failure.phase,
    code: failure.code,
    message: failure.message,
    hint: failure.hint ?? null,
    product_id: failure.productId === "" ? null : failure.productId,
    run_id: failure.runId,
    failed_at: failure.createdAt,
  }));
}

/** A stored row, held against its hash. Throws store/corrupt for one that is not what was stored. */
function storedRow(
  source: SourceRecord,
  { measurementId, rowJson, rowHash: expected }: { measurementId: string; rowJson: string; rowHash: string },
): MeasurementRow {
  try {
    const row = JSON.parse(rowJson) as MeasurementRow;
    if (rowHash(row) === expected) return row;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new TaggedError("store/corrupt", `The stored measurement ${measurementId} is not what was stored`, {
    context: { measurement_id: measurementId, source_id: source.sourceId },
    hint: `Measure it again: \`spxcutdb run --source-name ${source.sourceName} --force-photometry-rerun\`; ` +
      "then check the disk and the project with `spxcutdb validate`",
  });
}

/**
 * Writes the outputs of a source from the database and records it. What the outputs show is committed first, so that
 * files never run ahead of the database. Throws store/corrupt for a row that does not have its hash.
 */
export async function publishSourceOutputs(
  project: Project,
  source: SourceRecord,
  runId: string,
  renderFigures?: FigureRenderer,
): Promise<OutputManifest> {
  project.database.flush();
  const stored = project.measurements.publishedRows(source.sourceId);
  const manifest = await publishSource({
    source: {
      sourceId: source.sourceId,
      sourceName: source.sourceName,
      slug: source.slug,
      rightAscensionDeg: source.rightAscensionDeg,
      declinationDeg: source.declinationDeg,
    },
    rows: stored.map((row) => storedRow(source, row)),
    failures: failures(project, source),
    provenance: {
      measurements: Object.fromEntries(
        stored.map((row) => [row.measurementId, JSON.parse(row.provenanceJson) as JsonValue]),
      ),
      project: {
        run_id: runId,
        package_version: PACKAGE_VERSION,
        effective_config_hash: project.effective.hash,
        catalog_path: project.config.catalog.path,
        catalog_row_hash: source.rowHash,
        catalog_columns: JSON.parse(source.extraJson) as JsonValue,
      },
    },
    qaSummary: hasQaSummary(project),
    configHash: project.effective.photometryHash,
    versions: VERSIONS,
  }, { ...location(project), ...(renderFigures === undefined ? {} : { renderFigures }) });
  recordManifest(project, source, manifest, runId);
  project.database.flush();
  return manifest;
}

/** Records in the database which manifest vouches for a source's outputs. */
export function recordManifest(
  project: Project,
  source: SourceRecord,
  manifest: OutputManifest,
  runId: string,
): void {
  project.runs.setOutputs(
    source.sourceId,
    {
      manifestHash: manifest.manifest_hash,
      rowCount: manifest.measurement_row_count,
      rowsHash: manifest.measurement_rows_hash,
      configHash: manifest.config_hash,
      versions: VERSIONS_TEXT,
    },
    new Date().toISOString(),
    runId,
  );
}
