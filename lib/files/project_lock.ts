import { join } from "node:path";
import { TaggedError } from "../core/errors.ts";
import { storageError } from "./storage_error.ts";

/** Who holds the lock of a project. */
export interface LockHolder {
  /** Process number. */
  readonly pid: number;
  /** Name of the machine, or null when the program may not ask for it. */
  readonly host: string | null;
  /** What the holder is doing, as the user typed it. */
  readonly command: string;
  /** When it began, ISO 8601 in UTC. */
  readonly startedAt: string;
}

/** Name of the lock file in the project directory. */
export const LOCK_FILE_NAME = ".spxcutdb.lock";

/** A held lock; releasing it lets the next writer in. */
export class ProjectLock implements Disposable {
  /** Path of the lock file. */
  readonly path: string;
  /** This process, as others see it. */
  readonly holder: LockHolder;
  /** Whether the holder before this one ended without giving the lock back: it crashed or was killed. */
  readonly isTakenOver: boolean;
  #file: Deno.FsFile | undefined;

  /** Wraps a lock file that this process has locked; use {@linkcode acquireProjectLock}. */
  constructor(path: string, holder: LockHolder, file: Deno.FsFile, isTakenOver: boolean) {
    this.path = path;
    this.holder = holder;
    this.isTakenOver = isTakenOver;
    this.#file = file;
  }

  /** Releases the lock and removes its file; doing so twice is harmless. */
  [Symbol.dispose](): void {
    if (this.#file === undefined) return;
    try {
      // Removed while still locked, so that nobody else can have locked the same file in between.
      Deno.removeSync(this.path);
    } catch {
      // Windows does not remove open files, and the file may be gone with its folder: the lock ends by closing.
    }
    this.#file.close();
    this.#file = undefined;
  }
}

/** The machine's name where the program may know it; never asks the user for permission. */
function hostName(): string | null {
  const permission = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return permission.state === "granted" ? Deno.hostname() : null;
}

/** Reads who holds a lock, or undefined when the file does not say. */
function readHolder(path: string): LockHolder | undefined {
  try {
    const value = JSON.parse(Deno.readTextFileSync(path)) as Partial<LockHolder> | null;
    return typeof value?.pid === "number" && typeof value.command === "string"
      ? value as LockHolder
      : undefined;
  } catch {
    return undefined;
  }
}

/** The error that names the process which holds the lock of `what`. */
function heldError(path: string, what: string): TaggedError {
  const holder = readHolder(path);
  const who = holder === undefined
    ? "another process"
    : `process ${holder.pid}${
      holder.host ? ` on ${holder.host}` : ""
    } (${holder.command}, since ${holder.startedAt})`;
  return new TaggedError("lock/held", `The ${what} is in use by ${who}`, {
    context: {
      path,
      pid: holder?.pid ?? null,
      host: holder?.host ?? null,
      command: holder?.command ?? null,
      started_at: holder?.startedAt ?? null,
    },
    hint: "Wait until it has finished, or stop it and run the same command again",
  });
}

/** Whether the open file is still the one that `path` names; a holder that just left has removed its file. */
function isStillNamed(file: Deno.FsFile, path: string): boolean {
  try {
    const [opened, named] = [file.statSync(), Deno.statSync(path)];
    return opened.ino === named.ino && opened.dev === named.dev;
  } catch {
    return false;
  }
}

/** Whether a lock can be had after a moment: someone may just be looking who holds it. */
function tryAgain(file: Deno.FsFile): boolean {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  return file.tryLockSync(true);
}

/**
 * Who works on a project now; undefined when nobody does, also when a crash has left the lock's file behind. A part of a
 * project that may have a writer of its own has a lock file of another name.
 */
export function projectLockHolder(
  projectDirectory: string,
  fileName: string = LOCK_FILE_NAME,
): LockHolder | undefined {
  const path = join(projectDirectory, fileName);
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw storageError(error, "look at", path);
  }
  try {
    // A shared lock can be had while nobody works on the project, and ends with the file.
    return file.tryLockSync(false)
      ? undefined
      : readHolder(path) ?? { pid: 0, host: null, command: "another process", startedAt: "" };
  } finally {
    file.close();
  }
}

/** Opens and locks the file at `path`; undefined when its holder left at the same moment and it must be tried anew. */
function tryLock(path: string, what: string): Deno.FsFile | undefined {
  const file = Deno.openSync(path, { read: true, write: true, create: true });
  try {
    if (!file.tryLockSync(true) && !tryAgain(file)) throw heldError(path, what);
    if (isStillNamed(file, path)) return file;
  } catch (error) {
    file.close();
    throw error;
  }
  file.close();
  return undefined;
}

/** Writes the holder into its locked file, so that others can name it. */
function writeHolder(file: Deno.FsFile, holder: LockHolder): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(holder)}\n`);
  // Never empty in between: a file that says anything tells the next holder that its turn began with a crash.
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
  file.truncateSync(bytes.length);
}

/**
 * Takes the one writer's lock of a project.
 *
 * The lock is the operating system's own and ends with its process, however that ends: what a crashed run leaves
 * behind is a stale file that the next run takes over without being asked.
 *
 * @param projectDirectory The project; it must exist.
 * @param command What this process does, shown to whoever finds the project locked.
 * @param options Who is locked: what to call it where it is found locked, and the name of the lock file, for a part of a
 * project that may have a writer of its own.
 * @returns The lock; release it with `using`.
 * @throws {TaggedError} `lock/held` naming the holder's process, machine and command; `storage/*` when the disk refuses.
 */
export function acquireProjectLock(
  projectDirectory: string,
  command: string,
  { what = "project", fileName = LOCK_FILE_NAME }: { readonly what?: string; readonly fileName?: string } =
    {},
): ProjectLock {
  const path = join(projectDirectory, fileName);
  const holder = { pid: Deno.pid, host: hostName(), command, startedAt: new Date().toISOString() };
  try {
    for (;;) {
      const file = tryLock(path, what);
      if (file === undefined) continue;
      try {
        const isTakenOver = file.statSync().size > 0;
        writeHolder(file, holder);
        return new ProjectLock(path, holder, file, isTakenOver);
      } catch (error) {
        file.close();
        throw error;
      }
    }
  } catch (error) {
    throw storageError(error, "lock", projectDirectory);
  }
}
