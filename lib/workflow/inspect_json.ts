import type { JsonValue } from "../core/errors.ts";
import { isTaggedError } from "../core/errors.ts";
import type { InspectionProblem } from "./inspect_model.ts";

/** A number as JSON has it: null for NaN, infinities and undefined. */
export function jsonNumber(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** An integer without loss: a number while that holds it exactly, else its digits. */
export function jsonInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** Any value of a cell as JSON; arrays become lists. */
export function jsonCell(value: unknown): JsonValue {
  if (typeof value === "number") return jsonNumber(value);
  if (typeof value === "bigint") return jsonInteger(value);
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(jsonCell);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number | bigint>, jsonCell);
  return null;
}

/** What went wrong, for the list of problems; errors that are no failure of the file are thrown on. */
export function problemOf(error: unknown): InspectionProblem {
  if (isTaggedError(error)) return { code: error.code, message: error.message };
  throw error;
}
