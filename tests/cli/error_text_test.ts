import assert from "node:assert/strict";
import { TaggedError } from "../../lib/core/errors.ts";
import { errorJson, errorText } from "../../lib/cli/error_text.ts";
import { textStyle } from "../../lib/cli/terminal.ts";

const plain = textStyle(false);

const rateLimited = new TaggedError("net/rate-limited", "The archive answered 503 to 4 attempts", {
  context: { url: "https://archive.test/SIA", attempts: 4, body: "x".repeat(300), retry_after: null },
  hint: "Run the same command again later: it goes on where it stopped",
  cause: new Error("read timed out", { cause: new Error("socket closed") }),
});

Deno.test("errorText() shows code, message, context, cause and hint", async (t) => {
  await t.assertSnapshot(errorText(rateLimited, plain));
});

Deno.test("errorText() leaves out what the message says and what is not for people, unless asked for all", () => {
  const error = new TaggedError("storage/full", "Cannot write x.fits: no space", {
    context: { path: "x.fits", bytes: 12, system_code: "ENOSPC", rows: [1, 2] },
  });
  assert.equal(errorText(error, plain), "error[storage/full]: Cannot write x.fits: no space\n  bytes: 12\n");
  assert.match(
    errorText(error, plain, true),
    /path: x\.fits\n\s+bytes: 12\n\s+system_code: ENOSPC\n\s+rows: \[1,2\]\n/,
  );
});

Deno.test("errorText() does not count to one", () => {
  const error = new TaggedError("catalog/out-of-range", "c.csv:2: RA is wrong", {
    context: { error_count: 1 },
  });
  assert.equal(errorText(error, plain), "error[catalog/out-of-range]: c.csv:2: RA is wrong\n");
});

Deno.test("errorText() colours what to look at", () => {
  const text = errorText(rateLimited, textStyle(true));
  assert(text.startsWith("\x1b[1m\x1b[31merror[net/rate-limited]\x1b[39m\x1b[22m: The archive"));
  assert(text.includes("\x1b[36mhint:\x1b[39m Run"));
});

Deno.test("errorText() asks to report what is no expected error, and shows its stack when asked to", () => {
  const text = errorText(new TypeError("x is not a function"), plain);
  assert.equal(
    text,
    "error[internal/unexpected]: x is not a function\n\n" +
      "hint: This is a mistake in the program: run again with --verbose and report what it prints\n",
  );
  assert.match(errorText(new TypeError("x"), plain, true), /error_text_test\.ts/);
});

Deno.test("errorText() lets nothing from a file steer the terminal", () => {
  const error = new TaggedError("fits/card", "Bad card \x1b[2J\r", { context: { card: "a\x07b" } });
  assert.equal(errorText(error, plain), "error[fits/card]: Bad card ?[2J?\n  card: a?b\n");
});

Deno.test("errorJson() has every part, and a code for anything thrown", () => {
  assert.deepEqual(errorJson(rateLimited).cause, ["read timed out", "socket closed"]);
  assert.deepEqual(errorJson("odd"), {
    code: "internal/unexpected",
    message: "odd",
    context: {},
    hint: null,
    cause: [],
  });
});
