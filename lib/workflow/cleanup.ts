import { insideDirectory } from "../files/safe_path.ts";
import { storageError } from "../files/storage_error.ts";
import type { KnownCutout } from "../store/cutouts.ts";
import type { SourceRecord } from "../store/sources.ts";
import type { Project } from "./project.ts";
import { cutoutFile, judgeCutouts, liveCutouts } from "./cleanup_conditions.ts";

/** What a cleanup did. */
export interface CleanupResult {
  /** Cutouts deleted. */
  readonly deleted: number;
  /** Bytes freed. */
  readonly bytes: number;
  /** Cutouts that stay, each with its reason. */
  readonly kept: readonly { readonly cutoutKey: string; readonly reason: string }[];
}

/** What is going on while a source is cleaned. */
export interface CleanupContext {
  /** Identity of the run. */
  readonly runId: string;
  /** Whether a fit is using this cutout now. */
  readonly isInUse: (cutoutKey: string) => boolean;
}

/** Deletes cutouts: all of them into the ledger first, then the files, then their confirmation. A file that is gone already counts. */
async function deleteCutouts(
  project: Project,
  cutouts: readonly KnownCutout[],
  manifestHash: string,
  runId: string,
): Promise<void> {
  const policy = project.config.cleanup.cutouts;
  for (const cutout of cutouts) {
    project.cutouts.planDeletion({ ...cutout, policy, manifestHash }, new Date().toISOString(), runId);
  }
  project.database.flush();
  for (const { cutoutKey, sha256, localPath } of cutouts) {
    await removeFile(insideDirectory(project.paths.cutouts, insideDirectory(project.root, localPath)));
    project.cutouts.confirmDeletion(cutoutKey, sha256, new Date().toISOString());
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw storageError(error, "remove", path);
  }
}

/**
 * Deletes the cutouts of a source that meet all conditions: those in the project's folder of cutouts whose
 * measurement or durable failure is stored, while no fit uses them, once all outputs of the source are current.
 * Nothing is deleted when the policy is `never`.
 */
export async function cleanSource(
  project: Project,
  source: SourceRecord,
  context: CleanupContext,
): Promise<CleanupResult> {
  if (project.config.cleanup.cutouts === "never") {
    // A look at the outputs would read all of them for nothing.
    const reason = "the cleanup policy is never";
    const kept = liveCutouts(project, source).map(({ cutoutKey }) => ({ cutoutKey, reason }));
    return { deleted: 0, bytes: 0, kept };
  }
  project.database.flush();
  const { verdicts, manifestHash } = await judgeCutouts(project, source, context.isInUse);
  const deleted = verdicts.filter(({ unmet }) => unmet.length === 0).map(({ cutout }) => cutout);
  const kept = verdicts.flatMap(({ cutout: { cutoutKey }, unmet: [first] }) =>
    first === undefined ? [] : [{ cutoutKey, reason: first.reason }]
  );
  await deleteCutouts(project, deleted, manifestHash, context.runId);
  project.database.flush();
  const bytes = deleted.reduce((sum, cutout) => sum + cutout.fileSizeBytes, 0);
  return { deleted: deleted.length, bytes, kept };
}

/**
 * Brings what the database has of cutouts in line with the disk: deletions that a crash cut off after the file was
 * gone are confirmed, and cutouts that somebody removed no longer count as being on disk. A file that a planned
 * deletion left is up to the next cleanup, which decides anew. Returns how many cutouts turned out to be gone.
 */
export function reconcileCutouts(project: Project): number {
  const now = new Date().toISOString();
  let gone = 0;
  for (const entry of project.cutouts.unconfirmedDeletions()) {
    if (cutoutFile(project, entry.localPath) !== undefined) continue;
    project.cutouts.confirmDeletion(entry.cutoutKey, entry.sha256, now);
    gone++;
  }
  for (const cutout of project.cutouts.valid()) {
    if (cutoutFile(project, cutout.localPath)?.isFile) continue;
    project.cutouts.markDeleted(cutout.cutoutKey);
    gone++;
  }
  project.database.flush();
  return gone;
}
