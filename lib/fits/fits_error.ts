import { type JsonValue, TaggedError } from "../core/errors.ts";

/** What an error about a FITS file carries beside its sentence. */
export interface FitsErrorDetails {
  /** Numbers and names of the failure. */
  readonly context?: Readonly<Record<string, JsonValue>>;
  /** The next step for the user. */
  readonly hint?: string;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * Makes an error about a FITS file, `fits/<kind>`, that says at which byte of the file it was met.
 *
 * `message` starts with a capital and has no final period; `byteOffset` counts from the start of the file.
 */
export function fitsError(
  kind: string,
  message: string,
  byteOffset: number,
  details: FitsErrorDetails = {},
): TaggedError {
  return new TaggedError(`fits/${kind}`, `${message} (byte ${byteOffset})`, {
    ...details,
    context: { byteOffset, ...details.context },
  });
}
