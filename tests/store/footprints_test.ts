import fc from "fast-check";
import assert from "node:assert/strict";
import { offsetPosition, unitVector } from "../../lib/math/sphere.ts";
import { isCircleTouchingPolygon } from "../../lib/math/spherical_polygon.ts";
import { boxOfPolygon } from "../../lib/store/footprint_box.ts";
import { FOOTPRINT_MIGRATIONS } from "../../lib/store/footprint_migrations.ts";
import { type FootprintRecord, FootprintTable, openFootprintDatabase } from "../../lib/store/footprints.ts";
import { SweepTable } from "../../lib/store/sweeps.ts";

const DEGREE = Math.PI / 180;
const DEC = fc.oneof(
  fc.double({ min: -90, max: 90, noNaN: true }),
  fc.constantFrom(-90, 90, 89.5, -89.99, 0),
);
const RA = fc.oneof(
  fc.double({ min: 0, max: 360, maxExcluded: true, noNaN: true }),
  fc.constantFrom(0, 359.9999, 1e-9),
);
/** A polygon of any shape that looks outward from its middle, up to the size of a hemisphere's quarter. */
const POLYGON = fc.record({
  ra: RA,
  dec: DEC,
  corners: fc.array(
    fc.record({
      turn: fc.double({ min: 0.1, max: 1, noNaN: true }),
      away: fc.double({ min: 0.5, max: 20, noNaN: true }),
    }),
    { minLength: 3, maxLength: 7 },
  ),
}).map(({ ra, dec, corners }) => {
  const whole = corners.reduce((sum, { turn }) => sum + turn, 0);
  let angle = 0;
  return corners.flatMap(({ turn, away }) => {
    angle += 360 * turn / whole;
    const { rightAscensionDeg, declinationDeg } = offsetPosition(ra, dec, angle, away);
    return [rightAscensionDeg, declinationDeg];
  });
});

function footprint(
  outlineDeg: readonly number[],
  number: number,
  collection = "spherex_qr2",
): FootprintRecord {
  return {
    collection,
    kindJson: JSON.stringify({ collection }),
    fileName: `image_${number}.fits`,
    dataset: `ivo://test?${number}`,
    outlineDeg,
    centerRaDeg: null,
    centerDecDeg: null,
    startMjd: number,
    endMjd: number + 0.001,
    sizeKb: null,
    releasedAt: `2026-01-${String(number % 28 + 1).padStart(2, "0")} 00:00:00`,
  };
}

function vectors(outlineDeg: readonly number[]) {
  return Array.from(
    { length: outlineDeg.length / 2 },
    (_, i) => unitVector(outlineDeg[2 * i]!, outlineDeg[2 * i + 1]!),
  );
}

