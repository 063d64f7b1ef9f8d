import { join, relative } from "node:path";
import { quarantine } from "../archive/quarantine.ts";
import { insideDirectory } from "../files/safe_path.ts";
import { storageError } from "../files/storage_error.ts";
import type { CutoutRecord } from "../store/cutouts.ts";
import { Project, type ProjectOptions } from "./project.ts";

/** What to clean. */
export interface CleanPartialsOptions extends ProjectOptions {
  /** Partial files are kept that were written to in the last hours. @default {24} */
  readonly olderThanHours?: number;
  /** What becomes of cutouts that failed a validation and of the quarantine. @default {"keep"} */
  readonly invalid?: "keep" | "quarantine" | "delete";
  /** Only tell what would be done. */
  readonly dryRun?: boolean;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** A file that was removed or moved. */
export interface CleanedFile {
  /** Path below the project folder. */
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
  /** What became of it. */
  readonly action: "deleted" | "quarantined";
}

/** What a cleaning did. */
export interface CleanPartialsResult {
  /** Absolute path of the project. */
  readonly project: string;
  /** Whether it is only told what would be done. */
  readonly isDryRun: boolean;
  /** The files, in the order of their paths. */
  readonly files: readonly CleanedFile[];
  /** Partial files that are too young and stay. */
  readonly kept: number;
  /** Bytes freed. */
  readonly freedBytes: number;
}

interface FoundFile {
  readonly path: string;
  readonly bytes: number;
  readonly ageHours: number;
}

const HOUR_MS = 3_600_000;

/** The files of a folder, in order; none of one that is not there. */
async function filesOf(folder: string): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isFile) continue;
      const path = join(folder, entry.name);
      const { size, mtime } = await Deno.stat(path);
      files.push({ path, bytes: size, ageHours: (Date.now() - (mtime?.getTime() ?? 0)) / HOUR_MS });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw storageError(error, "look into", folder);
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw storageError(error, "remove", path);
  }
}

/** Cutouts on disk that a validation refused. */
async function invalidCutouts(project: Project): Promise<(FoundFile & { readonly cutout: CutoutRecord })[]> {
  const found: (FoundFile & { readonly cutout: CutoutRecord })[] = [];
  for (const cutout of project.cutouts.iterate()) {
    if (cutout.state !== "invalid") continue;
    const path = insideDirectory(project.paths.cutouts, join(project.root, cutout.localPath));
    try {
      const info = await Deno.lstat(path);
      if (info.isFile) found.push({ path, bytes: info.size, ageHours: 0, cutout });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw storageError(error, "look at", path);
    }
  }
  return found;
}

async function clean(project: Project, options: CleanPartialsOptions): Promise<CleanPartialsResult> {
  const { olderThanHours = 24, invalid = "keep", dryRun = false, signal } = options;
  const files: CleanedFile[] = [];
  const quarantineFolder = join(project.paths.data, "quarantine");
  const note = ({ path, bytes }: FoundFile, action: CleanedFile["action"]) =>
    files.push({ path: relative(project.root, path), bytes, action });

  const partials = (await filesOf(project.paths.partial)).filter(({ path }) => path.endsWith(".part"));
  const old = partials.filter(({ ageHours }) => ageHours >= olderThanHours);
  const doomed = invalid === "delete" ? [...old, ...await filesOf(quarantineFolder)] : old;
  for (const file of doomed) {
    signal?.throwIfAborted();
    if (!dryRun) await remove(file.path);
    note(file, "deleted");
  }
  for (const file of invalid === "keep" ? [] : await invalidCutouts(project)) {
    signal?.throwIfAborted();
    const { cutoutKey: key, sha256, validationStatus, validationReason } = file.cutout;
    const validation = { status: validationStatus, reason: validationReason ?? undefined };
    if (!dryRun && invalid === "delete") await remove(file.path);
    else if (!dryRun) {
      await quarantine(quarantineFolder, { path: file.path, key, url: "", attempt: 0, sha256, validation });
    }
    note(file, invalid === "delete" ? "deleted" : "quarantined");
  }
  const deleted = files.filter(({ action }) => action === "deleted");
  return {
    project: project.root,
    isDryRun: dryRun,
    files,
    kept: partials.length - old.length,
    freedBytes: deleted.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/**
 * Removes what downloads left behind: partial files that nothing has written to for a day, and, when asked to, the
 * cutouts that failed a validation, which otherwise lie where they are until the next run fetches them again.
 *
 * Throws RangeError for a negative number of hours.
 *
 * @throws {TaggedError} `config/…`, `lock/held`, `storage/…`, `store/…`.
 */
export async function cleanPartials(options: CleanPartialsOptions): Promise<CleanPartialsResult> {
  const { olderThanHours = 24 } = options;
  if (!(olderThanHours >= 0)) {
    throw new RangeError(`The hours that partial files are kept cannot be ${olderThanHours}`);
  }
  using project = options.dryRun === true
    ? await Project.open(options)
    : await Project.openForWriting(options, "clean-partials");
  return await clean(project, options);
}
