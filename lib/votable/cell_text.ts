import { isSingleValue, isText } from "./field_shape.ts";
import { votableError } from "./votable_error.ts";
import type { VotableComplex, VotableField, VotableScalar, VotableValue } from "./votable_model.ts";

/** Turns the text of a cell into its value. */
export type CellTextReader = (text: string) => VotableValue;

/**
 * Makes the reader of a column's cells in TABLEDATA and of a parameter's value.
 *
 * An empty cell is null, but the empty string for text; the column's null text is null. Integers may be
 * hexadecimal (`0x1F`). Throws `votable/bad-cell` when the text is no value of the column.
 */
export function cellTextReader(field: VotableField): CellTextReader {
  if (isText(field.datatype)) {
    return isSingleValue(field.datatype, field.shape) ? readString : stringArrayReader(field);
  }
  const scalar = scalarReader(field);
  if (field.datatype === "floatComplex" || field.datatype === "doubleComplex") {
    return complexReader(field, scalar);
  }
  if (isSingleValue(field.datatype, field.shape)) return scalar;
  if (field.datatype === "bit") {
    return (text) => {
      const bits = text.replaceAll(/[\s,]+/g, "");
      return bits === "" ? null : [...bits].map(scalar);
    };
  }
  return (text) => {
    const words = splitWords(text);
    return words.length === 0 ? null : words.map(scalar);
  };
}

function readString(text: string): string {
  return text;
}

/** Strings of a fixed width follow one another without separator. */
function stringArrayReader(field: VotableField): CellTextReader {
  const width = Math.max(1, field.shape.axes[0] ?? 1);
  return (text) => {
    const strings: string[] = [];
    for (let start = 0; start < text.length; start += width) {
      strings.push(text.slice(start, start + width).trimEnd());
    }
    return strings;
  };
}

function complexReader(field: VotableField, scalar: (text: string) => VotableScalar): CellTextReader {
  const single = isSingleValue(field.datatype, field.shape);
  return (text) => {
    const parts = splitWords(text).map(scalar) as number[];
    if (parts.length === 0) return null;
    if (parts.length % 2 !== 0) throw badCell(field, text);
    const values: VotableComplex[] = [];
    for (let i = 0; i < parts.length; i += 2) values.push([parts[i]!, parts[i + 1]!]);
    return single ? values[0]! : values;
  };
}

/** Values are separated by blanks; some services use commas. */
function splitWords(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

function scalarReader(field: VotableField): (text: string) => VotableScalar {
  switch (field.datatype) {
    case "boolean":
      return (text) => readBoolean(field, text);
    case "bit":
      return (text) => {
        const trimmed = text.trim();
        if (trimmed === "") return null;
        if (trimmed !== "0" && trimmed !== "1") throw badCell(field, text);
        return Number(trimmed);
      };
    case "float":
    case "double":
    case "floatComplex":
    case "doubleComplex":
      return (text) => readFloat(field, text);
    default:
      return (text) => readInteger(field, text);
  }
}

function readBoolean(field: VotableField, text: string): boolean | null {
  switch (text.trim().toLowerCase()) {
    case "t":
    case "true":
    case "1":
      return true;
    case "f":
    case "false":
    case "0":
      return false;
    case "":
    case "?":
      return null;
    default:
      throw badCell(field, text);
  }
}

function readFloat(field: VotableField, text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed === field.nullText) return null;
  const value = Number(trimmed);
  if (!Number.isNaN(value)) return value;
  switch (trimmed.toLowerCase()) {
    case "nan":
      return NaN;
    case "+inf":
    case "inf":
    case "+infinity":
      return Infinity;
    case "-inf":
      return -Infinity;
    default:
      throw badCell(field, text);
  }
}

function readInteger(field: VotableField, text: string): number | bigint | null {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed === field.nullText) return null;
  const value = Number(trimmed);
  if (Number.isSafeInteger(value)) return value;
  if (/^([+-]?\d+|0x[0-9a-f]+)$/i.test(trimmed)) return BigInt(trimmed.replace("+", ""));
  if (trimmed.toLowerCase() === "nan") return null;
  throw badCell(field, text);
}

function badCell(field: VotableField, text: string): Error {
  const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  return votableError("bad-cell", `The column "${field.name}" has "${shown}", expected ${field.datatype}`, {
    field: field.name,
    text: shown,
  });
}
