import { type CalibrationEvent, type CalibrationFile, syncCalibration } from "../archive/calibration_sync.ts";
import type { ValidationOutcome } from "../archive/download_event.ts";
import { canonicalJson } from "../core/canonical_json.ts";
import { TaggedError } from "../core/errors.ts";
import { openFileSource } from "../files/file_source.ts";
import { sha256Hex } from "../files/sha256.ts";
import type { HttpClient } from "../net/http_client.ts";
import {
  CALIBRATION_PRODUCTS,
  isCalibrationProduct,
  parseCalibrationVersion,
} from "../spherex/calibration_products.ts";
import type { DetectorNumber } from "../spherex/bands.ts";
import { nearestWord } from "../core/text.ts";
import { relative } from "node:path";
import { validateCalibrationFile } from "../spherex/validate_calibration.ts";
import type { CalibrationRecord } from "../store/calibrations.ts";
import type { EventListener, WorkflowEvent } from "./events.ts";
import { calibrationDemands, repeatedPsfProduct } from "./calibration_demands.ts";
import { argumentsOf } from "./discover.ts";
import { Project, type ProjectOptions } from "./project.ts";
import { openProjectClient } from "./project_client.ts";
import { recordedRun } from "./run_record.ts";

/** Which calibration files to bring into the cache. */
export interface SyncCalibrationOptions extends ProjectOptions {
  /** Product names, or `required` for those that measuring needs. @default {["required"]} */
  readonly products?: readonly string[];
  /** Detectors, 1 to 6; those of the discovered images when left out, else all. */
  readonly detectors?: readonly number[];
  /** Take the files from this folder instead of the archive. */
  readonly inputDirectory?: string;
  /** URLs, file URLs or paths by product, with `{detector}`, `{release}`, … as placeholders. */
  readonly productUrls?: Readonly<Record<string, string>>;
  /** Stops the work; files that are whole stay. */
  readonly signal?: AbortSignal;
  /** Told of each event. */
  readonly onEvent?: EventListener;
}

/** What a sync did. */
export interface SyncCalibrationResult {
  /** Identity of the run. */
  readonly runId: string;
  /** Files that are ready for use. */
  readonly ready: number;
  /** Files that were fetched for it. */
  readonly downloaded: number;
  /** Bytes that were fetched. */
  readonly downloadedBytes: number;
  /** Files that could not be had. */
  readonly failed: number;
}

/** Larger for newer versions: the day of the version, then its number. */
function versionRank(version: string): number {
  const parsed = parseCalibrationVersion(version);
  return parsed === undefined
    ? 0
    : Math.round(Date.parse(parsed.processingDate) / 86_400_000) * 1000 + parsed.versionNumber;
}

function recordOf(project: Project, file: CalibrationFile): CalibrationRecord {
  return {
    calibrationId: sha256Hex(canonicalJson({
      release: file.release,
      product: file.product,
      detector: file.detector,
      version: file.version,
      sha256: file.sha256,
    })),
    release: file.release,
    product: file.product,
    detector: file.detector,
    version: file.version,
    versionRank: versionRank(file.version),
    filename: file.fileName,
    relativePath: relative(project.root, file.path),
    sourceUrl: file.sourceUrl,
    fileSizeBytes: file.bytes,
    sha256: file.sha256,
    validationStatus: file.validation.status === "passed_with_warnings" ? "passed" : file.validation.status,
    validationReason: file.validation.reason ?? null,
    summaryJson: JSON.stringify(file.validation.summary ?? {}),
  };
}

/** The products that names stand for. Throws usage/unknown-product. */
export function calibrationProductNames(project: Project, names: readonly string[]): string[] {
  const { required_products: required, optional_products: optional } = project.config.calibration;
  const demanded = imageReleases(project).flatMap((release) => calibrationDemands(project.config, release))
    .map((demand) => demand.product);
  const repeated = imageReleases(project).flatMap((release) =>
    repeatedPsfProduct(project.config, release) ?? []
  );
  const products = names.flatMap((name) =>
    name === "required" ? [...required, ...demanded, ...optional, ...repeated] : [name]
  );
  for (const product of products) {
    if (isCalibrationProduct(product)) continue;
    const known = CALIBRATION_PRODUCTS.map((kind) => kind.product);
    const nearest = nearestWord(product, ["required", ...known]);
    throw new TaggedError("usage/unknown-product", `Unknown calibration product "${product}"`, {
      context: { product },
      hint: nearest === undefined ? `Products: required, ${known.join(", ")}` : `Did you mean "${nearest}"?`,
    });
  }
  return [...new Set(products)];
}

/** Releases of the discovered images; both when nothing is discovered yet. */
function imageReleases(project: Project): string[] {
  const needs = project.products.calibrationNeeds();
  return needs.length === 0 ? ["QR2", "QR3"] : [...new Set(needs.map((need) => need.release))];
}

/** Files that are fetched together. */
interface SyncTarget {
  readonly release: string;
  readonly products: readonly string[];
  readonly detectors: readonly number[];
}

/** Whether a release has a product. */
function isMadeFor(product: string, release: string): boolean {
  const kind = CALIBRATION_PRODUCTS.find((candidate) => candidate.product === product)!;
  return kind.tokens[release as "QR2" | "QR3"] !== undefined;
}

/**
 * What a sync fetches: of each release that images need, the products that the release has; and what the
 * configuration demands beside them, which may be of another release than the images.
 */
