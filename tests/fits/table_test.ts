import assert from "node:assert/strict";
import fc from "fast-check";
import { isTaggedError } from "../../lib/core/errors.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { encodeFits, primaryHdu } from "../../lib/fits/encode_fits.ts";
import { binTableHdu } from "../../lib/fits/encode_table.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import type { Hdu } from "../../lib/fits/hdu.ts";
import { Header } from "../../lib/fits/header.ts";
import { readTable } from "../../lib/fits/read_table.ts";
import type { TableColumn } from "../../lib/fits/table_column.ts";
import { CountingSource } from "./counting_source.ts";

async function opened(columns: readonly TableColumn[], header?: Header): Promise<Hdu> {
  const bytes = encodeFits([primaryHdu(), binTableHdu("TABLE", columns, header)]);
  return await (await openFits(memorySource(bytes))).hdu("TABLE");
}

/** Columns of every kind, of three rows. */
const COLUMNS: readonly TableColumn[] = [
  {
    kind: "number",
    name: "INT",
    data: new Int32Array([1, -2, 3, -4, 5, -6]),
    elementsPerRow: 2,
    unit: "pixel",
  },
  { kind: "number", name: "UNSIGNED", data: new Uint16Array([0, 40000, 65535]), elementsPerRow: 1 },
  { kind: "number", name: "LONG", data: new BigInt64Array([1n, -(2n ** 62n), 0n]), elementsPerRow: 1 },
  {
    kind: "number",
    name: "CUBE",
    data: Float64Array.from({ length: 18 }, (_, i) => i / 7),
    elementsPerRow: 6,
    shape: [2, 3],
  },
  { kind: "complex", name: "COMPLEX", data: new Float32Array([1, 2, 3, 4, 5, 6]), elementsPerRow: 1 },
  {
    kind: "logical",
    name: "LOGICAL",
    data: new Uint8Array([1, 0, 0]),
    nulls: new Uint8Array([0, 0, 1]),
    elementsPerRow: 1,
  },
  {
    kind: "bit",
    name: "BITS",
    data: Uint8Array.from({ length: 33 }, (_, i) => i % 3 === 0 ? 1 : 0),
    elementsPerRow: 11,
  },
  { kind: "text", name: "TEXT", data: ["", "two words", " lead"], elementsPerRow: 1 },
  { kind: "text", name: "TEXTS", data: ["a", "bc", "d", "", "e", "fgh"], elementsPerRow: 2, shape: [2] },
  {
    kind: "variable",
    name: "VARIABLE",
    elementKind: "number",
    data: [new Int16Array([1, 2]), new Int16Array(0), new Int16Array([-3])],
    elementsPerRow: 1,
  },
  { kind: "variable", name: "STRINGS", elementKind: "text", data: ["one", "", "three"], elementsPerRow: 1 },
  {
    kind: "variable",
    name: "FLAGS",
    elementKind: "bit",
    data: [new Uint8Array([1, 0, 1]), new Uint8Array(9).fill(1), new Uint8Array(0)],
    elementsPerRow: 1,
  },
];

Deno.test("binTableHdu() and readTable() keep columns of every kind", async () => {
  const table = await readTable(await opened(COLUMNS));
  assert.equal(table.rowCount, 3);
  assert.deepEqual(table.columns, COLUMNS);
});

Deno.test("readTable() reads one row, and the columns asked for in that order", async () => {
  const table = await readTable(await opened(COLUMNS), {
    columns: ["text", "INT", "Variable"],
    firstRow: 2,
    rowCount: 1,
  });
  assert.deepEqual(table.columns.map((column) => column.name), ["TEXT", "INT", "VARIABLE"]);
  assert.deepEqual(table.columns.map((column) => [...column.data]), [[" lead"], [5, -6], [
    new Int16Array([-3]),
  ]]);
  assert.equal(table.column("int"), table.columns[1]);
});

