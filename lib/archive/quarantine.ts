import { join } from "node:path";
import { TaggedError } from "../core/errors.ts";
import { writeFileAtomic } from "../files/atomic_write.ts";
import { insideDirectory } from "../files/safe_path.ts";
import { slug } from "../files/slug.ts";
import { storageError } from "../files/storage_error.ts";
import type { ValidationOutcome } from "./download_event.ts";
import { removeIfThere } from "./partial_file.ts";

/** A file that a validator refused. */
export interface RefusedFile {
  /** Where it is. */
  readonly path: string;
  /** Identity of what it should have been. */
  readonly key: string;
  /** Where it came from, without its query. */
  readonly url: string;
  /** Which attempt brought it, 0 for one that was there before. */
  readonly attempt: number;
  /** Its SHA-256, if it was computed. */
  readonly sha256: string | null;
  /** What the validator said. */
  readonly validation: ValidationOutcome;
}

/**
 * Moves a refused file into the quarantine, with a JSON file beside it that says why; without a quarantine it is
 * removed. Returns where it is now, or null.
 */
export async function quarantine(directory: string | undefined, file: RefusedFile): Promise<string | null> {
  if (directory === undefined) {
    await removeIfThere(file.path);
    return null;
  }
  const name = `${slug(file.key)}.${file.attempt}`;
  const path = insideDirectory(directory, join(directory, `${name}.fits`));
  try {
    await Deno.mkdir(directory, { recursive: true });
    await Deno.rename(file.path, path);
  } catch (error) {
    throw storageError(error, "move to the quarantine", file.path);
  }
  const { key, url, attempt, sha256, validation } = file;
  const note = { key, url, attempt, sha256, quarantined_at: new Date().toISOString(), validation };
  await writeFileAtomic(join(directory, `${name}.reason.json`), `${JSON.stringify(note, null, 2)}\n`);
  return path;
}

/** The answer of a validation for the sound cutout of an image that does not reach to the target. */
const OFF_IMAGE = "failed_target_off_image";

/** Whether a file was refused for no fault of its own: its image ends before the target, and will whenever it is asked. */
export function isOffImage(validation: ValidationOutcome): boolean {
  return validation.status === OFF_IMAGE;
}

/** The error that stands for an image that ends before the target. */
export function offImageError(validation: ValidationOutcome): TaggedError {
  return new TaggedError("archive/target-off-image", validation.reason ?? "The image ends before the target");
}

/** Makes `archive/invalid-cutout`: the file arrived whole and is not what it should be. */
export function invalidCutoutError(
  validation: ValidationOutcome,
  quarantinePath: string | null,
): TaggedError {
  const reason = validation.reason ?? "no reason given";
  return new TaggedError(
    "archive/invalid-cutout",
    `The file is no valid cutout (${validation.status}): ${reason}`,
    {
      context: { status: validation.status, reason, quarantinePath },
      ...(quarantinePath === null
        ? {}
        : { hint: `Look at the refused file with: spxcutdb inspect ${quarantinePath}` }),
    },
  );
}
