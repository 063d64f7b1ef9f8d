import { Document, isMap, isScalar, type YAMLMap } from "yaml";
import { z } from "zod";
import { configError, type ConfigProblem } from "../../config/config_problem.ts";
import { readYamlValues, type YamlValues } from "../../config/yaml_values.ts";
import { nearestWord } from "../../core/text.ts";
import { storageError } from "../../files/storage_error.ts";
import { count, notNegative, positive, rounds } from "./parameter_values.ts";
import { PHOTOMETRY_PARAMETERS } from "./photometry_parameters.ts";
import { DEFAULT_CUTOUT_SIZE } from "./pipeline_parameters.ts";
import type { PipelineConfig } from "./pipeline_options.ts";
import { VISUALIZATION_PARAMETERS } from "./visualization_parameters.ts";

const QUERY_SECTION = z.strictObject({
  query_service: z.enum(["sia2", "tap"]).default("sia2").describe("The service that is asked for images"),
  bands: z.array(z.union([z.string(), z.int()])).nullable().default(null)
    .describe("Bands such as [D1, D2]; null for all"),
  search_radius_arcsec: positive.default(3.6).describe("Radius of the query about the source, arcseconds"),
});

const DOWNLOAD_SECTION = z.strictObject({
  max_download_workers: count.default(4).describe("Cutouts fetched at once"),
  cutout_size: z.string().default(DEFAULT_CUTOUT_SIZE)
    .describe("Side of the cutouts: 200px, 3arcmin, 0.1 (degrees), or width and height: 100,200px"),
  cutout_center: z.string().nullable().default(null)
    .describe("Centre of the cutouts, 304.5,42.3 in degrees; null for the source"),
  timeout: positive.default(300).describe("Give up when nothing arrives for so many seconds"),
  max_retries: rounds.default(3).describe("Times a failed request is sent again"),
  retry_delay: notNegative.default(5)
    .describe("Seconds before the second attempt; each later one waits twice as long as the one before"),
  user_agent: z.string().min(1).nullable().default(null)
    .describe("How the program introduces itself to servers; null sends its own name and version"),
  calibration_dir: z.string().min(1).nullable().default(null)
    .describe(
      "Folder of calibration products; null for calibrations/ in the output folder when they are synced",
    ),
  sync_calibration: z.boolean().default(false).describe(
    "Bring the calibration products that the images need",
  ),
});

const PHOTOMETRY_SECTION = PHOTOMETRY_PARAMETERS.extend({
  max_processing_workers: count.default(10)
    .describe("Workers that measure, at most; never more than the machine has processors"),
});

const FILE = z.strictObject({
  query: QUERY_SECTION.prefault({}).describe("Which images are asked for"),
  download: DOWNLOAD_SECTION.prefault({}).describe("How cutouts are fetched"),
  photometry: PHOTOMETRY_SECTION.prefault({}).describe("Apertures and backgrounds"),
  visualization: VISUALIZATION_PARAMETERS.prefault({}).describe(
    "The figure, and the quality control that it shows",
  ),
});

type ParameterFile = z.infer<typeof FILE>;

/** A key of a file of parameters. */
export interface ParameterKey {
  /** Its section. */
  readonly section: string;
  /** Its name. */
  readonly key: string;
  /** Its value unless another is given. */
  readonly defaultValue: unknown;
  /** What it means. */
  readonly description: string;
}

/** All keys of a file of parameters, in their order. */
export function parameterKeys(): ParameterKey[] {
  const defaults = FILE.parse({});
  return Object.entries(FILE.shape).flatMap(([section, schema]) =>
    Object.entries(schema.unwrap().shape as Record<string, z.ZodType>).map(([key, { description = "" }]) => ({
      section,
      key,
      defaultValue: (defaults as Record<string, Record<string, unknown>>)[section]![key],
      description,
    }))
  );
}

/** Keys of other programs' files that mean nothing here, and why. */
const MEANINGLESS: Readonly<Record<string, string>> = {
  chunk_size: "Leave chunk_size out: data are written as they arrive",
};

/** All keys of a section, or the sections. */
function keysOf(path: readonly PropertyKey[]): string[] {
  if (path.length === 0) return Object.keys(FILE.shape);
  const section = FILE.shape[path[0] as keyof typeof FILE.shape];
  return Object.keys(section.unwrap().shape);
}

