import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { catalogError, problemLine, readCatalog, readCatalogChunks } from "../../lib/catalog/read_catalog.ts";
import { sha256Hex } from "../../lib/files/sha256.ts";
import { TemporaryFolder } from "../files/temporary_folder.ts";
import { readText, TUTORIAL_MAPPING } from "./mapping.ts";

const TUTORIAL =
  "Name,RA_deg,DEC_deg\nTDE_2025aarm,68.0516625,-5.3776417\nTDE_2026dmt,127.2151458,39.0817528\n";

Deno.test("readCatalog() reads the tutorial's catalog", async () => {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(folder.at("input_catalog.csv"), TUTORIAL);
  const reading = await readCatalog(folder.at("input_catalog.csv"), TUTORIAL_MAPPING);
  assert.deepEqual(reading.problems, []);
  assert.equal(reading.sha256, sha256Hex(TUTORIAL));
  assert.equal(reading.rowCount, 2);
  const { rowHash, ...first } = reading.sources[0]!;
  assert.match(rowHash, /^[0-9a-f]{64}$/);
  assert.deepEqual(first, {
    sourceId: "TDE_2025aarm",
    sourceName: "TDE_2025aarm",
    slug: "TDE_2025aarm",
    rightAscensionDeg: 68.0516625,
    declinationDeg: -5.3776417,
    cutoutSizeArcsec: null,
    properMotion: null,
    line: 2,
    extra: {},
  });
});

Deno.test("readCatalog() does not mind a byte order mark, CRLF, comments, blank lines, quotes and sexagesimal", async () => {
  const messy = '\ufeff# targets\r\n\r\n"Name" , RA_deg,DEC_deg\r\n' +
    'TDE_2025aarm,04:32:12.399,-05:22:39.51012\r\n,,\r\n"TDE_2026dmt",127.2151458, +39.0817528 \r\n';
  const [plain, reading] = [await readText(TUTORIAL), await readText(messy)];
  assert.deepEqual(reading.problems, []);
  assert.deepEqual(reading.sources.map(({ line }) => line), [4, 6]);
  assert.equal(reading.sources[1]!.rowHash, plain.sources[1]!.rowHash);
  assert(Math.abs(reading.sources[0]!.rightAscensionDeg - 68.0516625) < 1e-9);
});

Deno.test("readCatalog() gives the same for bytes in any pieces", async () => {
  const bytes = new TextEncoder().encode(
    '\ufeffName,RA_deg,DEC_deg,note\r\nÄ,1,2,"é\r\nè"\r\nB,3,4,日本\r\n',
  );
  const whole = await readCatalogChunks([bytes], TUTORIAL_MAPPING);
  assert.deepEqual(whole.sources.map(({ extra }) => extra), [{ note: "é\nè" }, { note: "日本" }]);
  for (const size of [1, 2, 5]) {
    const pieces = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, i) => bytes.subarray(i * size, (i + 1) * size),
    );
    assert.deepEqual(await readCatalogChunks(pieces, TUTORIAL_MAPPING), whole);
  }
});

