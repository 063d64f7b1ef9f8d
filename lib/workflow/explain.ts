import { TaggedError } from "../core/errors.ts";
import type { FlagRegistry } from "../core/flags.ts";
import { nearestWord } from "../core/text.ts";
import { fullQaPath, outputPaths } from "../outputs/output_paths.ts";
import type { MeasurementRow } from "../outputs/measurement_row.ts";
import { PHOTOMETRY_FLAGS } from "../photometry/photometry_flags.ts";
import { PIXEL_FLAGS } from "../spherex/pixel_flags.ts";
import {
  catalogEntry,
  currentMeasurements,
  type ExplainedMeasurement,
  measurementsStartingWith,
} from "../store/explained_measurements.ts";
import type { SourceRecord } from "../store/sources.ts";
import type {
  ExplainedCalibration,
  ExplainedFile,
  ExplainedFlag,
  ExplainedTarget,
  ExplainedValue,
  Explanation,
  MeasurementExplanation,
  SourceExplanation,
} from "./explain_model.ts";
import { planReasons } from "./plan_project.ts";
import { Planner } from "./planner.ts";
import { Project, type ProjectOptions } from "./project.ts";
import { projectFileSize } from "./project_file_size.ts";

/** What to explain. */
export interface ExplainOptions extends ProjectOptions {
  /** Identity of a measurement, or the first eight characters or more of it, or name or identity of a source. */
  readonly subject: string;
}

/** The part of a measurement's stored provenance that is told. */
interface Provenance {
  readonly cutout: { readonly sha256: string; readonly access_route: string; readonly size_arcsec: number };
  readonly calibration: Readonly<Record<string, CalibrationProvenance>>;
  readonly pipeline_version: string;
  readonly package_version: string;
}

interface CalibrationProvenance {
  readonly calibration_id?: string;
  readonly filename: string;
  readonly version: string;
  readonly sha256: string;
  readonly source_url: string;
}

function fileAt(project: Project, path: string, sizeBytes?: number): ExplainedFile {
  const found = projectFileSize(project.root, path);
  if (found === undefined) return { path, state: "missing" };
  return { path, state: sizeBytes === undefined || sizeBytes === found ? "there" : "other size" };
}

function targetOf(project: Project, source: SourceRecord): ExplainedTarget {
  const { sourceId, sourceName, rightAscensionDeg, declinationDeg, rowHash, extraJson } = source;
  const { catalogPath, catalogVersionId, retiredAt } = catalogEntry(project.database, sourceId);
  const columns = JSON.parse(extraJson) as Record<string, string>;
  const position = { rightAscensionDeg, declinationDeg };
  return {
    sourceId,
    sourceName,
    ...position,
    rowHash,
    catalogPath,
    catalogSha256: catalogVersionId,
    retiredAt,
    columns,
  };
}

function valueOf(stored: ExplainedMeasurement): ExplainedValue {
  const { measurementId, wavelengthMicron, fluxMicroJy, fluxErrorMicroJy } = stored;
  return {
    measurementId,
    wavelengthMicron,
    fluxMicroJy,
    fluxErrorMicroJy,
    measurementStatus: stored.measurementStatus,
    detectionStatus: stored.detectionStatus,
    scienceRecommended: stored.scienceRecommended === 1,
  };
}

function flagsOf(registry: FlagRegistry, names: readonly string[]): ExplainedFlag[] {
  return names.filter((name) => name !== "").map((name) => {
    const known = registry.definitions.find((flag) => flag.name === name);
    return {
      name,
      meaning: known?.meaning ?? "A flag that this version of the program does not know",
      blocksScience: known?.blocksScience ?? false,
    };
  });
}

function imageFlags(word: MeasurementRow[string] | undefined): ExplainedFlag[] {
  return typeof word === "number" ? flagsOf(PIXEL_FLAGS, PIXEL_FLAGS.decode(word)) : [];
}

function calibrationsOf(project: Project, provenance: Provenance): ExplainedCalibration[] {
  const registered = project.calibrations.all();
  return Object.entries(provenance.calibration).flatMap(([role, file]) => {
    if (file.calibration_id === undefined) return [];
    const record = registered.find(({ calibrationId }) => calibrationId === file.calibration_id);
    const { filename, version, sha256 } = file;
    return [{
      role,
      calibrationId: file.calibration_id,
      filename,
      version,
      sha256,
      sourceUrl: file.source_url,
      file: record === undefined ? null : fileAt(project, record.relativePath, record.fileSizeBytes),
    }];
  });
}

/** The files that show the measurements of a source; those that the level of quality control leaves out may be missing. */
function outputsOf(project: Project, { slug }: SourceRecord, measurementId?: string): ExplainedFile[] {
  const { output_root: results, qa_level: level } = project.config.photometry;
  const { qa, ...rest } = outputPaths(slug, results);
  const files = [...Object.values(rest), ...(level === "minimal" ? [] : [qa])];
  if (measurementId !== undefined && level === "full") files.push(fullQaPath(slug, measurementId, results));
  return files.map((path) => fileAt(project, path));
}

