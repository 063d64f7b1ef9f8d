import { isTaggedError } from "../core/errors.ts";
import { insideDirectory } from "../files/safe_path.ts";
import { storageError } from "../files/storage_error.ts";
import type { KnownCutout } from "../store/cutouts.ts";
import type { SourceRecord } from "../store/sources.ts";
import type { Project } from "./project.ts";
import { verifySourceOutputs } from "./source_outputs.ts";

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

/** Whether the path is one below the project's folder of cutouts, links followed. */
function isManagedCutout(project: Project, localPath: string): boolean {
  try {
    const path = insideDirectory(project.root, localPath);
    return insideDirectory(project.paths.cutouts, path) !== project.paths.cutouts;
  } catch (error) {
    if (isTaggedError(error, "storage/outside-project")) return false;
    throw error;
  }
}

/** What lies where a cutout should be, links not followed; undefined for nothing. */
function cutoutFile(project: Project, localPath: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(insideDirectory(project.root, localPath));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isTaggedError(error, "storage/outside-project")) {
      return undefined;
    }
    throw error;
  }
}

/** Why a cutout has to stay, apart from the state of its source's outputs; undefined when it may go. */
function reasonToKeep(
  project: Project,
  cutout: KnownCutout,
  failedProducts: ReadonlySet<string>,
  context: CleanupContext,
): string | undefined {
  if (!isManagedCutout(project, cutout.localPath)) return "not in the project's folder of cutouts";
  if (context.isInUse(cutout.cutoutKey)) return "a fit is using it";
  const file = cutoutFile(project, cutout.localPath);
  if (file !== undefined && (!file.isFile || file.size !== cutout.fileSizeBytes)) {
    return "the file is not the one that was measured";
  }
  // An earlier measurement may still stand: a failure since then is a reason to look at the file all the same.
  if (failedProducts.has(cutout.productId)) {
    return project.config.cleanup.keep_failed_cutouts ? "its measurement failed" : undefined;
  }
  const measured = project.measurements.current(cutout.sourceId, cutout.productId);
  return measured?.cutoutSha256 === cutout.contentSha256 ? undefined : "not measured yet";
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
 * Deletes the cutouts of a source that are no longer needed: those in the project's folder of cutouts whose
 * measurement or durable failure is stored, while no fit uses them, once all outputs of the source are current.
 * Nothing is deleted when the policy is `never`.
 */
export async function cleanSource(
  project: Project,
  source: SourceRecord,
  context: CleanupContext,
): Promise<CleanupResult> {
  const live = [...project.cutouts.ofSource(source.sourceId).values()].filter((cutout) =>
    cutout.state === "valid"
  );
  const keepAll = (reason: string) => ({
    deleted: 0,
    bytes: 0,
    kept: live.map(({ cutoutKey }) => ({ cutoutKey, reason })),
  });
  if (project.config.cleanup.cutouts === "never") return keepAll("the cleanup policy is never");
  if (live.length === 0) return keepAll("");
  project.database.flush();
  const outputs = await verifySourceOutputs(project, source, project.config.photometry.qa_level === "full");
  if (!outputs.current) return keepAll(`the outputs are not current: ${outputs.reasons[0]}`);
  const failed = new Set(project.runs.openFailures(source.sourceId).map((failure) => failure.productId));
  const kept: { cutoutKey: string; reason: string }[] = [];
  const deleted = live.filter((cutout) => {
    const reason = reasonToKeep(project, cutout, failed, context);
    if (reason !== undefined) kept.push({ cutoutKey: cutout.cutoutKey, reason });
    return reason === undefined;
  });
  await deleteCutouts(project, deleted, outputs.manifest!.manifest_hash, context.runId);
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