/** A problem of the file, with its place. */
function problemOf(issue: z.core.$ZodIssue, file: string, read: YamlValues): ConfigProblem {
  const isUnknown = issue.code === "unrecognized_keys";
  const path = isUnknown ? [...issue.path, issue.keys[0]!] : issue.path;
  const name = String(path.at(-1) ?? "");
  const nearest = isUnknown ? nearestWord(name, keysOf(issue.path)) : undefined;
  const hint = MEANINGLESS[name] ??
    (nearest === undefined
      ? "run `spxcutdb source --print-parameters` to see every key with its meaning and default"
      : `did you mean ${nearest}?`);
  return {
    code: isUnknown ? "config/unknown-key" : "config/invalid-value",
    key: path.join("."),
    message: isUnknown
      ? `Unknown key ${path.join(".")}`
      : `Cannot use ${path.join(".") || "the file"}: ${issue.message}`,
    hint,
    file,
    ...(isUnknown ? read.keyPosition(path) : read.valuePosition(path)),
  };
}

/** The waits between attempts: each twice as long as the one before. */
function backoff({ max_retries, retry_delay }: ParameterFile["download"]): number[] {
  return Array.from({ length: Math.max(1, max_retries) }, (_, index) => retry_delay * 2 ** index);
}

/** Values of the program's configuration that parameters of the download stand for, where they were given. */
function archiveValues(given: Readonly<Record<string, unknown>>, download: ParameterFile["download"]) {
  const isGiven = (...keys: string[]) => keys.some((key) => key in given);
  return {
    ...(isGiven("timeout") ? { "download.read_timeout_sec": download.timeout } : {}),
    ...(isGiven("max_retries", "retry_delay")
      ? {
        "download.retry.attempts": download.max_retries + 1,
        "download.retry.backoff_seconds": backoff(download),
      }
      : {}),
    ...(isGiven("user_agent") ? { "download.user_agent": download.user_agent } : {}),
  };
}

/**
 * Reads a file of parameters: YAML with the sections query, download, photometry and visualization, of which all keys may
 * be left out. Throws `config/unknown-key`, `config/invalid-value` and `config/invalid-yaml` with their place in the
 * file, `storage/*`.
 */
export async function readParameterFile(path: string): Promise<Partial<PipelineConfig>> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw storageError(error, "read", path);
  }
  const read = readYamlValues(text, path);
  if (read.problems.length > 0) throw configError(read.problems);
  const values = read.values ?? {};
  const checked = FILE.safeParse(values);
  if (!checked.success) throw configError(checked.error.issues.map((issue) => problemOf(issue, path, read)));
  const { query, download, photometry: { max_processing_workers, ...photometry }, visualization } =
    checked.data;
  const given = (values as { download?: Record<string, unknown> | null }).download ?? {};
  return {
    queryService: query.query_service,
    bands: query.bands ?? undefined,
    searchRadiusArcsec: query.search_radius_arcsec,
    cutoutSize: download.cutout_size,
    cutoutCenter: download.cutout_center ?? undefined,
    maxDownloadWorkers: download.max_download_workers,
    maxProcessingWorkers: max_processing_workers,
    calibrationDir: download.calibration_dir ?? undefined,
    syncCalibration: download.sync_calibration,
    photometry,
    visualization,
    config: archiveValues(given, download),
  };
}

/** Puts the meaning of each key above it. */
function annotate(map: YAMLMap, descriptions: (key: string) => string | undefined): void {
  for (const [index, { key, value }] of map.items.entries()) {
    if (!isScalar(key)) continue;
    const text = descriptions(String(key.value));
    if (text !== undefined) key.commentBefore = ` ${text}`;
    if (isMap(value)) {
      if (index > 0) key.spaceBefore = true;
      const shape = FILE.shape[key.value as keyof typeof FILE.shape].unwrap().shape;
      annotate(value, (name) => (shape as Record<string, z.ZodType>)[name]?.description);
    } else if (typeof value === "object" && value !== null && "items" in value) {
      (value as YAMLMap).flow = true;
    }
  }
}

/** A file of all parameters with their meanings and defaults. */
export function defaultParametersYaml(): string {
  const document = new Document(FILE.parse({}));
  if (isMap(document.contents)) {
    annotate(document.contents, (name) => FILE.shape[name as keyof typeof FILE.shape].description);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}
