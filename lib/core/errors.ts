/** Values that an error or an event may carry: plain JSON. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | {
  readonly [key: string]: JsonValue;
};

/** The part of the program, or of the world, that an error is about; the first half of its code. */
export type ErrorArea =
  | "archive"
  | "calibration"
  | "catalog"
  | "config"
  | "discovery"
  | "fits"
  | "internal"
  | "interrupted"
  | "lock"
  | "net"
  | "output"
  | "project"
  | "spherex"
  | "storage"
  | "store"
  | "usage"
  | "votable"
  | "wcs";

/** A stable identifier such as `config/unknown-key`; documented, never reworded. */
export type ErrorCode = `${ErrorArea}/${string}`;

/** What an error carries besides its sentence. */
export interface TaggedErrorOptions {
  /** The numbers and names of the failure, for logs and JSON output. */
  readonly context?: Readonly<Record<string, JsonValue>>;
  /** The next step for the user, usually a command to run. */
  readonly hint?: string;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * A failure of a file, a service, the disk or the user's input, with a stable code.
 *
 * Programming mistakes are TypeError or RangeError instead; the expected failure of one
 * measurement is a flag and a NaN, never an error.
 */
export class TaggedError extends Error {
  /** Name of the class. */
  override readonly name = "TaggedError";
  /** Stable identifier of the kind of failure. */
  readonly code: ErrorCode;
  /** Numbers and names of this failure. */
  readonly context: Readonly<Record<string, JsonValue>>;
  /** The next step for the user, if one is known. */
  readonly hint: string | undefined;

  /** Makes an error; the message starts with a capital and has no final period. */
  constructor(code: ErrorCode, message: string, options: TaggedErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.context = options.context ?? {};
    this.hint = options.hint;
  }
}

/**
 * Tells whether a caught value is a {@linkcode TaggedError}, of the given code or area if one is named.
 *
 * @example
 * ```ts
 * import { isTaggedError, TaggedError } from "./errors.ts";
 * import assert from "node:assert/strict";
 * const error = new TaggedError("fits/truncated", "Cannot read the header");
 * assert(isTaggedError(error, "fits/truncated"));
 * assert(isTaggedError(error, "fits"));
 * assert(!isTaggedError(error, "net"));
 * ```
 */
export function isTaggedError(error: unknown, codeOrArea?: ErrorCode | ErrorArea): error is TaggedError {
  if (!(error instanceof TaggedError)) return false;
  return codeOrArea === undefined || error.code === codeOrArea || error.code.startsWith(`${codeOrArea}/`);
}
