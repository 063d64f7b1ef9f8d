import { join } from "node:path";
import { isTaggedError, TaggedError } from "../core/errors.ts";
import { insideDirectory } from "../files/safe_path.ts";
import { sha256File } from "../files/sha256.ts";
import { storageError } from "../files/storage_error.ts";
import { withoutQuery } from "../net/net_error.ts";
import { copyCalibration } from "./calibration_copy.ts";
import type { CalibrationEvent, CalibrationFile, CalibrationSyncOptions } from "./calibration_options.ts";
import { failure, planCalibrations, type PlannedCalibration } from "./calibration_plan.ts";
import { localPathOf } from "./calibration_template.ts";
import { type DownloadEvent, isAccepted, type ValidationOutcome } from "./download_event.ts";
import type { DownloadItem } from "./download_item.ts";
import { iterDownloadPlanResults } from "./downloader.ts";
import { removeIfThere } from "./partial_file.ts";

export type {
  CalibrationEvent,
  CalibrationFile,
  CalibrationSource,
  CalibrationSyncOptions,
} from "./calibration_options.ts";

type CalibrationItem = DownloadItem<PlannedCalibration>;

/**
 * Brings the newest version of each calibration file into the cache, as
 * `<cache>/<RELEASE>/<product>/<version>/D<detector>/<file>`, validated and hashed. A second call fetches nothing.
 *
 * A file that cannot be had is an event, not an error. Throws `storage/...` when the disk refuses,
 * `interrupted/aborted` when the signal aborts, TypeError for a placeholder that is none.
 */
export async function* syncCalibration(
  options: CalibrationSyncOptions,
): AsyncGenerator<CalibrationEvent, void, undefined> {
  insideDirectory(options.projectRoot, options.cacheRoot);
  const plan = yield* planCalibrations(options);
  const remote: CalibrationItem[] = [];
  for (const file of plan) {
    const path = cachePath(options, file);
    const cached = await cachedFile(options, file, path);
    if (cached !== undefined) {
      yield { type: "calibration_ready", file: cached, downloaded: false };
    } else if (localPathOf(file.url) !== undefined) {
      yield await copied(options, file, path);
    } else {
      remote.push(itemOf(file, file.url, path));
    }
  }
  yield* download(options, remote);
}

/** Fetches files; those that fail are tried once more on each other route that has them. */
async function* download(
  options: CalibrationSyncOptions,
  items: readonly CalibrationItem[],
): AsyncGenerator<CalibrationEvent, void, undefined> {
  const byKey = new Map(items.map((item) => [item.key, item]));
  const elsewhere: CalibrationItem[] = [];
  const events = iterDownloadPlanResults<PlannedCalibration>(items, {
    client: options.client,
    projectRoot: options.projectRoot,
    validate: (path, item) => options.validate(path, item.expected.product, item.expected.detector),
    maxWorkers: options.maxWorkers ?? 8,
    overwriteExisting: true,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  for await (const event of events) {
    const item = byKey.get(event.key)!;
    const { expected } = item;
    const next = event.type === "download_failed" ? expected.alternatives[0] : undefined;
    if (next !== undefined) {
      elsewhere.push(
        itemOf({ ...expected, alternatives: expected.alternatives.slice(1) }, next, item.localPath),
      );
      continue;
    }
    const told = calibrationEvent(options, item, event);
    if (told !== undefined) yield told;
  }
  if (elsewhere.length > 0) yield* download(options, elsewhere);
}

function calibrationEvent(
  options: CalibrationSyncOptions,
  item: CalibrationItem,
  event: DownloadEvent,
): CalibrationEvent | undefined {
  const { product, detector } = item.expected;
  switch (event.type) {
    case "download_progress": {
      const { bytes, totalBytes } = event;
      return { type: "calibration_progress", product, detector, bytes, totalBytes };
    }
    case "download_completed": {
      const { path, bytes, sha256, validation } = event;
      const file = fileOf(options, item.expected, withoutQuery(item.url), {
        path,
        bytes,
        sha256,
        validation,
      });
      return { type: "calibration_ready", file, downloaded: true };
    }
    case "download_failed": {
      const code = event.phase === "validation" ? "calibration/invalid-file" : event.code;
      return failure(
        product,
        detector,
        new TaggedError(code, event.message, { hint: event.hint ?? RETRY_HINT }),
      );
    }
    default:
      return undefined;
  }
}

const RETRY_HINT = "Run the same command again, or take files from a folder with: --input-dir DIR";

/** A file in the cache that is valid; one that is not is removed, to be fetched again. */
async function cachedFile(
  options: CalibrationSyncOptions,
  planned: PlannedCalibration,
  path: string,
): Promise<CalibrationFile | undefined> {
  let bytes: number;
  try {
    bytes = (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw storageError(error, "look at", path);
  }
  const sizeDiffers = planned.bytes !== null && planned.bytes !== bytes;
  // A file of one's own has no version in its name: it may have changed without a sign.
  if (planned.processingDate === "" && await changedAtSource(planned, path)) return undefined;
  const known = options.known?.get(path);
  if (known !== undefined && !sizeDiffers) {
    return fileOf(options, planned, planned.url, {
      path,
      bytes,
      sha256: known,
      validation: { status: "passed" },
    });
  }
  const validation = await options.validate(path, planned.product, planned.detector);
  if (!isAccepted(validation) || sizeDiffers) {
    await removeIfThere(path);
    return undefined;
  }
  return fileOf(options, planned, planned.url, { path, bytes, sha256: await sha256File(path), validation });
}

async function changedAtSource(planned: PlannedCalibration, path: string): Promise<boolean> {
  const source = localPathOf(planned.url);
  return source !== undefined && await sha256File(source) !== await sha256File(path);
}

async function copied(
  options: CalibrationSyncOptions,
  planned: PlannedCalibration,
  path: string,
): Promise<CalibrationEvent> {
  const { product, detector } = planned;
  try {
    const source = localPathOf(planned.url)!;
    const result = await copyCalibration(options, source, path, product, detector);
    return {
      type: "calibration_ready",
      file: fileOf(options, planned, source, { path, ...result }),
      downloaded: true,
    };
  } catch (error) {
    if (isTaggedError(error, "calibration") || isTaggedError(error, "storage/not-found")) {
      return failure(product, detector, error);
    }
    throw error;
  }
}

function cachePath(options: CalibrationSyncOptions, file: PlannedCalibration): string {
  const release = options.release.toUpperCase();
  const path = join(
    options.cacheRoot,
    release,
    file.product,
    file.version,
    `D${file.detector}`,
    file.fileName,
  );
  return insideDirectory(options.cacheRoot, path);
}

function itemOf(file: PlannedCalibration, url: string, path: string): CalibrationItem {
  const key = `${file.product}/${file.version}/D${file.detector}`;
  return { key, url, localPath: path, partialPath: `${path}.part`, expected: file };
}

function fileOf(
  options: CalibrationSyncOptions,
  planned: PlannedCalibration,
  sourceUrl: string,
  content: { path: string; bytes: number; sha256: string; validation: ValidationOutcome },
): CalibrationFile {
  const { product, detector, version, processingDate, fileName } = planned;
  return {
    release: options.release.toUpperCase(),
    product,
    detector,
    version,
    processingDate,
    fileName,
    sourceUrl,
    ...content,
  };
}
