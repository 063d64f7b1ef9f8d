import type { JsonValue } from "../core/errors.ts";

/** A JSON file for people and programs: two spaces of indentation, keys in the order given, a final line feed. */
export function jsonText(value: JsonValue): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