function imageOf(
  project: Project,
  productId: string,
  pipelineVersion: string,
): MeasurementExplanation["image"] {
  const {
    collection,
    observationId,
    detector,
    processingVersion,
    parentFilename,
    accessUrl,
    startMjd,
    endMjd,
  } = project.products.find(productId)!;
  return {
    productId,
    collection,
    observationId,
    detector,
    processingVersion,
    pipelineVersion,
    parentFilename,
    accessUrl,
    startMjd,
    endMjd,
  };
}

function cutoutOf(
  project: Project,
  stored: ExplainedMeasurement,
  { cutout }: Provenance,
): MeasurementExplanation["cutout"] {
  const { localPath, state } = project.cutouts.find(stored.cutoutKey)!;
  const file = fileAt(project, localPath);
  return {
    cutoutKey: stored.cutoutKey,
    contentSha256: stored.cutoutSha256,
    fileSha256: cutout.sha256,
    accessRoute: cutout.access_route,
    sizeArcsec: cutout.size_arcsec,
    file: state === "deleted" && file.state === "missing" ? { ...file, state: "cleaned up" } : file,
  };
}

function explainMeasurement(project: Project, stored: ExplainedMeasurement): MeasurementExplanation {
  const source = project.sources.find(stored.sourceId)!;
  const provenance = JSON.parse(stored.provenanceJson) as Provenance;
  const row = JSON.parse(stored.rowJson) as MeasurementRow;
  const planned = new Planner(project).planSource(source)
    .find((item) => item.product.productId === stored.productId);
  return {
    kind: "measurement",
    ...valueOf(stored),
    isCurrent: stored.current === 1,
    isPublished: stored.published === 1,
    measuredAt: stored.createdAt,
    runId: stored.runId,
    runConfig: fileAt(project, `runs/${stored.runId}/effective_config.yaml`),
    target: targetOf(project, source),
    sourceRowHash: stored.sourceRowHash,
    targetHash: stored.targetHash,
    image: imageOf(project, stored.productId, provenance.pipeline_version),
    cutout: cutoutOf(project, stored, provenance),
    calibrations: calibrationsOf(project, provenance),
    photometryConfigHash: stored.photometryConfigHash,
    codeVersion: stored.codeVersion,
    schemaVersion: stored.schemaVersion,
    packageVersion: provenance.package_version,
    photometryFlags: flagsOf(PHOTOMETRY_FLAGS, stored.photometryFlags.split(";")),
    footprintFlags: imageFlags(row["image_flags_footprint"]),
    cutoutFlags: imageFlags(row["image_flags"]),
    outputs: outputsOf(project, source, stored.measurementId),
    plan: planned === undefined ? null : { state: planned.state, reason: planned.reason },
    changes: stored.current === 1 ? planned?.changes ?? [] : [],
  };
}

function explainSource(project: Project, source: SourceRecord): SourceExplanation {
  return {
    kind: "source",
    target: targetOf(project, source),
    state: project.states.source(source.sourceId),
    reasons: planReasons(source, new Planner(project).planSource(source)),
    measurements: currentMeasurements(project.database, source.sourceId).map(valueOf),
    failures: project.runs.openFailures(source.sourceId).map(({ phase, code, message, hint, productId }) => ({
      phase,
      code,
      message,
      hint: hint ?? null,
      productId: productId === "" ? null : productId,
    })),
    outputs: outputsOf(project, source),
  };
}

/** The one measurement whose identity begins with a text; undefined for none. Throws usage/ambiguous for several. */
function measurementNamed(project: Project, subject: string): ExplainedMeasurement | undefined {
  if (!/^[0-9a-f]{8,64}$/.test(subject)) return undefined;
  const [first, second] = measurementsStartingWith(project.database, subject);
  if (second === undefined) return first;
  throw new TaggedError("usage/ambiguous", `Several measurements begin with ${subject}`, {
    context: { subject, measurements: [first!.measurementId, second.measurementId] },
    hint: "Give more characters of the identity; the column measurement_id of the spectrum has all 64",
  });
}

function unknownSubject(project: Project, subject: string): TaggedError {
  const names = [...project.sources.iterate()].map((source) => source.sourceName);
  const nearest = nearestWord(subject, names);
  return new TaggedError(
    "catalog/unknown-source",
    `Neither a measurement nor a source is named "${subject}"`,
    {
      context: { name: subject },
      hint: nearest === undefined
        ? `Run \`spxcutdb summary --project ${project.root}\` to list the sources; measurement_id is a column of the spectra`
        : `Did you mean "${nearest}"?`,
    },
  );
}

/**
 * Tells every input of one number: row, image, cutout, calibrations, configuration, code, with their hashes, its flags
 * in words and where the outputs are; or, for a source, what there is of it and what a run would do. Nothing is changed.
 *
 * @throws {TaggedError} `catalog/unknown-source` when nothing has this name, `usage/ambiguous` when several have.
 */
export async function explain(options: ExplainOptions): Promise<Explanation> {
  using project = await Project.open(options);
  const { subject } = options;
  const source = project.sources.find(subject) ?? project.sources.named(subject);
  if (source !== undefined) return explainSource(project, source);
  const measurement = measurementNamed(project, subject);
  if (measurement === undefined) throw unknownSubject(project, subject);
  return explainMeasurement(project, measurement);
}
