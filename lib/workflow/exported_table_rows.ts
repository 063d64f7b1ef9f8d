import { posix } from "node:path";
import type { ExportedTable } from "../outputs/exported_columns.ts";
import { correctionCells, type SpectrumCorrections } from "../outputs/corrections.ts";
import { binnedRows, exportedSpectrumRow } from "../outputs/exported_rows.ts";
import { bandLightCurveRows, lightCurveRows } from "../outputs/light_curve_rows.ts";
import { type MeasurementRow, sortRows } from "../outputs/measurement_row.ts";
import { outputPaths } from "../outputs/output_paths.ts";
import { storedFailures, storedMeasurements, storedOutput } from "../store/exported_records.ts";
import type { SourceRecord } from "../store/sources.ts";
import { sourceSummaries, type SourceSummary } from "../store/summaries.ts";
import type { TableCell, TableRow } from "../table/table_source.ts";
import type { Project } from "./project.ts";

/** Reads the rows of a table that belong to one source. */
export type RowsOfSource = (source: SourceRecord) => Iterable<TableRow>;

/** How the rows of a table that can be exported are read. */
export function rowsOfTable(
  project: Project,
  table: ExportedTable,
  clipSigma: number | undefined,
  corrections: SpectrumCorrections = {},
): RowsOfSource {
  switch (table) {
    case "spectra":
      return (source) =>
        publishedRows(project, source).map((row) => [
          ...exportedSpectrumRow(row),
          ...correctionCells(row, corrections),
        ]);
    case "measurements":
      return (source) => measurementRows(project, source, corrections);
    case "binned":
      return (source) => binnedRows(source, publishedRows(project, source), clipSigma, corrections);
    case "light_curves":
      return (source) => lightCurveRows(source, publishedRows(project, source));
    case "band_light_curves":
      return (source) => bandLightCurveRows(source, publishedRows(project, source));
    case "sources": {
      const summaries = new Map(sourceSummaries(project.database).map((line) => [line.sourceId, line]));
      return (source) => [sourceRow(source, summaries.get(source.sourceId)!)];
    }
    case "failures":
      return (source) => failureRows(project, source);
    case "manifests":
      return (source) => manifestRows(project, source);
    case "images":
      return (source) => imageRows(project, source);
    case "cutouts":
      return (source) => cutoutRows(project, source);
  }
}

/** The published measurements of a source in the order of publication. */
export function publishedRows(project: Project, source: SourceRecord): MeasurementRow[] {
  return sortRows(
    project.measurements.publishedRows(source.sourceId).map((row) =>
      JSON.parse(row.rowJson) as MeasurementRow
    ),
  );
}

function* measurementRows(
  project: Project,
  source: SourceRecord,
  corrections: SpectrumCorrections,
): Generator<TableRow> {
  for (const stored of storedMeasurements(project.database, source.sourceId)) {
    const row = JSON.parse(stored.rowJson) as MeasurementRow;
    yield [
      ...exportedSpectrumRow(row),
      stored.published === 1,
      stored.createdAt,
      stored.runId,
      ...correctionCells(row, corrections),
    ];
  }
}

function sourceRow(source: SourceRecord, summary: SourceSummary): TableRow {
  return [
    source.sourceId,
    source.sourceName,
    source.rightAscensionDeg,
    source.declinationDeg,
    source.properMotionRaMasPerYear,
    source.properMotionDecMasPerYear,
    source.referenceEpochYear,
    source.cutoutSizeArcsec,
    summary.state,
    textOrAbsent(summary.reason),
    summary.products,
    summary.measured,
    summary.detected,
    summary.recommended,
    summary.failed,
    summary.publishedAt,
    source.slug,
    source.extraJson === "{}" ? null : source.extraJson,
  ];
}

function* failureRows(project: Project, source: SourceRecord): Generator<TableRow> {
  for (const failure of storedFailures(project.database, source.sourceId)) {
    yield [
      source.sourceId,
      source.sourceName,
      textOrAbsent(failure.productId),
      failure.phase,
      failure.code,
      failure.message,
      textOrAbsent(failure.hint),
      failure.createdAt,
      failure.resolvedAt,
      failure.runId,
    ];
  }
}

function* manifestRows(project: Project, source: SourceRecord): Generator<TableRow> {
  const output = storedOutput(project.database, source.sourceId);
  if (output === undefined) return;
  yield [
    source.sourceId,
    source.sourceName,
    posix.normalize(outputPaths(source.slug, project.config.photometry.output_root).manifest),
    output.manifestHash,
    output.rowCount,
    output.rowsHash,
    output.configHash,
    output.publishedAt,
    output.runId,
  ];
}

function* imageRows(project: Project, source: SourceRecord): Generator<TableRow> {
  for (const product of project.products.matchedProducts(source.sourceId)) {
    yield [
      source.sourceId,
      source.sourceName,
      product.productId,
      product.collection,
      product.release,
      product.observationId,
      product.detector,
      product.processingVersion,
      product.parentFilename,
      product.startMjd,
      product.endMjd,
      product.accessUrl,
      product.cloudKey,
    ];
  }
}

function* cutoutRows(project: Project, source: SourceRecord): Generator<TableRow> {
  for (const cutout of project.cutouts.ofSource(source.sourceId).values()) {
    yield [
      source.sourceId,
      source.sourceName,
      cutout.cutoutKey,
      cutout.productId,
      cutout.state,
      cutout.localPath,
      cutout.sizeArcsec,
      cutout.fileSizeBytes,
      cutout.sha256,
      cutout.contentSha256,
      cutout.accessRoute,
      cutout.validationStatus,
      textOrAbsent(cutout.validationReason),
    ];
  }
}

/** Empty text is no text: formats differ in whether they can tell them apart. */
function textOrAbsent(text: string | null): TableCell {
  return text === "" ? null : text;
}
