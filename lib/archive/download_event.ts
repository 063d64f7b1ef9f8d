import type { ErrorCode, JsonValue } from "../core/errors.ts";
import type { AccessName } from "../spherex/cutout_origin.ts";

/** What a validator says of a file. */
export interface ValidationOutcome {
  /** `passed` or `passed_with_warnings` let the file count; anything else does not. */
  readonly status: string;
  /** Why it did not pass. */
  readonly reason?: string | undefined;
  /** What was odd but no reason to refuse it. */
  readonly warnings?: readonly string[];
  /** Whatever else should be recorded: HDU, WCS and PSF summaries. */
  readonly summary?: JsonValue;
  /** SHA-256 of what is measured in the file, the same whichever route brought it. */
  readonly contentSha256?: string;
}

/** A request for the item is about to be sent. */
export interface DownloadStarted {
  /** Discriminant. */
  readonly type: "download_started";
  /** Identity of the item. */
  readonly key: string;
  /** From 1. */
  readonly attempt: number;
}

/** Bytes are arriving. */
export interface DownloadProgress {
  /** Discriminant. */
  readonly type: "download_progress";
  /** Identity of the item. */
  readonly key: string;
  /** Bytes in the partial file. */
  readonly bytes: number;
  /** Bytes expected in all, if the server said so. */
  readonly totalBytes: number | null;
}

/** An attempt failed and another will follow. */
export interface DownloadRetry {
  /** Discriminant. */
  readonly type: "download_retry";
  /** Identity of the item. */
  readonly key: string;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** Attempts allowed in all. */
  readonly maxAttempts: number;
  /** Milliseconds until the next attempt. */
  readonly delayMs: number;
  /** The kind of failure. */
  readonly code: ErrorCode;
  /** The failure in words. */
  readonly message: string;
  /** The HTTP status, when that was the failure. */
  readonly status: number | null;
  /** The route of the failed attempt. */
  readonly access: AccessName;
  /** The route of the next attempt. */
  readonly nextAccess: AccessName;
}

/** The file is whole, valid and in its place. */
export interface DownloadCompleted {
  /** Discriminant. */
  readonly type: "download_completed";
  /** Identity of the item. */
  readonly key: string;
  /** Where the file is. */
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
  /** Its SHA-256 in hexadecimal. */
  readonly sha256: string;
  /** What the validator said. */
  readonly validation: ValidationOutcome;
  /** Requests it took; 0 when a valid file was already there. */
  readonly attempts: number;
  /** The route that brought it; the first one of the item when a valid file was already there. */
  readonly access: AccessName;
  /** Bytes received over the network for it in the last attempt. */
  readonly bytesReceived: number;
  /** Bytes that an earlier run had left and that were kept. */
  readonly resumedFromBytes: number;
  /** When the first attempt began, ISO 8601. */
  readonly startedAt: string;
  /** When the file was in its place, ISO 8601. */
  readonly completedAt: string;
  /** Milliseconds from the first attempt to the end. */
  readonly durationMs: number;
}

/** The item was given up. */
export interface DownloadFailed {
  /** Discriminant. */
  readonly type: "download_failed";
  /** Identity of the item. */
  readonly key: string;
  /** `download` when the bytes did not come, `validation` when they were no good. */
  readonly phase: "download" | "validation";
  /** The kind of failure. */
  readonly code: ErrorCode;
  /** The failure in words. */
  readonly message: string;
  /** The next step for the user, if one is known. */
  readonly hint: string | null;
  /** The HTTP status, when that was the failure. */
  readonly status: number | null;
  /** Requests that were sent. */
  readonly attempts: number;
  /** What the validator said, when it was asked. */
  readonly validation: ValidationOutcome | null;
  /** Where the refused file was put, if one was kept. */
  readonly quarantinePath: string | null;
}

/** What the downloader tells, item by item. */
export type DownloadEvent =
  | DownloadStarted
  | DownloadProgress
  | DownloadRetry
  | DownloadCompleted
  | DownloadFailed;

/** Tells whether a validator's answer lets a file count. */
export function isAccepted(validation: ValidationOutcome): boolean {
  return validation.status === "passed" || validation.status === "passed_with_warnings";
}