Deno.test("readTable() asks the source for one row of a table, not for all", async () => {
  const data = new Float64Array(441 * 1089);
  const hdu = binTableHdu("EPSF", [{
    kind: "number",
    name: "EPSF",
    data,
    elementsPerRow: 1089,
    shape: [33, 33],
  }]);
  const source = new CountingSource(encodeFits([primaryHdu(), hdu]), true);
  const table = await (await openFits(source)).hdu("EPSF");
  source.reads.length = 0;
  await readTable(table, { firstRow: 220, rowCount: 1 });
  assert.deepEqual(source.reads, [[table.dataOffset + 220 * 8712, 8712]]);
});

Deno.test("numbers of any length in rows come back", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.float64Array({ maxLength: 20 }), { minLength: 1, maxLength: 20 }),
      async (rows) => {
        const table = await readTable(
          await opened([{ kind: "variable", name: "V", elementKind: "number", data: rows }]),
        );
        assert.deepEqual(table.columns[0]!.data, rows);
      },
    ),
  );
});

Deno.test("readTable() marks TNULL in integers and makes it NaN in scaled ones", async () => {
  const hdu = await opened([
    { kind: "number", name: "A", data: new Int16Array([1, -9, 3]) },
    { kind: "number", name: "B", data: new Int16Array([1, -9, 3]) },
  ]);
  const header = hdu.header.clone().append("TNULL1", -9).append("TNULL2", -9).append("TSCAL2", 2).append(
    "TZERO2",
    1,
  );
  const [plain, scaled] = (await readTable({ ...hdu, header })).columns;
  assert.deepEqual(plain, {
    kind: "number",
    name: "A",
    elementsPerRow: 1,
    data: new Int16Array([1, -9, 3]),
    nulls: new Uint8Array([0, 1, 0]),
  });
  assert.deepEqual(scaled!.data, new Float64Array([3, NaN, 7]));
});

Deno.test("readTable() of what is not there is a typed error", async () => {
  const hdu = await opened(COLUMNS);
  await assert.rejects(
    readTable(hdu, { columns: ["NONE"] }),
    (error) => isTaggedError(error, "fits/missing-column") && /INT, UNSIGNED/.test(error.message),
  );
  await assert.rejects(readTable(hdu, { firstRow: 2, rowCount: 2 }), RangeError);
  await assert.rejects(
    readTable({ ...hdu, kind: "image" }),
    (error) => isTaggedError(error, "fits/not-table"),
  );
  const wrong = hdu.header.clone().set("TFORM1", "7777777J");
  await assert.rejects(
    readTable({ ...hdu, header: wrong }),
    (error) => isTaggedError(error, "fits/bad-table"),
  );
  const unknown = hdu.header.clone().set("TFORM1", "2Z");
  await assert.rejects(
    readTable({ ...hdu, header: unknown }),
    (error) => isTaggedError(error, "fits/bad-table"),
  );
});

Deno.test("descriptors that point outside the heap, or share it too often, are refused", async () => {
  const rows = Array.from({ length: 2000 }, () => new Uint8Array(4));
  const content = binTableHdu("T", [{ kind: "variable", name: "V", elementKind: "number", data: rows }]);
  const bytes = encodeFits([primaryHdu(), content]);
  const hdu = await (await openFits(memorySource(bytes))).hdu("T");
  const view = new DataView(bytes.buffer, hdu.dataOffset);
  view.setUint32(8, 8001);
  await assert.rejects(
    readTable(hdu),
    (error) => isTaggedError(error, "fits/heap-range") && error.context["row"] === 1,
  );
  for (let row = 0; row < 2000; row++) {
    view.setUint32(row * 8, 8000);
    view.setUint32(row * 8 + 4, 0);
  }
  await assert.rejects(readTable(hdu), (error) => isTaggedError(error, "fits/heap-range"));
});

Deno.test("binTableHdu() refuses columns that do not agree", () => {
  const column = (name: string, length: number): TableColumn => ({
    kind: "number",
    name,
    data: new Uint8Array(length),
  });
  assert.throws(() => binTableHdu("T", [column("A", 2), column("B", 3)]), RangeError);
  assert.throws(() => binTableHdu("T", [{ ...column("A", 3), elementsPerRow: 2 }]), RangeError);
});
