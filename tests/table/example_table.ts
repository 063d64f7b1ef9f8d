import type { TableColumn, TableRow, TableSource } from "../../lib/table/table_source.ts";

const COLUMNS: readonly TableColumn[] = [
  { name: "name", type: "text", unit: "", description: 'A "name" & <more>', ucd: "meta.id;meta.main" },
  {
    name: "ra_deg",
    type: "number",
    unit: "deg",
    description: "Right ascension, ICRS",
    ucd: "pos.eq.ra;meta.main",
  },
  { name: "flux", type: "number", unit: "uJy", description: "Flux density", ucd: "phot.flux.density;em.IR" },
  { name: "flags", type: "integer", unit: "", description: "Bits", ucd: "meta.code.qual" },
  { name: "good", type: "boolean", unit: "", description: "Whether it is good", ucd: "" },
];

/** Rows with what breaks formats: separators, quotes, entities, large integers, extreme numbers, and nothing at all. */
export const EXAMPLE_ROWS: readonly TableRow[] = [
  ["plain", 68.05, -0.1, 0, true],
  ['a,b "c" <d> & e', 1 / 3, 1e-300, 2 ** 32 + 2 ** 21, false],
  [null, null, null, null, null],
  ["'quoted'", 359.9999999999999, 1.7976931348623157e308, -5, true],
];

/** A table of the example rows, or of others. */
export function exampleTable(rows: readonly TableRow[] = EXAMPLE_ROWS): TableSource {
  return {
    name: "example",
    description: "Rows of an example",
    columns: COLUMNS,
    metadata: { program: "a program", note: `it's "so"` },
    rows: () => rows,
  };
}

/** Many rows that differ from each other. */
export function manyRows(count: number): TableRow[] {
  return Array.from(
    { length: count },
    (_, i) => [`row ${i}`, i / 7, -i, i, i % 3 === 0 ? null : i % 2 === 0],
  );
}

/** All pieces of a file as one. */
export function fileOf(chunks: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  const parts = [...chunks];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** A text file as one string. */
export function textOf(chunks: Iterable<Uint8Array>): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(fileOf(chunks));
}
