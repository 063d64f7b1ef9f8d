import { arrayOfBitpix, decodeBigEndian, type FitsArray } from "./big_endian.ts";
import { decodeLatin1 } from "./latin1.ts";
import { applyScaling, type Scaling } from "./scaling.ts";
import type { ColumnLayout, ElementCode } from "./table_layout.ts";
import type { ColumnDescription, TableColumn } from "./table_column.ts";

const TRUE = 84;
const FALSE = 70;

/** BITPIX of the numbers of a TFORM letter (of the parts of complex ones). */
const BITPIX_OF_CODE: Readonly<Partial<Record<ElementCode, number>>> = {
  B: 8,
  I: 16,
  J: 32,
  K: 64,
  E: -32,
  D: -64,
  C: -32,
  M: -64,
};

/** Decodes a fixed-width column from the rows in `rows`, of which it takes the bytes of its own. */
export function decodeColumn(
  layout: ColumnLayout,
  rows: Uint8Array,
  rowBytes: number,
  rowCount: number,
): TableColumn {
  const bytes = gather(rows, layout.offset, layout.byteLength, rowBytes, rowCount);
  const description = describe(layout);
  const count = layout.repeat * rowCount;
  switch (layout.code) {
    case "A":
      return textColumn(layout, description, bytes, rowCount);
    case "L":
      return { ...description, kind: "logical", ...decodeLogical(bytes) };
    case "X":
      return {
        ...description,
        kind: "bit",
        data: unpackBits(bytes, layout.byteLength, layout.repeat, rowCount),
      };
    case "C":
    case "M":
      return {
        ...description,
        kind: "complex",
        data: decodeComplex(layout.code, bytes, count, layout.scaling),
      };
    default: {
      const { data, blanks } = decodeNumbers(layout.code, bytes, count, layout.scaling);
      return { ...description, kind: "number", data, ...(blanks === undefined ? {} : { nulls: blanks }) };
    }
  }
}

/** Name, unit and shape of a column. */
export function describe(layout: ColumnLayout): ColumnDescription {
  return {
    name: layout.name,
    elementsPerRow: layout.repeat,
    ...(layout.unit === undefined ? {} : { unit: layout.unit }),
    ...(layout.shape === undefined ? {} : { shape: layout.shape }),
  };
}

/** Decodes the array of one row of a variable-length column. */
export function decodeCell(layout: ColumnLayout, bytes: Uint8Array, count: number): FitsArray | string {
  switch (layout.code) {
    case "A":
      return trimmedText(decodeLatin1(bytes));
    case "L":
      return decodeLogical(bytes).data;
    case "X":
      return unpackBits(bytes, bytes.byteLength, count, 1);
    case "C":
    case "M":
      return decodeComplex(layout.code, bytes, count, layout.scaling);
    default:
      return decodeNumbers(layout.code, bytes, count, layout.scaling).data;
  }
}

/** The bytes of one column, row after row. */
function gather(
  rows: Uint8Array,
  offset: number,
  width: number,
  rowBytes: number,
  rowCount: number,
): Uint8Array {
  if (width === rowBytes || rowCount === 1) return rows.subarray(offset, offset + width * rowCount);
  const bytes = new Uint8Array(width * rowCount);
  for (let row = 0; row < rowCount; row++) {
    const from = row * rowBytes + offset;
    if (width > 16) bytes.set(rows.subarray(from, from + width), row * width);
    else for (let i = 0; i < width; i++) bytes[row * width + i] = rows[from + i]!;
  }
  return bytes;
}

function decodeNumbers(
  code: ElementCode,
  bytes: Uint8Array,
  count: number,
  scaling: Scaling,
): { data: FitsArray; blanks?: Uint8Array } {
  const stored = arrayOfBitpix(BITPIX_OF_CODE[code]!, count);
  decodeBigEndian(stored, 0, bytes, 0, count);
  return applyScaling(stored, scaling);
}

/** Complex values are scaled by a real factor; the offset goes to the real part. */
function decodeComplex(
  code: "C" | "M",
  bytes: Uint8Array,
  count: number,
  scaling: Scaling,
): Float32Array | Float64Array {
  const data = code === "C" ? new Float32Array(count * 2) : new Float64Array(count * 2);
  decodeBigEndian(data, 0, bytes, 0, count * 2);
  if (scaling.scale === 1 && scaling.zero === 0) return data;
  return Float64Array.from(data, (value, i) => scaling.scale * value + (i % 2 === 0 ? scaling.zero : 0));
}

function decodeLogical(bytes: Uint8Array): { data: Uint8Array; nulls?: Uint8Array } {
  const data = new Uint8Array(bytes.length);
  let nulls: Uint8Array | undefined;
  for (let i = 0; i < bytes.length; i++) {
    // Old versions of astropy wrote 1 instead of "T" in variable-length columns.
    if (bytes[i] === TRUE || bytes[i] === 1) data[i] = 1;
    else if (bytes[i] !== FALSE) (nulls ??= new Uint8Array(bytes.length))[i] = 1;
  }
  return nulls === undefined ? { data } : { data, nulls };
}

/** The first bit of a row is the highest of its first byte. */
function unpackBits(
  bytes: Uint8Array,
  bytesPerRow: number,
  bitsPerRow: number,
  rowCount: number,
): Uint8Array {
  const bits = new Uint8Array(bitsPerRow * rowCount);
  if (bits.length === 0) return bits;
  for (let row = 0; row < rowCount; row++) {
    for (let bit = 0; bit < bitsPerRow; bit++) {
      bits[row * bitsPerRow + bit] = (bytes[row * bytesPerRow + (bit >> 3)]! >> (7 - (bit & 7))) & 1;
    }
  }
  return bits;
}

function textColumn(
  layout: ColumnLayout,
  description: ColumnDescription,
  bytes: Uint8Array,
  rowCount: number,
): TableColumn {
  const width = layout.textWidth;
  const elementsPerRow = width === 0 ? (layout.shape === undefined ? 1 : 0) : layout.repeat / width;
  const text = decodeLatin1(bytes);
  const data = Array.from(
    { length: width === 0 ? 0 : elementsPerRow * rowCount },
    (_, i) => trimmedText(text.substring(i * width, (i + 1) * width)),
  );
  const shape = layout.shape?.slice(1);
  return {
    name: description.name,
    ...(description.unit === undefined ? {} : { unit: description.unit }),
    ...(shape === undefined || shape.length === 0 ? {} : { shape }),
    elementsPerRow: width === 0 ? 0 : elementsPerRow,
    kind: "text",
    data,
  };
}

/** A string ends at the first NUL; blanks at its end do not count. */
function trimmedText(text: string): string {
  const end = text.indexOf("\0");
  return (end < 0 ? text : text.substring(0, end)).replace(/ +$/, "");
}
