import assert from "node:assert/strict";
import { TaggedError } from "../../lib/core/errors.ts";
import { storageError } from "../../lib/files/storage_error.ts";

/** An error as the runtime throws it for a system code. */
function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

Deno.test("storageError() names what the operating system refused, and what to do", () => {
  const full = storageError(
    systemError("ENOSPC", "No space left on device (os error 28)"),
    "write",
    "/p/x.fits",
  );
  assert.equal(full.code, "storage/full");
  assert.equal(full.message, "Cannot write /p/x.fits: no space is left on the disk");
  assert.match(full.hint!, /Free some disk space/);
  assert.deepEqual(full.context, {
    path: "/p/x.fits",
    system_code: "ENOSPC",
    system_message: "No space left on device (os error 28)",
  });
});

Deno.test("storageError() tells the kinds of failure apart", () => {
  const codes = ["EDQUOT", "EACCES", "EROFS", "ENOENT", "EISDIR", "ENOTDIR", "ENAMETOOLONG", "EIO"];
  assert.deepEqual(codes.map((code) => storageError(systemError(code, code), "read", "f").code), [
    "storage/full",
    "storage/permission",
    "storage/permission",
    "storage/not-found",
    "storage/not-a-file",
    "storage/not-a-file",
    "storage/name-too-long",
    "storage/failed",
  ]);
  assert.equal(
    storageError(new Deno.errors.NotCapable("Requires write access"), "write", "f").code,
    "storage/permission",
  );
  assert.equal(storageError("odd", "read", "f").message, "Cannot read f: odd");
});

Deno.test("storageError() says whether a folder or a file stands in the way", () => {
  const folder = storageError(systemError("EISDIR", "Is a directory"), "read", "/p");
  assert.equal(folder.message, "Cannot read /p: a folder stands where a file is expected");
  assert.match(folder.hint!, /^Name a file instead/);
  const file = storageError(systemError("ENOTDIR", "Not a directory"), "make", "/p/x/y");
  assert.equal(file.message, "Cannot make /p/x/y: a file stands where a folder is expected");
  assert.match(file.hint!, /one of them is a file/);
});

Deno.test("storageError() hands back an error that is tagged already", () => {
  const error = new TaggedError("lock/held", "The project is in use");
  assert.equal(storageError(error, "lock", "f"), error);
});
