import { join, relative, resolve } from "node:path";
import { TaggedError } from "../core/errors.ts";
import type { CutoutRecord } from "../store/cutouts.ts";
import type { ValidationOutcome } from "../archive/download_event.ts";
import type { CalibrationChoice } from "./calibration_choice.ts";
import { changedSinceArrival, contentRecord, validateCutoutFile } from "./cutout_downloads.ts";
import { Project, type ProjectOptions } from "./project.ts";
import { Planner } from "./planner.ts";

/** Which cutouts to check. */
export interface ValidateCutoutsOptions extends ProjectOptions {
  /** A file or folder; the project's cutouts when left out. */
  readonly path?: string;
  /** Whether the database learns what was found. @default {true} */
  readonly updateDatabase?: boolean;
  /** Stops the work. */
  readonly signal?: AbortSignal;
  /** Told of each file. */
  readonly onFile?: (file: ValidatedCutout) => void;
}

/** What was found of one file. */
export interface ValidatedCutout {
  /** Path as found. */
  readonly path: string;
  /** `passed`, `passed_with_warnings` or `failed_…`. */
  readonly status: string;
  /** Why it failed; null when it passed. */
  readonly reason: string | null;
  /** What is odd. */
  readonly warnings: readonly string[];
  /** Whether the project's database knows the file. */
  readonly known: boolean;
}

/** What was found of all files. */
export interface ValidateCutoutsResult {
  /** Files checked. */
  readonly checked: number;
  /** Files that may be measured. */
  readonly passed: number;
  /** Files that may not, in the order of their paths. */
  readonly failed: readonly ValidatedCutout[];
  /** Cutouts that the database has as valid and that are not on disk. */
  readonly missing: readonly string[];
}

/** The FITS files at or below a path, in order; links are not followed. */
async function* fitsFiles(path: string): AsyncGenerator<string> {
  let info;
  try {
    info = await Deno.lstat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new TaggedError("storage/not-found", `There is nothing to check at ${path}`, {
      context: { path },
      hint: "Name a FITS file or a folder with --path",
    });
  }
  if (info.isFile) {
    if (/\.fits(\.gz)?$/i.test(path)) yield path;
    return;
  }
  if (!info.isDirectory) return;
  const names = (await Array.fromAsync(Deno.readDir(path))).map((entry) => entry.name).sort();
  for (const name of names) yield* fitsFiles(join(path, name));
}

/** What was found of a file that the database knows, told from what a file shows by itself. */
interface Finding extends ValidationOutcome {
  /** `passed`, `passed_with_warnings` or `failed_…`. */
  readonly status: string;
}

/**
 * What the database should know of a file after a check. A file that fails leaves the recorded hashes as they are:
 * they say what the file was, so that it passes once it is restored, and measurements keep their identity.
 */
async function checkedRecord(
  project: Project,
  known: CutoutRecord,
  path: string,
  found: Finding,
): Promise<CutoutRecord> {
  const passed = !found.status.startsWith("failed");
  return {
    ...known,
    state: passed ? "valid" : "invalid",
    ...(passed ? { fileSizeBytes: (await Deno.stat(path)).size, ...contentRecord(found, known.sha256) } : {}),
    localPath: relative(project.root, path),
    validationStatus: found.status,
    validationReason: found.reason ?? null,
    validationJson: JSON.stringify({ warnings: found.warnings, summary: found.summary }),
  };
}

async function checkFile(
  project: Project,
  calibrations: CalibrationChoice,
  path: string,
  updateDatabase: boolean,
): Promise<ValidatedCutout> {
  const known = project.cutouts.atPath(relative(project.root, path));
  const source = known === undefined ? undefined : project.sources.find(known.sourceId);
  const product = known === undefined ? undefined : project.products.find(known.productId);
  const expected = source === undefined || product === undefined ? {} : {
    rightAscensionDeg: source.rightAscensionDeg,
    declinationDeg: source.declinationDeg,
    detector: product.detector,
    observationId: product.observationId,
  };
  const validation = await validateCutoutFile(path, expected, project.config, calibrations);
  const changed = known === undefined || validation.status.startsWith("failed")
    ? undefined
    : await changedSinceArrival(path, known);
  const { status, reason } = changed ?? validation;
  const { warnings } = validation;
  const found = { path, status, reason: reason ?? null, warnings, known: known !== undefined };
  if (updateDatabase && known !== undefined) {
    project.cutouts.put(
      await checkedRecord(project, known, path, { ...validation, ...changed }),
      new Date().toISOString(),
      "validate-cutouts",
    );
  }
  return found;
}

/**
 * Checks FITS cutouts on disk: structure, planes, coordinates, PSF, checksums, and that each shows its target.
 *
 * A file that the database knows must also have the SHA-256 that it arrived with, else it is `failed_checksum`. The
 * database learns of the files that it knows: those that fail are fetched again by the next run.
 */
export async function validateCutouts(options: ValidateCutoutsOptions): Promise<ValidateCutoutsResult> {
  const updateDatabase = options.updateDatabase ?? true;
  using project = updateDatabase
    ? await Project.openForWriting(options, "validate-cutouts")
    : await Project.open(options);
  const path = options.path === undefined ? project.paths.cutouts : resolve(options.path);
  const { calibrationChoice } = new Planner(project);
  const failed: ValidatedCutout[] = [];
  let checked = 0;
  for await (const file of fitsFiles(path)) {
    options.signal?.throwIfAborted();
    const found = await checkFile(project, calibrationChoice, file, updateDatabase);
    checked++;
    if (found.status.startsWith("failed")) failed.push(found);
    options.onFile?.(found);
  }
  const missing: string[] = [];
  for (const cutout of options.path === undefined ? [...project.cutouts.iterate()] : []) {
    if (cutout.state === "valid" && !await isFile(join(project.root, cutout.localPath))) {
      missing.push(cutout.localPath);
    }
  }
  return { checked, passed: checked - failed.length, failed, missing };
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
