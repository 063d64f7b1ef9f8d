import { dirname } from "node:path";
import { TaggedError } from "../core/errors.ts";
import { commitFile } from "../files/atomic_write.ts";
import { storageError } from "../files/storage_error.ts";
import type { CalibrationSyncOptions } from "./calibration_options.ts";
import { isAccepted, type ValidationOutcome } from "./download_event.ts";
import { PartialWriter, removeIfThere } from "./partial_file.ts";

/** A file that was copied into the cache. */
export interface CopiedFile {
  /** Its length. */
  readonly bytes: number;
  /** Its SHA-256 in hexadecimal. */
  readonly sha256: string;
  /** What the validator said. */
  readonly validation: ValidationOutcome;
}

/**
 * Copies a local file into the cache: partial file, hash, validation, final name.
 *
 * Throws `calibration/invalid-file` when the validator refuses it, `interrupted/aborted` and `storage/...`.
 */
export async function copyCalibration(
  options: Pick<CalibrationSyncOptions, "validate" | "signal">,
  source: string,
  target: string,
  product: string,
  detector: number,
): Promise<CopiedFile> {
  const partialPath = `${target}.part`;
  try {
    await Deno.mkdir(dirname(target), { recursive: true });
  } catch (error) {
    throw storageError(error, "make", dirname(target));
  }
  const { bytes, sha256 } = await copyBytes(source, partialPath, options.signal);
  const validation = await options.validate(partialPath, product, detector);
  if (!isAccepted(validation)) {
    await removeIfThere(partialPath);
    throw invalidCalibrationError(source, validation);
  }
  await commitFile(partialPath, target);
  return { bytes, sha256, validation };
}

/** Makes `calibration/invalid-file`. */
export function invalidCalibrationError(source: string, validation: ValidationOutcome): TaggedError {
  const reason = validation.reason ?? "no reason given";
  return new TaggedError("calibration/invalid-file", `${source} is no valid calibration file: ${reason}`, {
    context: { source, status: validation.status, reason },
  });
}

async function copyBytes(
  source: string,
  target: string,
  signal: AbortSignal | undefined,
): Promise<{ bytes: number; sha256: string }> {
  let input: Deno.FsFile;
  try {
    input = await Deno.open(source);
  } catch (error) {
    throw storageError(error, "read", source);
  }
  using _input = input;
  const writer = await PartialWriter.open(target, 0);
  try {
    const block = new Uint8Array(1 << 20);
    for (;;) {
      if (signal?.aborted) {
        throw new TaggedError("interrupted/aborted", "The calibration sync was stopped", {
          cause: signal.reason,
        });
      }
      const count = await input.read(block);
      if (count === null) return { bytes: writer.bytes, sha256: writer.sha256() };
      await writer.write(block.subarray(0, count));
    }
  } finally {
    writer.close();
  }
}
