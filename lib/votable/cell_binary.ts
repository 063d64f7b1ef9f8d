import { BYTES_OF_DATATYPE } from "./datatype.ts";
import { fixedCount, isSingleValue, isText } from "./field_shape.ts";
import { votableError } from "./votable_error.ts";
import type { VotableField, VotableScalar, VotableValue } from "./votable_model.ts";

/** Thrown inside when the bytes of a row have not all arrived; never leaves the folder. */
export const NEED_MORE_BYTES: unique symbol = Symbol("need more bytes");

/** A place in big-endian bytes. */
export class BinaryCursor {
  /** The next byte. */
  offset = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** At the start of `bytes`. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The view to read values from. */
  get view(): DataView {
    return this.#view;
  }

  /** Steps over `count` bytes and gives where they began; throws NEED_MORE_BYTES when they are not there. */
  take(count: number): number {
    const start = this.offset;
    if (start + count > this.#bytes.length) throw NEED_MORE_BYTES;
    this.offset = start + count;
    return start;
  }

  /** The next `count` bytes, not copied. */
  takeBytes(count: number): Uint8Array {
    const start = this.take(count);
    return this.#bytes.subarray(start, start + count);
  }
}

/** Reads the next cell of a column. */
export type CellBinaryReader = (cursor: BinaryCursor) => VotableValue;

/**
 * Makes the reader of a column's cells in BINARY and BINARY2 streams (VOTable 1.4, section 6).
 *
 * A variable cell begins with its number of values as a 32-bit integer; bits are packed from the highest on.
 * Throws `votable/too-large` for a cell beyond `maxCellBytes`.
 */
export function cellBinaryReader(field: VotableField, maxCellBytes: number): CellBinaryReader {
  const { datatype, shape } = field;
  const step = BYTES_OF_DATATYPE[datatype];
  const count = shape.variable
    ? (cursor: BinaryCursor) => variableCount(cursor, field, maxCellBytes / Math.max(1, step))
    : constantly(fixedCount(shape));
  if (isText(datatype)) return textReader(field, count);
  if (datatype === "bit") return bitReader(field, count);
  const scalar = scalarReader(field);
  if (isSingleValue(datatype, shape)) return (cursor) => scalar(cursor.view, cursor.take(step));
  return (cursor) => {
    const length = count(cursor);
    const start = cursor.take(length * step);
    const values: VotableScalar[] = [];
    for (let i = 0; i < length; i++) values.push(scalar(cursor.view, start + i * step));
    return values;
  };
}

function constantly(value: number): () => number {
  return () => value;
}

function variableCount(cursor: BinaryCursor, field: VotableField, maximum: number): number {
  const length = cursor.view.getInt32(cursor.take(4));
  if (length < 0 || length > maximum) {
    throw votableError("too-large", `A cell of the column "${field.name}" claims ${length} values`, {
      field: field.name,
      values: length,
    });
  }
  return length;
}

function textReader(field: VotableField, count: (cursor: BinaryCursor) => number): CellBinaryReader {
  const bytesPerCharacter = BYTES_OF_DATATYPE[field.datatype];
  const decoder = new TextDecoder(field.datatype === "char" ? "utf-8" : "utf-16be");
  const decode = (bytes: Uint8Array) => decoder.decode(bytes).replace(/\0.*$/s, "");
  if (isSingleValue(field.datatype, field.shape)) {
    return (cursor) => decode(cursor.takeBytes(count(cursor) * bytesPerCharacter));
  }
  const width = Math.max(1, field.shape.axes[0] ?? 1) * bytesPerCharacter;
  return (cursor) => {
    const bytes = cursor.takeBytes(count(cursor) * bytesPerCharacter);
    const strings: string[] = [];
    for (let start = 0; start < bytes.length; start += width) {
      strings.push(decode(bytes.subarray(start, start + width)).trimEnd());
    }
    return strings;
  };
}

function bitReader(field: VotableField, count: (cursor: BinaryCursor) => number): CellBinaryReader {
  const single = isSingleValue(field.datatype, field.shape);
  return (cursor) => {
    const length = count(cursor);
    const bytes = cursor.takeBytes(Math.ceil(length / 8));
    if (single) return bytes[0]! >> 7;
    return Array.from({ length }, (_, i) => (bytes[i >> 3]! >> (7 - (i & 7))) & 1);
  };
}

function scalarReader(field: VotableField): (view: DataView, offset: number) => VotableScalar {
  switch (field.datatype) {
    case "boolean":
      return readBoolean;
    case "unsignedByte":
      return nullable(field, (view, offset) => view.getUint8(offset));
    case "short":
      return nullable(field, (view, offset) => view.getInt16(offset));
    case "int":
      return nullable(field, (view, offset) => view.getInt32(offset));
    case "long":
      return nullable(field, readLong);
    case "float":
      return nullable(field, (view, offset) => view.getFloat32(offset));
    case "double":
      return nullable(field, (view, offset) => view.getFloat64(offset));
    case "floatComplex":
      return (view, offset) => [view.getFloat32(offset), view.getFloat32(offset + 4)];
    case "doubleComplex":
      return (view, offset) => [view.getFloat64(offset), view.getFloat64(offset + 8)];
    default:
      throw new TypeError(`${field.datatype} is not read value by value`);
  }
}

/** A value may be declared to mean that there is none: integers have no NaN. */
function nullable(
  field: VotableField,
  read: (view: DataView, offset: number) => number | bigint,
): (view: DataView, offset: number) => VotableScalar {
  const nullText = field.nullText?.trim() ?? "";
  const missing = nullText === "" ? NaN : Number(nullText);
  if (Number.isNaN(missing)) return read;
  const exact = /^[+-]?\d+$/.test(nullText) ? BigInt(nullText.replace("+", "")) : undefined;
  return (view, offset) => {
    const value = read(view, offset);
    return (typeof value === "bigint" ? value === exact : value === missing) ? null : value;
  };
}

function readLong(view: DataView, offset: number): number | bigint {
  const value = view.getBigInt64(offset);
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value;
}

function readBoolean(view: DataView, offset: number): boolean | null {
  switch (String.fromCharCode(view.getUint8(offset)).toLowerCase()) {
    case "t":
    case "1":
      return true;
    case "f":
    case "0":
      return false;
    default:
      return null;
  }
}
