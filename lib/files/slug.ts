import { sha256Hex } from "./sha256.ts";

/** The most characters a slug has, so that file names made from it stay below 255 bytes. */
export const MAX_SLUG_LENGTH = 96;

/** Hexadecimal digits of the name's hash in an altered slug. */
const HASH_DIGITS = 12;

/** Names that Windows keeps for devices, with any extension. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Whether `name` can be a file name on every system as it stands. */
function isSafeFileName(name: string): boolean {
  return name.length <= MAX_SLUG_LENGTH && /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/.test(name) &&
    !name.endsWith(".") && !RESERVED.test(name);
}

/**
 * Turns a target's name into a name for its files that is safe on every system.
 *
 * A name that is safe already is its own slug: letters, digits, `_ . + -`, beginning with a letter, a digit or `_`,
 * at most {@linkcode MAX_SLUG_LENGTH} long, not a device name of Windows. Any other name is altered and gets `~` and
 * twelve digits of its SHA-256; as `~` never occurs in an unaltered slug, no altered slug can equal an unaltered one.
 *
 * @example
 * ```ts
 * import { slug } from "./slug.ts";
 * import assert from "node:assert/strict";
 * assert.equal(slug("TDE_2025aarm"), "TDE_2025aarm");
 * assert.equal(slug("../etc/passwd"), "etc_passwd~fd2b051cf35d");
 * ```
 */
export function slug(name: string): string {
  return isSafeFileName(name) ? name : hashedSlug(name);
}

/**
 * The slug of a name with the digits of its hash even when the name is safe as it stands: for names that differ in
 * nothing but capitals, which some file systems do not tell apart.
 */
export function hashedSlug(name: string): string {
  const readable = name.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^A-Za-z0-9_.+-]+/g, "_")
    .replace(/^[^A-Za-z0-9]+/, "").slice(0, MAX_SLUG_LENGTH - HASH_DIGITS - 2).replace(/[^A-Za-z0-9]+$/, "");
  // The "x" keeps a device name such as "NUL.txt" from being one again.
  const stem = readable === "" ? "unnamed" : RESERVED.test(readable) ? `x${readable}` : readable;
  // As JSON, because half a surrogate pair has no UTF-8 of its own.
  return `${stem}~${sha256Hex(JSON.stringify(name)).slice(0, HASH_DIGITS)}`;
}
