import { isTaggedError } from "../core/errors.ts";
import { insideDirectory } from "../files/safe_path.ts";
import type { OutputPart, OutputVerification } from "../outputs/verify_outputs.ts";
import type { KnownCutout } from "../store/cutouts.ts";
import type { SourceRecord } from "../store/sources.ts";
import type { Project } from "./project.ts";
import { verifySourceOutputs } from "./source_outputs.ts";

/** A condition that a cutout has to meet before it is deleted. */
export type CleanupCondition =
  | "policy"
  | "managed"
  | "recorded"
  | "files"
  | "manifest"
  | "full_qa"
  | "unused";

/** The seven conditions. A cutout that fails one of them stays. */
export const CLEANUP_CONDITIONS: Readonly<Record<CleanupCondition, string>> = {
  policy: "The cleanup policy allows deletion",
  managed: "The file is one of the project's, in its folder of cutouts",
  recorded: "Its measurement or its durable failure is stored",
  unused: "No fit uses it",
  files: "The spectrum, plots, provenance and index of its source are whole",
  manifest: "The manifest of its source stands for the current measurements",
  full_qa: "The full quality plots are current, when they are asked for",
};

/** A condition that a cutout does not meet. */
export interface UnmetCondition {
  /** The condition. */
  readonly condition: CleanupCondition;
  /** What was found instead. */
  readonly reason: string;
}

/** Whether a cutout may be deleted. */
export interface CleanupVerdict {
  /** The cutout. */
  readonly cutout: KnownCutout;
  /** The conditions that it fails; none for one that may go. */
  readonly unmet: readonly UnmetCondition[];
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
export function cutoutFile(project: Project, localPath: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(insideDirectory(project.root, localPath));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isTaggedError(error, "storage/outside-project")) {
      return undefined;
    }
    throw error;
  }
}

/** Why a cutout is none of the project's; undefined for one that is, and for one that is gone already. */
function whyUnmanaged(project: Project, cutout: KnownCutout): string | undefined {
  if (!isManagedCutout(project, cutout.localPath)) return "it is not in the project's folder of cutouts";
  const file = cutoutFile(project, cutout.localPath);
  const isOurs = file === undefined || (file.isFile && file.size === cutout.fileSizeBytes);
  return isOurs ? undefined : "the file is not the one that was measured";
}

/** Why nothing durable is stored for a cutout; undefined when something is. */
function whyUnrecorded(
  project: Project,
  cutout: KnownCutout,
  failedProducts: ReadonlySet<string>,
): string | undefined {
  // An earlier measurement may still stand: a failure since then is a reason to look at the file all the same.
  if (failedProducts.has(cutout.productId)) {
    return project.config.cleanup.keep_failed_cutouts
      ? "its measurement failed, and cleanup.keep_failed_cutouts is set"
      : undefined;
  }
  const measured = project.measurements.current(cutout.sourceId, cutout.productId);
  return measured?.cutoutSha256 === cutout.contentSha256 ? undefined : "it is not measured yet";
}

const PARTS: readonly OutputPart[] = ["manifest", "files", "full_qa"];

/** The conditions that the outputs of a source fail, the first problem of each part. */
function unmetByOutputs({ problems }: OutputVerification): UnmetCondition[] {
  return PARTS.flatMap((part) => {
    const problem = problems.find((each) => each.part === part);
    return problem === undefined
      ? []
      : [{ condition: part, reason: `the outputs are not current: ${problem.reason}` }];
  });
}

/** The cutouts of a source that count as being on disk. */
export function liveCutouts(project: Project, { sourceId }: SourceRecord): KnownCutout[] {
  return [...project.cutouts.ofSource(sourceId).values()].filter((cutout) => cutout.state === "valid");
}

/** Holds the cutouts of a source that lie on disk against all seven conditions. Nothing is changed. */
export async function judgeCutouts(
  project: Project,
  source: SourceRecord,
  isInUse: (cutoutKey: string) => boolean,
): Promise<{ readonly verdicts: readonly CleanupVerdict[]; readonly manifestHash: string }> {
  const live = liveCutouts(project, source);
  if (live.length === 0) return { verdicts: [], manifestHash: "" };
  const { cleanup, photometry } = project.config;
  const isForbidden = cleanup.cutouts === "never";
  const outputs = await verifySourceOutputs(project, source, photometry.qa_level === "full");
  const failed = new Set(project.runs.openFailures(source.sourceId).map((failure) => failure.productId));
  const verdicts = live.map((cutout): CleanupVerdict => {
    const own: readonly (readonly [CleanupCondition, string | undefined])[] = [
      ["policy", isForbidden ? "the cleanup policy is never" : undefined],
      ["managed", whyUnmanaged(project, cutout)],
      ["recorded", whyUnrecorded(project, cutout, failed)],
      ["unused", isInUse(cutout.cutoutKey) ? "a fit is using it" : undefined],
    ];
    const unmet = own.flatMap(([condition, reason]) => reason === undefined ? [] : [{ condition, reason }]);
    return { cutout, unmet: [...unmet, ...unmetByOutputs(outputs)] };
  });
  return { verdicts, manifestHash: outputs.manifest?.manifest_hash ?? "" };
}
