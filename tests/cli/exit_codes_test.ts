import assert from "node:assert/strict";
import { type ErrorCode, TaggedError } from "../../lib/core/errors.ts";
import { EXIT, exitCodeOf } from "../../lib/cli/exit_codes.ts";

Deno.test("exitCodeOf() follows the documented table", () => {
  const table: [ErrorCode, number][] = [
    ["usage/unknown-flag", 2],
    ["config/unknown-key", 3],
    ["catalog/duplicate-id", 3],
    ["storage/outside-project", 3],
    ["storage/not-found", 3],
    ["project/not-found", 4],
    ["storage/no-cutouts", 4],
    ["discovery/missing", 4],
    ["calibration/missing", 4],
    ["net/rate-limited", 5],
    ["archive/bad-answer", 5],
    ["discovery/query-refused", 5],
    ["output/stale-manifest", 6],
    ["fits/truncated", 6],
    ["store/too-new", 6],
    ["lock/held", 7],
    ["internal/worker-crashed", 70],
    ["storage/full", 74],
    ["interrupted/aborted", 130],
    ["interrupted/terminated", 143],
  ];
  for (const [code, exit] of table) assert.equal(exitCodeOf(new TaggedError(code, "X")), exit, code);
});

Deno.test("exitCodeOf() blames a VOTable on the disk, or the service that has sent one", () => {
  assert.equal(exitCodeOf(new TaggedError("votable/not-votable", "X")), EXIT.remote);
  const onDisk = new TaggedError("votable/not-votable", "X", { context: { path: "a.xml" } });
  assert.equal(exitCodeOf(onDisk), EXIT.integrity);
});

Deno.test("exitCodeOf() takes an abort for an interruption, and anything unknown for a mistake of the program", () => {
  assert.equal(exitCodeOf(new DOMException("stop", "AbortError")), EXIT.interrupted);
  for (const error of [new TypeError("x"), "text", undefined]) assert.equal(exitCodeOf(error), EXIT.internal);
});
