import { join, relative } from "node:path";
import { TaggedError } from "../core/errors.ts";
import { storageError } from "../files/storage_error.ts";
import { namedReleaseOfCalibrationFile } from "../spherex/calibration_products.ts";
import { baseName } from "../spherex/file_names.ts";
import type { CalibrationEvent, CalibrationSyncOptions } from "./calibration_options.ts";
import {
  type CalibrationRoute,
  cloudRoute,
  ibeRoute,
  newestOfEach,
  type RemoteCalibration,
  remoteFile,
} from "./calibration_route.ts";
import { fillCalibrationTemplate, localPathOf, needsListing } from "./calibration_template.ts";

/** A calibration file to bring into the cache; its URL may be a local path. */
export interface PlannedCalibration extends RemoteCalibration {
  /** The same file on other routes, to try when this one fails. */
  readonly alternatives: readonly string[];
}

const DEFAULT_CLOUD = "https://nasa-irsa-spherex.s3.us-east-1.amazonaws.com";
const DEFAULT_IBE = "https://irsa.ipac.caltech.edu/ibe/data/spherex/{release_lower}";
const DEFAULT_IBE_LISTING = "https://irsa.ipac.caltech.edu/ibe/dir/list/spherex/{release_lower}";

/** Yields what it learns, and returns the newest file of each product and detector, or why there is none. */
export async function* planCalibrations(
  options: CalibrationSyncOptions,
): AsyncGenerator<CalibrationEvent, PlannedCalibration[], undefined> {
  const local = options.inputDirectory === undefined ? undefined : await filesBelow(options.inputDirectory);
  let routes: readonly CalibrationRoute[] | undefined;
  const planned: PlannedCalibration[] = [];
  for (const product of options.products) {
    const template = options.productUrls?.[product];
    let found: readonly PlannedCalibration[];
    try {
      if (local !== undefined) found = localFiles(product, local, options);
      else if (template !== undefined && !needsListing(template)) {
        found = templateFiles(product, template, options);
      } else {
        routes ??= yield* chooseRoutes(options, product);
        found = await listedFiles(product, routes, options);
        if (template !== undefined) found = found.map((file) => withTemplate(file, template, options));
      }
    } catch (error) {
      if (!(error instanceof TaggedError) || options.signal?.aborted) throw error;
      for (const detector of options.detectors) yield failure(product, detector, error);
      continue;
    }
    for (const version of new Set(found.map((file) => file.version))) {
      yield { type: "calibration_listed", product, version };
    }
    for (const detector of options.detectors) {
      if (!found.some((file) => file.detector === detector)) {
        yield failure(product, detector, missing(options, product));
      }
    }
    planned.push(...found);
  }
  return planned;
}

/** Makes the event of a file that cannot be had. */
export function failure(product: string, detector: number, error: TaggedError): CalibrationEvent {
  const hint = error.hint ?? null;
  return { type: "calibration_failed", product, detector, code: error.code, message: error.message, hint };
}

/** Both routes of a release, the one to prefer first; `auto` asks both and takes the quicker. */
async function* chooseRoutes(
  options: CalibrationSyncOptions,
  product: string,
): AsyncGenerator<CalibrationEvent, readonly CalibrationRoute[], undefined> {
  const { client } = options;
  const fill = (template: string) =>
    template.replaceAll("{release_lower}", options.release.toLowerCase())
      .replaceAll("{release}", options.release);
  const cloud = cloudRoute(
    client,
    options.cloudBaseUrl ?? DEFAULT_CLOUD,
    fill(options.cloudPrefix ?? "{release_lower}"),
  );
  const ibe = ibeRoute(
    client,
    fill(options.ibeBaseUrl ?? DEFAULT_IBE),
    fill(options.ibeListingUrl ?? DEFAULT_IBE_LISTING),
  );
  const source = options.downloadSource ?? "auto";
  if (source !== "auto") {
    yield { type: "calibration_source", source, reason: "chosen by the configuration" };
    return source === "cloud" ? [cloud] : [ibe];
  }
  const measured = await Promise.all([cloud, ibe].map(async (route) => {
    const startMs = performance.now();
    try {
      const found = await route.newest(product, options.detectors.slice(0, 1), options.signal);
      return { route, ms: found.length > 0 ? performance.now() - startMs : Infinity };
    } catch (error) {
      if (options.signal?.aborted) throw error;
      return { route, ms: Infinity };
    }
  }));
  measured.sort((a, b) => a.ms - b.ms);
  const best = measured[0]!;
  const reason = best.ms === Infinity ? "no route answered" : `answered first, in ${Math.round(best.ms)} ms`;
  yield { type: "calibration_source", source: best.route.name, reason };
  return measured.map(({ route }) => route);
}