Deno.test("FootprintTable finds what a test of every polygon finds, anywhere on the sky", () => {
  const circle = fc.record({ ra: RA, dec: DEC, radius: fc.constantFrom(1 / 3600, 0.3, 5) });
  fc.assert(
    fc.property(
      fc.array(POLYGON, { minLength: 1, maxLength: 30 }),
      fc.array(circle, { maxLength: 10 }),
      (outlines, circles) => {
        using database = openFootprintDatabase(":memory:");
        const table = new FootprintTable(database);
        table.add(outlines.map((outline, number) => footprint(outline, number)));
        const corners = outlines.map(vectors);
        // Corners and places just beside them are where mistakes would show.
        const atCorners = outlines.map(([ra, dec]) => ({ ra: ra!, dec: dec!, radius: 1 / 3600 }));
        for (const { ra, dec, radius } of [...circles, ...atCorners]) {
          const expected = corners.flatMap((polygon, number) =>
            isCircleTouchingPolygon(unitVector(ra, dec), radius * DEGREE, polygon)
              ? [`image_${number}.fits`]
              : []
          );
          const found = table.find(ra, dec, radius, new Set(["spherex_qr2"])).map((id) =>
            table.record(id).fileName
          );
          assert.deepEqual(found.sort(), expected.sort());
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("boxOfPolygon() holds all points between the corners", () => {
  const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 });
  fc.assert(
    fc.property(POLYGON, weights, (outline, shares) => {
      const corners = vectors(outline);
      const box = boxOfPolygon(corners);
      const sum = [0, 1, 2].map((axis) =>
        corners.reduce((total, corner, i) => total + corner[axis]! * (shares[i]! + 1e-6), 0)
      );
      const length = Math.hypot(...sum);
      sum.forEach((value, axis) => {
        const point = value / length;
        assert(point >= box[2 * axis]! - 1e-12 && point <= box[2 * axis + 1]! + 1e-12);
      });
    }),
  );
});

Deno.test("FootprintTable replaces what comes again, keeps collections apart, and forgets all when told", () => {
  using database = openFootprintDatabase(":memory:");
  const table = new FootprintTable(database);
  const square = [359, -1, 1, -1, 1, 1, 359, 1];
  const moved = square.map((value, i) => i % 2 === 0 ? (value + 100) % 360 : value);
  table.add([footprint(square, 1), footprint(square, 1, "spherex_qr2_deep"), footprint(square, 2)]);
  assert.deepEqual([table.count, table.find(0, 0, 0.001, new Set(["spherex_qr2"])).length], [3, 2]);
  assert.equal(table.find(0, 0, 0.001, new Set(["spherex_qr2", "spherex_qr2_deep"])).length, 3);
  table.add([footprint(moved, 1)]);
  assert.equal(table.count, 3);
  assert.equal(table.find(0, 0, 0.001, new Set(["spherex_qr2"])).length, 1);
  const [id] = table.find(100, 0, 0.001, new Set(["spherex_qr2"]));
  assert.deepEqual(table.record(id!), footprint(moved, 1));
  table.clear();
  assert.deepEqual([table.count, table.find(100, 0, 0.001, new Set(["spherex_qr2"]))], [0, []]);
});

Deno.test("SweepTable tells what is missing of a sweep, and the newest release", () => {
  using database = openFootprintDatabase(":memory:");
  const sweeps = new SweepTable(database);
  const begun = { collection: "spherex_qr2", releasedSince: null, startMjd: 100, endMjd: 200 };
  assert.equal(sweeps.last("spherex_qr2"), undefined);
  const sweep = sweeps.begin(begun, "2026-01-01T00:00:00Z");
  assert.deepEqual(sweeps.missing(sweep), [[100, 200]]);
  for (const slice of [[120, 130], [130, 140], [180, 200]] as const) sweeps.addSlice(sweep, slice, 1);
  assert.deepEqual(sweeps.missing(sweep), [[100, 120], [140, 180]]);
  assert.equal(sweeps.last("spherex_qr2")!.finishedAt, null);
  sweeps.finish(sweep, "2026-01-02T00:00:00Z");
  assert.equal(sweeps.last("spherex_qr2")!.finishedAt, "2026-01-02T00:00:00Z");
  assert.equal(sweeps.last("spherex_qr3"), undefined);
  assert.equal(sweeps.newestRelease("spherex_qr2"), null);
  new FootprintTable(database).add([1, 27, 3].map((day) => footprint([0, 0, 1, 0, 1, 1], day)));
  assert.equal(sweeps.newestRelease("spherex_qr2"), "2026-01-28 00:00:00");
});

Deno.test("openFootprintDatabase() of the same new file by several processes at once makes it once", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/footprints.sqlite`;
    const store = new URL("../../lib/store/footprints.ts", import.meta.url).href;
    const code = `import { openFootprintDatabase } from "${store}";
      await Deno.stdin.read(new Uint8Array(1));
      using database = openFootprintDatabase("${path}");
      console.log(database.all("SELECT version FROM schema_migrations").length);`;
    Deno.writeTextFileSync(`${folder}/open.ts`, code);
    const processes = Array.from({ length: 4 }, () =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "-q", `${folder}/open.ts`],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn());
    const outputs = processes.map(async (process) => {
      const writer = process.stdin.getWriter();
      await writer.write(new Uint8Array(1));
      await writer.close();
      return await process.output();
    });
    const decoder = new TextDecoder();
    for (const { stdout, stderr } of await Promise.all(outputs)) {
      assert.equal(decoder.decode(stderr), "");
      assert.equal(decoder.decode(stdout), `${FOOTPRINT_MIGRATIONS.length}\n`);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
