import assert from "node:assert/strict";
import {
  bytesText,
  clockText,
  countedText,
  countText,
  durationText,
  rateText,
} from "../../lib/core/number_text.ts";

Deno.test("countText() and countedText() set commas and agree with their nouns", () => {
  assert.deepEqual([0, 999, 1204, 1234567].map(countText), ["0", "999", "1,204", "1,234,567"]);
  assert.deepEqual([
    countedText(1, "source"),
    countedText(0, "source"),
    countedText(2000, "match", "matches"),
  ], ["1 source", "0 sources", "2,000 matches"]);
});

Deno.test("bytesText() keeps three digits and the fitting unit", () => {
  assert.deepEqual(
    [0, 1, 999, 1000, 5_068_800, 999_499, 999_999, 10e9, 2e15].map(bytesText),
    ["0 B", "1 B", "999 B", "1.00 kB", "5.07 MB", "999 kB", "1.00 MB", "10.0 GB", "2000 TB"],
  );
});

Deno.test("rateText() keeps digits that mean something", () => {
  assert.deepEqual([0, 0.004, 0.25, 3.14159, 38, 1234.5].map(rateText), [
    "0/s",
    "0.0040/s",
    "0.25/s",
    "3.14/s",
    "38.0/s",
    "1,235/s",
  ]);
});

Deno.test("durationText() and clockText() never show 60 seconds or minutes", () => {
  assert.deepEqual(
    [0, 0.44, 9.94, 9.96, 59.4, 59.6, 185, 3599.6, 7620, 7170, 360_000].map(durationText),
    [
      "0.0 s",
      "0.4 s",
      "9.9 s",
      "10 s",
      "59 s",
      "1 min 00 s",
      "3 min 05 s",
      "1 h 00 min",
      "2 h 07 min",
      "2 h 00 min",
      "100 h 00 min",
    ],
  );
  assert.deepEqual([29, 725, 59.7, 11261, undefined, Infinity, -3].map(clockText), [
    "00:29",
    "12:05",
    "01:00",
    "3:07:41",
    "--:--",
    "--:--",
    "00:00",
  ]);
});
