import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_SLUG_LENGTH, slug } from "../../lib/files/slug.ts";

Deno.test("slug() leaves safe names as they are", () => {
  for (
    const name of [
      "TDE_2025aarm",
      "2MASS-J0432",
      "M31",
      "SN1987A.v2",
      "_x",
      "a+b",
      "x".repeat(MAX_SLUG_LENGTH),
    ]
  ) {
    assert.equal(slug(name), name);
  }
});

Deno.test("slug() alters what is unsafe and keeps it readable", () => {
  const stems = {
    "../etc/passwd": "etc_passwd",
    "α Cen": "Cen",
    "Ross 128": "Ross_128",
    "é": "e",
    ".hidden": "hidden",
    "-rf": "rf",
    "NUL": "xNUL",
    "com1.txt": "xcom1.txt",
    "ends.": "ends",
    "C:\\windows": "C_windows",
    "": "unnamed",
    "日本": "unnamed",
    "a\0b": "a_b",
  };
  for (const [name, stem] of Object.entries(stems)) {
    assert.match(slug(name), new RegExp(`^${RegExp.escape(stem)}~[0-9a-f]{12}$`));
  }
});

Deno.test("slug() keeps names apart that look alike once they are altered", () => {
  const names = [
    "a b",
    "a_b",
    "a/b",
    "a  b",
    "a b ",
    "é",
    "e\u0301",
    "e",
    "x".repeat(97),
    "x".repeat(98),
    slug("a b"),
  ];
  assert.equal(new Set(names.map(slug)).size, names.length);
});

/** Names with all that file systems stumble over. */
const awkwardName = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom("a", "A", ".", "/", "\\", " ", "~", "-", "_", ":", "é", "\0", "\ud800"),
    maxLength: 12,
  }),
  fc.constantFrom("con", "AUX.fits", "LPT9", "..", ".", "~", "nul."),
);

Deno.test("slug() always gives one safe path segment", () => {
  fc.assert(
    fc.property(awkwardName, (name) => {
      const text = slug(name);
      assert.match(text, /^[A-Za-z0-9_][A-Za-z0-9_.+~-]*$/);
      assert(text.length <= MAX_SLUG_LENGTH && !text.endsWith("."));
      assert.doesNotMatch(text, /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
      assert.equal(slug(name), text);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("slug() never gives two names the same slug", () => {
  fc.assert(
    fc.property(awkwardName, awkwardName, (a, b) => {
      fc.pre(a !== b);
      assert.notEqual(slug(a), slug(b));
    }),
    { numRuns: 1000 },
  );
});
