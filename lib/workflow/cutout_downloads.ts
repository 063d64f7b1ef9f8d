import { join } from "node:path";
import { cutoutUrl } from "../archive/cutout_url.ts";
import type { DownloadCompleted, ValidationOutcome } from "../archive/download_event.ts";
import type { DownloadItem } from "../archive/download_item.ts";
import type { DownloadOptions } from "../archive/download_options.ts";
import { memorySource } from "../fits/byte_source.ts";
import { openFileSource } from "../files/file_source.ts";
import { insideDirectory } from "../files/safe_path.ts";
import { sha256File } from "../files/sha256.ts";
import type { Config } from "../config/schema.ts";
import type { CutoutRequirements, CutoutValidation, ExpectedCutout } from "../spherex/cutout_validation.ts";
import { validateCutout } from "../spherex/validate_cutout.ts";
import type { CutoutRecord } from "../store/cutouts.ts";
import type { CalibrationChoice } from "./calibration_choice.ts";
import type { CutoutAccess } from "./cutout_access.ts";
import type { DownloadContext } from "./download_batches.ts";
import type { PlanItem } from "./plan_source.ts";
import type { Project } from "./project.ts";

/** A file of up to this size is read at once to be checked: a cutout without its PSF. */
const MEMORY_BYTES = 1 << 20;

/** The address of an image on the host that the configuration names, if it names one. */
function onConfiguredHost(accessUrl: string, baseUrl: string | null): string {
  if (baseUrl === null) return accessUrl;
  const { pathname, search } = new URL(accessUrl);
  return `${baseUrl.replace(/\/+$/, "")}${pathname}${search}`;
}

/** Where a cutout of an image is fetched, on the host and with the parameters that the configuration names. */
export function imageCutoutUrl(
  accessUrl: string,
  center: { readonly rightAscensionDeg: number; readonly declinationDeg: number },
  sizeArcsec: number | readonly [width: number, height: number],
  { cutouts }: Config,
): string {
  return cutoutUrl(onConfiguredHost(accessUrl, cutouts.base_url), {
    rightAscensionDeg: center.rightAscensionDeg,
    declinationDeg: center.declinationDeg,
    sizeDeg: typeof sizeArcsec === "number"
      ? sizeArcsec / 3600
      : [sizeArcsec[0] / 3600, sizeArcsec[1] / 3600],
    parameters: cutouts.append_query_parameters,
  });
}

/** Where the cutout of an item is fetched. */
export function itemUrl(item: PlanItem, config: Config): string {
  return imageCutoutUrl(item.product.accessUrl, item.source, item.sizeArcsec, config);
}

/** What the cutout of an item must show. */
export function expectedCutout(item: PlanItem): ExpectedCutout {
  return {
    rightAscensionDeg: item.source.rightAscensionDeg,
    declinationDeg: item.source.declinationDeg,
    sizeArcsec: item.sizeArcsec,
    detector: item.product.detector,
    observationId: item.product.observationId,
  };
}

/** The download that fetches the cutout of an item. */
export function downloadItem(
  item: PlanItem,
  project: Project,
  access: CutoutAccess,
): DownloadItem<ExpectedCutout> {
  const url = itemUrl(item, project.config);
  return {
    key: item.cutoutKey,
    url,
    routes: () => access.routes(item, url),
    localPath: insideDirectory(project.root, item.localPath),
    partialPath: join(project.paths.partial, `${item.cutoutKey}.fits.part`),
    expected: expectedCutout(item),
  };
}

/**
 * Checks a cutout on disk against what it must show; `calibrations` are where the product of a PSF that was left out
 * must be.
 */
export async function validateCutoutFile(
  path: string,
  expected: ExpectedCutout,
  config: Config,
  calibrations: CalibrationChoice,
): Promise<CutoutValidation> {
  const requirements: CutoutRequirements = {
    checksums: config.validation.verify_checksums,
    hasPsfProduct: (psf) => calibrations.withSha256(psf.fileSha256) !== undefined,
    contentSha256: true,
  };
  if ((await Deno.stat(path)).size <= MEMORY_BYTES) {
    return await validateCutout(memorySource(await Deno.readFile(path)), expected, requirements);
  }
  using source = openFileSource(path);
  return await validateCutout(source, expected, requirements);
}

/** What a record keeps of a cutout's content and the way it came; `fileSha256` stands in for what has no content. */
export function contentRecord(
  validation: ValidationOutcome,
  fileSha256: string,
): Pick<CutoutRecord, "contentSha256" | "accessRoute" | "psfFileSha256"> {
  const { summary, contentSha256 = fileSha256 } = validation;
  const found = (summary ?? {}) as { access?: string; left_out_psf?: { fileSha256?: string } };
  return {
    contentSha256,
    accessRoute: found.access ?? "cutout",
    psfFileSha256: found.left_out_psf?.fileSha256 ?? null,
  };
}

/** The refusal of a file that is not the one that arrived, by its SHA-256; undefined for the one that did. */
export async function changedSinceArrival(
  path: string,
  known: CutoutRecord,
): Promise<{ readonly status: "failed_checksum"; readonly reason: string } | undefined> {
  const sha256 = await sha256File(path);
  if (sha256 === known.sha256) return undefined;
  const reason = `The file has the SHA-256 ${sha256}, expected ${known.sha256} as it arrived`;
  return { status: "failed_checksum", reason };
}

/** Checks a file that is to be taken in: it shows what it must, and is none that was refused for its checksum. */
async function checkArrival(
  path: string,
  { key, expected }: DownloadItem<ExpectedCutout>,
  { project, planner }: DownloadContext,
): Promise<ValidationOutcome> {
  const outcome = await validateCutoutFile(path, expected, project.config, planner.calibrationChoice);
  const known = project.cutouts.find(key);
  // A file that arrives anew may differ, such as in its dates; one that lies in its place must be what it was.
  if (
    known?.validationStatus !== "failed_checksum" || path !== insideDirectory(project.root, known.localPath)
  ) {
    return outcome;
  }
  return { ...outcome, ...await changedSinceArrival(path, known) };
}

/** How a project downloads. */
export function downloadOptions(
  context: DownloadContext,
  signal: AbortSignal,
): DownloadOptions<ExpectedCutout> {
  const { project, client, limits, access } = context;
  return {
    client,
    projectRoot: project.root,
    validate: (path, item) => checkArrival(path, item, context),
    onRoute: (outcome) => access.learn(outcome),
    quarantineDirectory: join(project.paths.data, "quarantine"),
    maxWorkers: limits.downloadWorkers,
    signal,
  };
}

/** What the database keeps of a cutout that has just arrived. */
export function cutoutRecord(item: PlanItem, event: DownloadCompleted): CutoutRecord {
  return {
    cutoutKey: item.cutoutKey,
    sourceId: item.source.sourceId,
    productId: item.product.productId,
    localPath: item.localPath,
    sizeArcsec: item.sizeArcsec,
    state: "valid",
    fileSizeBytes: event.bytes,
    sha256: event.sha256,
    ...contentRecord(event.validation, event.sha256),
    validationStatus: event.validation.status,
    validationReason: event.validation.reason ?? null,
    validationJson: JSON.stringify({
      warnings: event.validation.warnings ?? [],
      summary: event.validation.summary ?? null,
    }),
  };
}
