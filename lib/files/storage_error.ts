import { type ErrorCode, TaggedError } from "../core/errors.ts";

/** Failures that Deno tells by their number alone, as Linux and macOS count them; the names are POSIX's. */
const NUMBERED: Readonly<Record<string, string>> = {
  5: "EIO",
  27: "EFBIG",
  28: "ENOSPC",
  30: "EROFS",
  69: "EDQUOT",
  122: "EDQUOT",
};

/** The operating system's code of a failure (`ENOSPC`, `ENOENT` and so on), or undefined when it carries none. */
function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") return code;
  const [, number] = /\(os error (\d+)\)/.exec(error instanceof Error ? error.message : "") ?? [];
  return Deno.build.os === "windows" ? undefined : NUMBERED[number ?? ""];
}

/** How a kind of failure is told to the user. */
interface StorageFailure {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly hint: string;
}

const FULL: StorageFailure = {
  code: "storage/full",
  reason: "no space is left on the disk",
  hint: "Free some disk space, then run the same command again: it goes on where it stopped",
};
const TOO_LARGE: StorageFailure = {
  code: "storage/full",
  reason: "the file would be larger than the system allows",
  hint: "Raise the limit of file sizes (`ulimit -f`, or the file system's), then run the same command again",
};
const DEVICE: StorageFailure = {
  code: "storage/failed",
  reason: "the disk reports an error of its own",
  hint: "Check the disk (`dmesg` tells its errors) and the connection to it, then run the same command again",
};
const PERMISSION: StorageFailure = {
  code: "storage/permission",
  reason: "permission is denied",
  hint: "Check who owns the file and its folder, and that the program may read and write there",
};
const NOT_GRANTED: StorageFailure = {
  code: "storage/permission",
  reason: "the program was started without the permission for it",
  hint:
    "Use a path where it may read and write, or start it with that path in --allow-read and --allow-write",
};
const NOT_FOUND: StorageFailure = {
  code: "storage/not-found",
  reason: "there is no such file or folder",
  hint: "Check the spelling of the path",
};
const IS_A_FOLDER: StorageFailure = {
  code: "storage/not-a-file",
  reason: "a folder stands where a file is expected",
  hint: "Name a file instead, or move that folder away when a file belongs there",
};
const NOT_A_FOLDER: StorageFailure = {
  code: "storage/not-a-file",
  reason: "a file stands where a folder is expected",
  hint: "Check each folder of the path: one of them is a file; name another path, or move that file away",
};
const NAME_TOO_LONG: StorageFailure = {
  code: "storage/name-too-long",
  reason: "the name is longer than the file system allows",
  hint: "Choose a shorter path for the project",
};

const FAILURE_OF_CODE: Readonly<Record<string, StorageFailure>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: TOO_LARGE,
  EIO: DEVICE,
  EACCES: PERMISSION,
  EPERM: PERMISSION,
  EROFS: PERMISSION,
  ENOENT: NOT_FOUND,
  EISDIR: IS_A_FOLDER,
  ENOTDIR: NOT_A_FOLDER,
  ENAMETOOLONG: NAME_TOO_LONG,
};

/** The kind of failure that a caught error stands for, or undefined when it is none of the known ones. */
function failureOf(error: unknown): StorageFailure | undefined {
  const known = FAILURE_OF_CODE[systemCode(error) ?? ""];
  if (known !== undefined) return known;
  if (error instanceof Deno.errors.NotFound) return NOT_FOUND;
  if (error instanceof Deno.errors.IsADirectory) return IS_A_FOLDER;
  if (error instanceof Deno.errors.NotADirectory) return NOT_A_FOLDER;
  if (error instanceof Deno.errors.NotCapable) return NOT_GRANTED;
  if (error instanceof Deno.errors.PermissionDenied) return PERMISSION;
  return undefined;
}

/**
 * Turns what the operating system threw into a tagged error that says what was tried and what to do.
 *
 * @param error What was caught; a TaggedError is handed back as it is.
 * @param attempt What was tried, as it continues "Cannot …": `write`, `read`, `lock`.
 * @param path The file or folder it was tried on.
 * @returns An error of code `storage/full`, `storage/permission`, `storage/not-found`, `storage/not-a-file`,
 * `storage/name-too-long`, or `storage/failed` for anything else.
 */
export function storageError(error: unknown, attempt: string, path: string): TaggedError {
  if (error instanceof TaggedError) return error;
  const failure = failureOf(error);
  const systemMessage = error instanceof Error ? error.message : String(error);
  return new TaggedError(
    failure?.code ?? "storage/failed",
    `Cannot ${attempt} ${path}: ${failure?.reason ?? systemMessage}`,
    {
      context: { path, system_code: systemCode(error) ?? null, system_message: systemMessage },
      cause: error,
      hint: failure?.hint ?? "Check the disk and the path, then run the same command again",
    },
  );
}
