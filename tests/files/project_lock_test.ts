import assert from "node:assert/strict";
import { isTaggedError, TaggedError } from "../../lib/core/errors.ts";
import { acquireProjectLock, LOCK_FILE_NAME } from "../../lib/files/project_lock.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

/** The error of an attempt to lock. */
function lockError(project: string): TaggedError {
  try {
    acquireProjectLock(project, "spxcutdb run")[Symbol.dispose]();
  } catch (error) {
    assert(error instanceof TaggedError);
    return error;
  }
  throw new Error("The lock was granted");
}

Deno.test("acquireProjectLock() refuses a second holder and names the first", () => {
  using folder = new TemporaryFolder();
  using lock = acquireProjectLock(folder.path, "spxcutdb discover --resume");
  const error = lockError(folder.path);
  assert.equal(error.code, "lock/held");
  assert(error.message.includes(`process ${Deno.pid}`), error.message);
  assert(error.message.includes("spxcutdb discover --resume"), error.message);
  assert.equal(error.context["command"], "spxcutdb discover --resume");
  assert.equal(error.context["started_at"], lock.holder.startedAt);
});

Deno.test("acquireProjectLock() is free again after release, and leaves no file behind", () => {
  using folder = new TemporaryFolder();
  for (let i = 0; i < 3; i++) {
    using lock = acquireProjectLock(folder.path, `run ${i}`);
    assert.equal(lock.holder.command, `run ${i}`);
    lock[Symbol.dispose]();
    lock[Symbol.dispose]();
  }
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});

Deno.test("acquireProjectLock() takes over what a crashed holder has left", () => {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(
    folder.at(LOCK_FILE_NAME),
    JSON.stringify({ pid: 1, host: "elsewhere", command: "spxcutdb run", startedAt: "2026-01-01T00:00:00Z" }),
  );
  using lock = acquireProjectLock(folder.path, "spxcutdb run --resume");
  assert.equal(JSON.parse(Deno.readTextFileSync(lock.path)).pid, Deno.pid);
});

Deno.test("acquireProjectLock() refuses also when the holder has not said who it is", () => {
  using folder = new TemporaryFolder();
  using file = Deno.openSync(folder.at(LOCK_FILE_NAME), { create: true, write: true });
  file.lockSync(true);
  assert.equal(lockError(folder.path).message, "The project is in use by another process");
});

Deno.test("acquireProjectLock() says when there is no project", () => {
  using folder = new TemporaryFolder();
  assert(isTaggedError(lockError(folder.at("none")), "storage/not-found"));
});