/** Asks the routes in turn until one has the product. */
async function listedFiles(
  product: string,
  routes: readonly CalibrationRoute[],
  options: CalibrationSyncOptions,
): Promise<PlannedCalibration[]> {
  let firstError: unknown;
  for (const route of routes) {
    try {
      const files = await route.newest(product, options.detectors, options.signal);
      if (files.length > 0) {
        return await withAlternatives(
          files,
          routes.filter((other) => other !== route),
          options,
        );
      }
    } catch (error) {
      if (options.signal?.aborted) throw error;
      firstError ??= error;
    }
  }
  if (firstError !== undefined) throw firstError;
  return [];
}

/** Finds the same files on the other routes, for when the first one fails; that they do not answer is no failure. */
async function withAlternatives(
  files: readonly RemoteCalibration[],
  others: readonly CalibrationRoute[],
  options: CalibrationSyncOptions,
): Promise<PlannedCalibration[]> {
  const alternatives = new Map<string, string[]>();
  const product = files[0]!.product;
  for (const route of others) {
    try {
      for (const file of await route.newest(product, options.detectors, options.signal)) {
        alternatives.set(file.fileName, [...alternatives.get(file.fileName) ?? [], file.url]);
      }
    } catch (error) {
      if (options.signal?.aborted) throw error;
    }
  }
  return files.map((file) => ({ ...file, alternatives: alternatives.get(file.fileName) ?? [] }));
}

function templateFiles(
  product: string,
  template: string,
  options: CalibrationSyncOptions,
): PlannedCalibration[] {
  return options.detectors.map((detector) => {
    const url = fillCalibrationTemplate(template, { release: options.release, product, detector });
    const named = remoteFile(product, url, url, null);
    if (named !== undefined) return { ...named, detector, alternatives: [] };
    // A file of one's own may have any name: it is its own version.
    const fileName = baseName(localPathOf(url) ?? url);
    const version = `custom-${fileName.replace(/\.fits(\.gz)?$/i, "").replaceAll(/[^A-Za-z0-9._-]/g, "_")}`;
    return {
      product,
      detector,
      version,
      versionNumber: 0,
      processingDate: "",
      fileName,
      url,
      bytes: null,
      alternatives: [],
    };
  });
}

function withTemplate(
  file: PlannedCalibration,
  template: string,
  options: CalibrationSyncOptions,
): PlannedCalibration {
  const { product, detector, version, fileName } = file;
  const values = { release: options.release, product, detector, version, filename: fileName };
  return { ...file, url: fillCalibrationTemplate(template, values), alternatives: [file.url] };
}

/** The newest files of the release: a folder may hold those of others too, as the cache of a project does. */
function localFiles(
  product: string,
  paths: readonly string[],
  { release, detectors, inputDirectory }: CalibrationSyncOptions,
): PlannedCalibration[] {
  const folder = localPathOf(inputDirectory!) ?? inputDirectory!;
  const files = paths
    .filter((path) => (namedReleaseOfCalibrationFile(relative(folder, path)) ?? release) === release)
    .map((path) => remoteFile(product, path, path, null)).filter((file) => file !== undefined);
  return newestOfEach(files, detectors).map((file) => ({ ...file, alternatives: [] }));
}

async function filesBelow(location: string): Promise<string[]> {
  const directory = localPathOf(location) ?? location;
  const paths: string[] = [];
  try {
    for await (const entry of Deno.readDir(directory)) {
      const path = join(directory, entry.name);
      if (entry.isDirectory) paths.push(...await filesBelow(path));
      else if (entry.isFile) paths.push(path);
    }
  } catch (error) {
    throw storageError(error, "list", directory);
  }
  return paths.sort();
}

function missing(options: CalibrationSyncOptions, product: string): TaggedError {
  const where = options.inputDirectory ?? "the archive";
  return new TaggedError(
    "calibration/not-found",
    `There is no ${product} of ${options.release} in ${where}`,
    {
      context: { product, release: options.release },
      hint: options.inputDirectory === undefined
        ? "Check the release with: spxcutdb config show --effective"
        : "Files are recognised by their names, such as spectral_wcs_D1_spx_cal-wcs-v4-2025-254.fits",
    },
  );
}