Deno.test("readCatalog() takes columns of any name, sizes, proper motions, and keeps the others", async () => {
  const text =
    "id,target,ra,dec,box,pmRA,PMDE,ref_epoch,kind\n7,α Cen,219.9,-60.8,120,-3679.25,473.67,2016.0,star\n8,M31,10.68,41.27,,,,,\n";
  const { sources, problems } = await readText(text, {
    sourceIdColumn: "id",
    sourceNameColumn: "target",
    raColumn: "ra",
    decColumn: "dec",
    sizeColumn: "box",
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(
    sources.map(({ sourceId, sourceName, cutoutSizeArcsec, properMotion, extra }) => ({
      sourceId,
      sourceName,
      cutoutSizeArcsec,
      properMotion,
      extra,
    })),
    [
      {
        sourceId: "7",
        sourceName: "α Cen",
        cutoutSizeArcsec: 120,
        properMotion: { raMasPerYear: -3679.25, decMasPerYear: 473.67, epochYear: 2016 },
        extra: { kind: "star" },
      },
      { sourceId: "8", sourceName: "M31", cutoutSizeArcsec: null, properMotion: null, extra: {} },
    ],
  );
});

Deno.test("readCatalog() tells all problems with their lines", async (t) => {
  const reading = await readText(
    `Name,RA_deg,DEC_deg,cutout_size_arcsec,pmra,epoch
A,10,20,,,
A,11,20,5,,
"B
x",12,95,,,
,400,abc,9999,fast,16
same place,10.00001,20.00001,60,,
d,1,2,3,4,5,6
"e"f,1,2,,,
D2,5,NaN,,,
d2,-6,6,,,
g,7
h,24:00:00,1,,,
"u,1,2,,,
`,
  );
  assert.equal(reading.sources.length, 2);
  assert.equal(reading.rowCount, 12);
  await t.assertSnapshot(
    reading.problems.map((problem) => `${problem.severity} ${problem.code} ${problemLine(problem, "c.csv")}`)
      .join("\n"),
  );
});

Deno.test("readCatalog() names the columns that are missing, and the nearest", async () => {
  const misspelt = await readText("Nmae,ra_deg,Decl\nA,1,2\n");
  assert.deepEqual(misspelt.problems.map(({ message }) => message), [
    "There is no column Name: the columns are Nmae, ra_deg, Decl; did you mean Nmae?",
    "There is no column RA_deg: the columns are Nmae, ra_deg, Decl; did you mean ra_deg?",
    "There is no column DEC_deg: the columns are Nmae, ra_deg, Decl",
  ]);
  assert.match(
    (await readText("Name;RA_deg;DEC_deg\nA;1;2\n")).problems[0]!.message,
    /must be separated by commas/,
  );
  assert.match(
    (await readText("Name,RA_deg,DEC_deg,Name\nA,1,2,B\n")).problems[0]!.message,
    /Name more than once/,
  );
  const asked = await readText("Name,RA_deg,DEC_deg\nA,1,2\n", { pmRaColumn: "pm" });
  assert.equal(asked.problems[0]!.code, "catalog/missing-column");
});

Deno.test("readCatalog() says when there is nothing in the file, or nothing that is text", async () => {
  assert.match((await readText("")).problems[0]!.message, /The file is empty/);
  assert.match((await readText("Name,RA_deg,DEC_deg\n")).problems[0]!.message, /heading but no rows/);
  const utf16 = new Uint8Array([0xff, 0xfe, 0x4e, 0, 0x61, 0]);
  assert.match((await readCatalogChunks([utf16], TUTORIAL_MAPPING)).problems[0]!.message, /UTF-16/);
  const binary = await readCatalogChunks([new Uint8Array([0x1f, 0x8b, 8, 0])], TUTORIAL_MAPPING);
  assert.deepEqual(binary.problems.map(({ message }) => message), [
    "The file is not text: expected a CSV file in UTF-8",
  ]);
  const latin1 = await readCatalogChunks([
    new TextEncoder().encode("Name,RA_deg,DEC_deg\nA"),
    new Uint8Array([0xe9]),
    new TextEncoder().encode(",1,2\n"),
  ], TUTORIAL_MAPPING);
  assert.equal(latin1.problems[0]!.code, "catalog/invalid-name");
});

Deno.test("readCatalog() keeps a thousand problems and counts the rest", async () => {
  const reading = await readText(`Name,RA_deg,DEC_deg\n${"x,1,999\n".repeat(600)}`);
  assert.equal(reading.problems.length, 1000);
  assert.equal(reading.errorCount, 1199);
  assert.equal(reading.furtherProblemCount, 199);
  assert.match(catalogError(reading, "c.csv")!.message, /and 1179 more$/);
});

Deno.test("rowHash changes with what the target is, not with where and how it is written", async () => {
  const hash = async (row: string) =>
    (await readText(`Name,RA_deg,DEC_deg,cutout_size_arcsec,pmra,note\n${row}\n`)).sources[0]!.rowHash;
  const plain = await hash("A,10.50,2,,,");
  assert.equal(await hash("A,1.05e1,+2.0,,,seen twice"), plain);
  assert.equal(await hash("B,0,0,,,\nA,10.5,2,,,").then(() => hash("A, 10.5 ,2,,,")), plain);
  for (const row of ["a,10.5,2,,,", "A,10.6,2,,,", "A,10.5,-2,,,", "A,10.5,2,30,,", "A,10.5,2,,1,"]) {
    assert.notEqual(await hash(row), plain, row);
  }
});

Deno.test("catalogError() is nothing without errors, one line for one, a list for more", async () => {
  assert.equal(catalogError(await readText(TUTORIAL), "c.csv"), undefined);
  const near = await readText("Name,RA_deg,DEC_deg\nA,1,2\nB,1,2\n");
  assert.deepEqual(near.problems.map(({ severity }) => severity), ["warning"]);
  assert.equal(catalogError(near, "c.csv"), undefined);
  const one = catalogError(await readText("Name,RA_deg,DEC_deg\nA,1,91\n"), "c.csv")!;
  assert.equal(one.message, 'c.csv:2: DEC_deg is "91": expected -90 to 90 degrees');
  assert.equal(one.code, "catalog/out-of-range");
  assert.match(one.hint!, /spxcutdb validate/);
});

Deno.test("readCatalog() says when there is no file", async () => {
  await assert.rejects(
    readCatalog("/none/input_catalog.csv", TUTORIAL_MAPPING),
    (error) => isTaggedError(error, "catalog/not-found"),
  );
});

Deno.test("readCatalog() reads 100,000 rows in a few seconds at most", async () => {
  const rows = Array.from(
    { length: 100_000 },
    (_, i) => `src_${i},${(i * 7.13 % 360).toFixed(7)},${(i * 0.917 % 170 - 85).toFixed(7)}\n`,
  );
  const start = performance.now();
  const reading = await readText(`Name,RA_deg,DEC_deg\n${rows.join("")}`);
  assert.equal(reading.sources.length, 100_000);
  assert(performance.now() - start < 8000);
});

Deno.test("readCatalog() gives names that differ only in capitals files of their own, whatever the order of the rows", async () => {
  const rows = ["a_b,1,2", "A_B,3,4", "c,5,6", "A_b,7,8"];
  const slugsOf = async (order: readonly string[]) => {
    const reading = await readText(`Name,RA_deg,DEC_deg\n${order.join("\n")}\n`);
    assert.equal(reading.errorCount, 0);
    assert.deepEqual(
      reading.problems.map(({ severity, code, line }) => [severity, code, line]).length,
      2,
    );
    for (const { severity, code } of reading.problems) {
      assert.deepEqual([severity, code], ["warning", "catalog/slug-collision"]);
    }
    return Object.fromEntries(reading.sources.map(({ sourceId, slug }) => [sourceId, slug]));
  };
  const slugs = await slugsOf(rows);
  assert.deepEqual(await slugsOf(rows.toReversed()), slugs);
  assert.equal(slugs["c"], "c");
  assert.match(slugs["a_b"]!, /^a_b~[0-9a-f]{12}$/);
  assert.match(slugs["A_B"]!, /^A_B~[0-9a-f]{12}$/);
  assert.equal(new Set(Object.values(slugs).map((slug) => slug.toLowerCase())).size, 4);
});

Deno.test("readCatalog() refuses one name for two targets", async () => {
  const text = "id,target,RA_deg,DEC_deg\n1,M31,1,2\n2,M31,3,4\n";
  const reading = await readText(text, { sourceIdColumn: "id", sourceNameColumn: "target" });
  assert.deepEqual(reading.problems.map(({ code, line }) => [code, line]), [["catalog/slug-collision", 3]]);
  assert.match(reading.problems[0]!.message, /"M31" is already the target on line 2/);
});

Deno.test("readCatalog() tells every wrong profile of extended targets with its line", async () => {
  const text = "Name,RA_deg,DEC_deg,effective_radius_arcsec,profile,axis_ratio\n" +
    "A,1,2,3,exponential,0.5\nB,3,4,wide,spiral,1\nC,5,6,,,7\nD,7,8,2,,1.4\n";
  const reading = await readText(text);
  assert.deepEqual(reading.sources.map(({ sourceId }) => sourceId), ["A", "C"]);
  assert.deepEqual(reading.problems.map(({ code, line, column }) => [code, line, column]), [
    ["catalog/invalid-profile", 3, "profile"],
    ["catalog/invalid-profile", 3, "effective_radius_arcsec"],
    ["catalog/invalid-profile", 5, "axis_ratio"],
  ]);
  assert.equal(reading.problems[2]!.message, 'axis_ratio is "1.4": expected a number from 0.02 to 1');
});

Deno.test("catalogError() says what to do next as its caller knows it", async () => {
  const reading = await readText("Name,RA_deg,DEC_deg\nA,400,2\n");
  assert.equal(
    catalogError(reading, "c.csv", "run `spxcutdb init` again")!.hint,
    "Correct the row, then run `spxcutdb init` again",
  );
  assert.match(catalogError(reading, "c.csv")!.hint!, /validate --project/);
});

Deno.test("readCatalog() warns of proper motions that have no epoch and cannot move anything", async () => {
  const heading = "Name,RA_deg,DEC_deg,pmra,pmdec,epoch";
  const { sources, problems } = await readText(
    `${heading}\na,1,1,100,0,2016\nb,2,2,100,5,\nc,3,3,0,0,\nd,4,4,,7,\n`,
  );
  assert.equal(sources.length, 4);
  assert.deepEqual(problems.map(({ severity, code, line }) => [severity, code, line]), [
    ["warning", "catalog/missing-epoch", 3],
  ]);
  assert.match(problems[0]!.message, /^2 targets have a proper motion but no epoch/);
  assert.deepEqual((await readText("Name,RA_deg,DEC_deg,pmra,epoch\na,1,1,100,2016\n")).problems, []);
});