function syncTargets(
  project: Project,
  products: readonly string[],
  detectors: readonly number[] | undefined,
): SyncTarget[] {
  const { release } = project.config.calibration;
  const needs = project.products.calibrationNeeds();
  const detectorsOf = (wanted: (release: string) => boolean) => {
    const needed = needs.filter((need) => wanted(need.release)).map((need) => need.detector);
    return detectors ??
      (needed.length === 0 ? project.config.spherex.detectors : [...new Set(needed)].sort());
  };
  const demands = imageReleases(project).flatMap((name) =>
    calibrationDemands(project.config, name).map((demand) => ({ ...demand, imageRelease: name }))
  ).filter((demand) => products.includes(demand.product));
  const others = products.filter((product) => !demands.some((demand) => demand.product === product));
  const releases = release === "auto" ? imageReleases(project) : [release];
  const targets = releases.map((name): SyncTarget => ({
    release: name,
    products: others.filter((product) => isMadeFor(product, name)),
    detectors: detectorsOf((needed) => release !== "auto" || needed === name),
  }));
  const demanded = new Map(demands.map((demand) => [demand.product, demand.release]));
  for (const [product, name] of demanded) {
    const asking = demands.filter((demand) => demand.product === product).map((demand) =>
      demand.imageRelease
    );
    targets.push({
      release: name,
      products: [product],
      detectors: detectorsOf((needed) => asking.includes(needed)),
    });
  }
  return targets.filter((target) => target.products.length > 0);
}

/** Says whether a calibration file is what it should be. Throws `storage/*`. */
export async function validateCalibration(
  path: string,
  product: string,
  detector: number,
): Promise<ValidationOutcome> {
  using source = openFileSource(path);
  return await validateCalibrationFile(source, product, detector as DetectorNumber);
}

/** Files that the database knows to be valid and that are still on disk with their size. */
function knownFiles(project: Project): Map<string, string> {
  const known = new Map<string, string>();
  for (const record of project.calibrations.all()) {
    if (record.validationStatus !== "passed") continue;
    const path = `${project.root}/${record.relativePath}`;
    try {
      if (Deno.statSync(path).size === record.fileSizeBytes) known.set(path, record.sha256);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return known;
}

/** What is told of a step of a sync; undefined for what is not. */
export function calibrationWorkflowEvent(
  event: CalibrationEvent,
  release: string,
): WorkflowEvent | undefined {
  if (event.type === "calibration_ready") {
    const { product, detector, version, bytes } = event.file;
    return {
      type: "calibration_ready",
      product,
      release,
      detector,
      version,
      downloaded: event.downloaded,
      bytes,
    };
  }
  return event.type === "calibration_failed" ? { ...event, release } : undefined;
}

/** Brings calibration files into the cache inside a run that is already recorded. */
export async function* syncCalibrationFiles(
  project: Project,
  client: HttpClient,
  options: Pick<
    SyncCalibrationOptions,
    "products" | "detectors" | "inputDirectory" | "productUrls" | "signal"
  >,
): AsyncGenerator<WorkflowEvent, Omit<SyncCalibrationResult, "runId">> {
  const products = calibrationProductNames(project, options.products ?? ["required"]);
  const targets = syncTargets(project, products, options.detectors);
  const total = targets.reduce((sum, target) => sum + target.detectors.length * target.products.length, 0);
  const { calibration, cloud } = project.config;
  const known = knownFiles(project);
  const result = { ready: 0, downloaded: 0, downloadedBytes: 0, failed: 0 };
  for (const { release, products: applicable, detectors } of targets) {
    const events = syncCalibration({
      client,
      projectRoot: project.root,
      cacheRoot: project.paths.calibration,
      release,
      products: applicable,
      detectors,
      downloadSource: calibration.download_source,
      cloudBaseUrl: cloud.s3_base_url,
      ibeBaseUrl: calibration.official_ibe_base_url,
      ibeListingUrl: calibration.official_ibe_listing_url,
      maxWorkers: calibration.download_max_workers,
      known,
      validate: validateCalibration,
      ...(options.inputDirectory === undefined ? {} : { inputDirectory: options.inputDirectory }),
      ...(options.productUrls === undefined ? {} : { productUrls: options.productUrls }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    for await (const event of events) {
      if (event.type === "calibration_ready") {
        project.calibrations.put(recordOf(project, event.file), new Date().toISOString());
        result.ready++;
        if (event.downloaded) {
          result.downloaded++;
          result.downloadedBytes += event.file.bytes;
        }
      } else if (event.type === "calibration_failed") result.failed++;
      const told = calibrationWorkflowEvent(event, release);
      if (told === undefined) continue;
      yield told;
      const done = result.ready + result.failed;
      yield {
        type: "progress",
        stage: "calibration",
        done,
        total,
        failed: result.failed,
        bytes: result.downloadedBytes,
      };
    }
  }
  project.database.flush();
  return result;
}

/**
 * Brings the newest calibration files that a project needs into its cache, checks them and registers them.
 * A second call fetches nothing. Throws calibration/… when no file could be had.
 */
export async function syncCalibrations(options: SyncCalibrationOptions): Promise<SyncCalibrationResult> {
  using project = await Project.openForWriting(options, "calibration sync");
  using client = openProjectClient(project.config);
  return await recordedRun(
    project,
    "calibration sync",
    argumentsOf(options),
    options.onEvent,
    async function* (runId) {
      const done = yield* syncCalibrationFiles(project, client.http, options);
      const status = done.failed === 0 ? "success" : done.ready === 0 ? "failed" : "partial_success";
      return { status, counts: { ...done }, result: { runId, ...done } };
    },
  );
}
