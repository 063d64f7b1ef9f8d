import assert from "node:assert/strict";
import { toFloat64Array } from "../../lib/fits/image_array.ts";
import type { Hdu } from "../../lib/fits/hdu.ts";
import type { Header } from "../../lib/fits/header.ts";
import { readImage } from "../../lib/fits/read_image.ts";
import { readTable } from "../../lib/fits/read_table.ts";
import type { TableColumn } from "../../lib/fits/table_column.ts";

/** A value in the JSON that make_oracle.py writes. */
export type OracleValue = string | number | boolean | null | {
  complex?: OracleValue[];
  big?: string;
  special?: string;
  unreadable?: boolean;
};

/** What astropy says of one HDU. */
export interface OracleHdu {
  name: string;
  cards: [keyword: string, value: OracleValue, comment: string][];
  image?: {
    shape: number[];
    dtype: string;
    blanks: number;
    sum: OracleValue;
    samples: [number, OracleValue][];
  };
  table?: { rows: number; columns: { name: string; form: string; rows: OracleValue[][] }[] };
  error?: string;
}

/** The number, string or truth value that an oracle value means; undefined for what astropy cannot read. */
function meaning(value: OracleValue): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value.big !== undefined) return Number(value.big);
  if (value.special !== undefined) return { nan: NaN, inf: Infinity, "-inf": -Infinity }[value.special];
  return undefined;
}

/** Fails unless every card has the keyword, value and comment that astropy gives it. */
export function assertCardsEqual(header: Header, oracle: OracleHdu["cards"]): void {
  const cards = header.cards;
  const commentary = ["COMMENT", "HISTORY", ""];
  oracle.forEach(([keyword, value, comment], i) => {
    const card = cards[i];
    assert(card !== undefined, `card ${i} ${keyword} is missing`);
    assert.equal(card.keyword, keyword, `keyword of card ${i}`);
    if (card.kind === "commentary") {
      if (commentary.includes(keyword)) assert.equal(card.comment, value, `text of card ${i}`);
    } else if (card.kind === "complex" || card.kind === "invalid") {
      assert(typeof value === "object" || typeof value === "string", `card ${i} ${keyword}`);
    } else {
      assert.deepEqual(card.value, meaning(value), `value of card ${i} ${keyword}`);
      assert.equal(card.comment, comment, `comment of card ${i} ${keyword}`);
    }
  });
  assert.equal(cards.length, oracle.length, "number of cards");
}

/** Fails unless the image has astropy's shape, number of blanks, sum and sampled values. */
export async function assertImageEquals(hdu: Hdu, oracle: NonNullable<OracleHdu["image"]>): Promise<void> {
  const image = await readImage(hdu);
  assert.deepEqual([...image.shape], oracle.shape);
  // astropy scales 8- and 16-bit integers in float32, this library in float64.
  const relative = oracle.dtype === "float32" ? 1e-6 : 1e-14;
  const values = toFloat64Array(image);
  for (const [index, expected] of oracle.samples) {
    assertNear(values[index]!, meaning(expected) as number, relative, `pixel ${index}`);
  }
  const finite = values.filter(Number.isFinite);
  assert.equal(
    values.length - values.filter((value) => !Number.isNaN(value)).length,
    oracle.blanks,
    "number of blanks",
  );
  const magnitude = finite.reduce((sum, value) => sum + Math.abs(value), 1e-300);
  const sum = finite.reduce((total, value) => total + value, 0);
  assertNear(sum / magnitude, meaning(oracle.sum) as number / magnitude, 0, "sum", Math.max(relative, 1e-11));
}

function assertNear(actual: number, expected: number, relative: number, what: string, absolute = 0): void {
  if (Object.is(actual, expected) || actual === expected) return;
  const allowed = relative * Math.abs(expected) + absolute;
  assert(Math.abs(actual - expected) <= allowed, `${what}: got ${actual}, astropy has ${expected}`);
}

/** Fails unless the table has astropy's columns, and in its first rows astropy's values. */
export async function assertTableEquals(hdu: Hdu, oracle: NonNullable<OracleHdu["table"]>): Promise<void> {
  const table = await readTable(hdu);
  assert.equal(table.rowCount, oracle.rows);
  assert.deepEqual(table.columns.map((column) => column.name), oracle.columns.map((column) => column.name));
  oracle.columns.forEach((expected, number) => {
    const column = table.columns[number]!;
    expected.rows.forEach((cells, row) => {
      cells.forEach((cell, element) => {
        const what = `column ${column.name} row ${row} element ${element}`;
        const [actual, wanted] = [elementOf(column, row, element), meaningOfCell(cell)];
        assert.deepEqual(actual, wanted, what);
      });
    });
  });
}

function meaningOfCell(cell: OracleValue): unknown {
  if (typeof cell === "object" && cell?.complex !== undefined) return cell.complex.map(meaning);
  return meaning(cell);
}

/** One element of a cell, as astropy gives it: null numbers of integer columns stay the stored number. */
function elementOf(column: TableColumn, row: number, element: number): unknown {
  if (column.kind === "variable") {
    const cell = column.data[row]!;
    return typeof cell === "string" ? cell : cellValue(column.elementKind, cell, element);
  }
  const index = row * (column.elementsPerRow ?? 1) + element;
  if (column.kind === "text") return column.data[index];
  return cellValue(column.kind, column.data, index);
}

function cellValue(kind: string, data: ArrayLike<number | bigint>, index: number): unknown {
  if (kind === "complex") return [data[index * 2], data[index * 2 + 1]];
  if (kind === "logical" || kind === "bit") return data[index] === 1;
  return Number(data[index]);
}
