import { join } from "node:path";
import { cutoutUrl } from "../archive/cutout_url.ts";
import type { DownloadCompleted } from "../archive/download_event.ts";
import type { DownloadItem } from "../archive/download_item.ts";
import type { DownloadOptions } from "../archive/download_options.ts";
import { openFileSource } from "../files/file_source.ts";
import { insideDirectory } from "../files/safe_path.ts";
import type { Config } from "../config/schema.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { CutoutValidation, ExpectedCutout } from "../spherex/cutout_validation.ts";
import { validateCutout } from "../spherex/validate_cutout.ts";
import type { CutoutRecord } from "../store/cutouts.ts";
import type { PlanItem } from "./plan_source.ts";
import type { Project } from "./project.ts";

/** The address of an image on the host that the configuration names, if it names one. */
function onConfiguredHost(accessUrl: string, baseUrl: string | null): string {
  if (baseUrl === null) return accessUrl;
  const { pathname, search } = new URL(accessUrl);
  return `${baseUrl.replace(/\/+$/, "")}${pathname}${search}`;
}

/** Where the cutout of an item is fetched. */
export function itemUrl(item: PlanItem, config: Config): string {
  return cutoutUrl(onConfiguredHost(item.product.accessUrl, config.cutouts.base_url), {
    rightAscensionDeg: item.source.rightAscensionDeg,
    declinationDeg: item.source.declinationDeg,
    sizeDeg: item.sizeArcsec / 3600,
    parameters: config.cutouts.append_query_parameters,
  });
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
export function downloadItem(item: PlanItem, project: Project): DownloadItem<ExpectedCutout> {
  return {
    key: item.cutoutKey,
    url: itemUrl(item, project.config),
    localPath: insideDirectory(project.root, item.localPath),
    partialPath: join(project.paths.partial, `${item.cutoutKey}.fits.part`),
    expected: expectedCutout(item),
  };
}

/** Checks a cutout on disk against what it must show. */
export async function validateCutoutFile(
  path: string,
  expected: ExpectedCutout,
  config: Config,
): Promise<CutoutValidation> {
  using source = openFileSource(path);
  return await validateCutout(source, expected, { checksums: config.validation.verify_checksums });
}

/** How a project downloads. */
export function downloadOptions(
  project: Project,
  client: HttpClient,
  maxWorkers: number,
  signal: AbortSignal,
): DownloadOptions<ExpectedCutout> {
  return {
    client,
    projectRoot: project.root,
    validate: (path, { expected }) => validateCutoutFile(path, expected, project.config),
    quarantineDirectory: join(project.paths.data, "quarantine"),
    maxWorkers,
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
    validationStatus: event.validation.status,
    validationReason: event.validation.reason ?? null,
    validationJson: JSON.stringify({
      warnings: event.validation.warnings ?? [],
      summary: event.validation.summary ?? null,
    }),
  };
}
