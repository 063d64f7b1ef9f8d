import type { JsonValue } from "./errors.ts";

/**
 * Writes a value as JSON with sorted keys and no spaces, so that equal values give equal text.
 *
 * Keys whose value is undefined are left out. Throws TypeError for a number that is not finite,
 * because JSON has no text for it and an identity must not depend on a silent null.
 *
 * @example
 * ```ts
 * import { canonicalJson } from "./canonical_json.ts";
 * import assert from "node:assert/strict";
 * assert.equal(canonicalJson({ b: 1, a: [true, null] }), '{"a":[true,null],"b":1}');
 * ```
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`Cannot write ${value} as canonical JSON`);
    return JSON.stringify(value);
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object") {
    const record = value as Record<string, JsonValue | undefined>;
    // Identities are made of this by the million: no list is made that is not needed.
    let members = "";
    for (const key of Object.keys(record).sort()) {
      const member = record[key];
      if (member === undefined) continue;
      members += `${members === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(member)}`;
    }
    return `{${members}}`;
  }
  throw new TypeError(`Cannot write a ${typeof value} as canonical JSON`);
}
