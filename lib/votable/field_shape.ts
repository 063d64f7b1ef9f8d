import { votableError } from "./votable_error.ts";
import type { VotableDatatype, VotableShape } from "./votable_model.ts";

/** The shape of a cell that holds one value. */
export const SCALAR_SHAPE: VotableShape = { axes: [], variable: false, maximum: undefined };

/**
 * Reads an `arraysize` attribute: `4`, `2x3`, `*`, `10*`, `2x3x*`, and also the one of strings of a fixed width
 * of which there are any number, `54x*`.
 *
 * Returns the scalar shape for a missing or empty attribute; throws `votable/bad-field` for anything else.
 */
export function parseArraysize(text: string | undefined): VotableShape {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "") return SCALAR_SHAPE;
  const match = /^((?:\d+x)*)(\d+|\d*\*)$/.exec(trimmed);
  if (match === null) {
    throw votableError("bad-field", `Cannot read the array size "${trimmed}"`, { arraysize: trimmed });
  }
  const axes = match[1]!.split("x").filter((axis) => axis !== "").map(Number);
  const last = match[2]!;
  if (!last.endsWith("*")) return { axes: [...axes, Number(last)], variable: false, maximum: undefined };
  return { axes, variable: true, maximum: last === "*" ? undefined : Number(last.slice(0, -1)) };
}

/** The number of values in a cell, or in one step of its variable axis. */
export function fixedCount(shape: VotableShape): number {
  return shape.axes.reduce((product, length) => product * length, 1);
}

/** Whether a cell holds one value: a scalar, or characters that make one string. */
export function isSingleValue(datatype: VotableDatatype, shape: VotableShape): boolean {
  const axisCount = shape.axes.length + (shape.variable ? 1 : 0);
  return axisCount === 0 || (isText(datatype) && axisCount === 1);
}

/** Whether the data type is one of characters. */
export function isText(datatype: VotableDatatype): boolean {
  return datatype === "char" || datatype === "unicodeChar";
}
