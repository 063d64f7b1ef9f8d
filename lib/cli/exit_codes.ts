import { isTaggedError, type TaggedError } from "../core/errors.ts";

/** What the program tells its caller when it ends; these numbers are documented and never change. */
export const EXIT = {
  /** All requested work is done; flagged measurements are done too. */
  success: 0,
  /** Finished, but some items failed. */
  partial: 1,
  /** A flag, an argument or a command that does not exist or does not fit. */
  usage: 2,
  /** The configuration, the catalog or another input is not what it should be. */
  invalidInput: 3,
  /** Something must be done first; the hint names the command. */
  prerequisite: 4,
  /** A service failed after all retries. */
  remote: 5,
  /** Data do not agree with their checksum, manifest, schema or format. */
  integrity: 6,
  /** Another process works on the project. */
  locked: 7,
  /** A mistake in the program. */
  internal: 70,
  /** The disk is full or refuses. */
  disk: 74,
  /** Stopped by SIGINT after a clean stop. */
  interrupted: 130,
  /** Stopped by SIGTERM after a clean stop. */
  terminated: 143,
} as const;

/** One of the numbers of {@linkcode EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Exit codes of single errors, where they differ from those of their area. */
const EXIT_OF_CODE: Readonly<Record<string, ExitCode>> = {
  "calibration/missing": EXIT.prerequisite,
  "catalog/not-found": EXIT.invalidInput,
  "discovery/missing": EXIT.prerequisite,
  "interrupted/terminated": EXIT.terminated,
  "net/no-samp-hub": EXIT.prerequisite,
  "net/no-samp-receiver": EXIT.prerequisite,
  "project/exists": EXIT.usage,
  "project/no-shards": EXIT.invalidInput,
  "project/other-shards": EXIT.usage,
  "storage/name-too-long": EXIT.invalidInput,
  "storage/no-cutouts": EXIT.prerequisite,
  "storage/not-a-file": EXIT.invalidInput,
  "storage/not-found": EXIT.invalidInput,
  "storage/outside-project": EXIT.invalidInput,
  "store/busy": EXIT.locked,
};

/** Exit codes of the areas of errors, the first half of their codes. */
const EXIT_OF_AREA: Readonly<Record<string, ExitCode>> = {
  archive: EXIT.remote,
  calibration: EXIT.integrity,
  catalog: EXIT.invalidInput,
  config: EXIT.invalidInput,
  discovery: EXIT.remote,
  fits: EXIT.integrity,
  internal: EXIT.internal,
  interrupted: EXIT.interrupted,
  lock: EXIT.locked,
  net: EXIT.remote,
  output: EXIT.integrity,
  project: EXIT.prerequisite,
  spherex: EXIT.integrity,
  storage: EXIT.disk,
  store: EXIT.integrity,
  usage: EXIT.usage,
  votable: EXIT.remote,
  wcs: EXIT.integrity,
};

/** The exit code of a tagged error. */
function exitCodeOfTagged(error: TaggedError): ExitCode {
  // A document on the disk is damaged; only one that a service has just sent makes the service fail.
  if (error.code.startsWith("votable/") && error.context["path"] !== undefined) return EXIT.integrity;
  return EXIT_OF_CODE[error.code] ?? EXIT_OF_AREA[error.code.split("/")[0]!] ?? EXIT.internal;
}

/** The exit code of whatever ended a command: that of its tagged error, 130 for an abort, 70 for anything else. */
export function exitCodeOf(error: unknown): ExitCode {
  if (isTaggedError(error)) return exitCodeOfTagged(error);
  if (error instanceof DOMException && error.name === "AbortError") return EXIT.interrupted;
  return EXIT.internal;
}
