import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { CalibrationTable } from "../../lib/store/calibrations.ts";
import { CutoutTable } from "../../lib/store/cutouts.ts";
import { Database } from "../../lib/store/database.ts";
import { MeasurementTable } from "../../lib/store/measurements.ts";
import { type ProductRecord, ProductTable } from "../../lib/store/products.ts";
import { MIGRATIONS } from "../../lib/store/migrations.ts";
import { RunTable } from "../../lib/store/runs.ts";
import { StateTable } from "../../lib/store/states.ts";
import { SourceTable } from "../../lib/store/sources.ts";
import { projectTotals, sourceSummaries } from "../../lib/store/summaries.ts";
import { cutout, filledDatabase, measurement, NOW, product, source } from "./store_fixture.ts";

Deno.test("Database keeps what was flushed and is migrated once", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/cutoutdb.sqlite`;
    {
      using database = new Database(path);
      new SourceTable(database).ingest([source("A")], { id: "c", path: "c.csv", rowCount: 1 }, NOW);
    }
    using database = new Database(path);
    assert.equal(new SourceTable(database).count(), 1);
    assert.deepEqual(
      database.all<{ version: number }>("SELECT version FROM schema_migrations").map(({ version }) =>
        version
      ),
      MIGRATIONS.map(({ version }) => version),
    );
    assert.deepEqual(database.integrityProblems(), []);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("Database loses only the open batch when the process dies", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/cutoutdb.sqlite`;
    const dying = new Database(path);
    new SourceTable(dying).ingest([source("A")], { id: "c", path: "c.csv", rowCount: 1 }, NOW);
    dying.write("UPDATE sources SET source_name = 'half written'");
    for (const file of ["cutoutdb.sqlite", "cutoutdb.sqlite-wal"]) {
      Deno.copyFileSync(`${folder}/${file}`, `${folder}/copy-${file}`);
    }
    using copy = new Database(`${folder}/copy-cutoutdb.sqlite`);
    assert.equal(new SourceTable(copy).find("A")!.sourceName, "A");
    dying.close();
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("Database names a file that is not a database, and a schema from the future", () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(
      `${folder}/bad.sqlite`,
      "this is not a database at all, it is a sentence of some length",
    );
    assert.throws(
      () => new Database(`${folder}/bad.sqlite`),
      (error) => isTaggedError(error, "store/corrupt"),
    );
    {
      using database = new Database(`${folder}/new.sqlite`);
      database.write("INSERT INTO schema_migrations VALUES (999, 'from the future', ?)", NOW);
    }
    assert.throws(
      () => new Database(`${folder}/new.sqlite`),
      (error) => isTaggedError(error, "store/too-new"),
    );
    assert.throws(
      () => new Database(`${folder}/absent/x.sqlite`),
      (error) => isTaggedError(error, "storage/permission"),
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("SourceTable.ingest() adds, changes and retires, and keeps retired sources", () => {
  using database = new Database(":memory:");
  const sources = new SourceTable(database);
  const first = sources.ingest([source("A"), source("B")], { id: "c1", path: "c.csv", rowCount: 2 }, NOW);
  assert.deepEqual(first, { added: 2, changed: 0, unchanged: 0, retired: 0 });
  const moved = source("B", { declinationDeg: 1, rowHash: "moved" });
  const second = sources.ingest([source("C"), moved], { id: "c2", path: "c.csv", rowCount: 2 }, NOW);
  assert.deepEqual(second, { added: 1, changed: 1, unchanged: 0, retired: 1 });
  assert.deepEqual([...sources.iterate()].map((row) => row.sourceId), ["C", "B"]);
  assert.equal(sources.find("B")!.declinationDeg, 1);
  assert.equal(sources.find("A")!.sourceName, "A");
  const third = sources.ingest([source("A")], { id: "c3", path: "c.csv", rowCount: 1 }, NOW);
  assert.deepEqual(third, { added: 0, changed: 1, unchanged: 0, retired: 2 });
});

Deno.test("SourceTable selects by name and limit, and names what it does not know", () => {
  using database = new Database(":memory:");
  const sources = new SourceTable(database);
  sources.ingest(["A", "B", "C"].map((name) => source(name)), { id: "c", path: "c.csv", rowCount: 3 }, NOW);
  assert.deepEqual([...sources.iterate({ names: ["C", "A"] })].map((row) => row.sourceId), ["A", "C"]);
  assert.equal(sources.count({ limit: 2 }), 2);
  assert.deepEqual(sources.unknownNames(["A", "Z"]), ["Z"]);
});

Deno.test("ProductTable.recordAnswer() replaces the matches of its source and collection only", () => {
  using database = filledDatabase();
  const products = new ProductTable(database);
  assert.equal(products.undiscoveredSourceCount(), 1);
  const query = { sourceId: "A", collection: "spherex_qr2", queryHash: "q2", rowCount: 1, overflow: true };
  const counts = products.recordAnswer(query, [product("P2"), product("P3")], 1, NOW, "run-2");
  assert.deepEqual(counts, { newProducts: 1, newMatches: 1 });
  assert.deepEqual(products.matchedProducts("A").map((row) => row.productId), ["P2", "P3"]);
  assert.deepEqual({ ...products.answeredQueries("A").get("spherex_qr2") }, { ...query });
  assert.equal(products.find("P1")!.productId, "P1");
});

Deno.test("ProductTable.recordAnswer() tells news from what it knows, and gives back what was withdrawn", () => {
  using database = new Database(":memory:");
  new SourceTable(database).ingest([source("A"), source("B")], { id: "c", path: "c.csv", rowCount: 2 }, NOW);
  const products = new ProductTable(database);
  const [one, two] = [product("P1"), product("P2")];
  const answer = (sourceId: string, records: readonly ProductRecord[], now: string) =>
    products.recordAnswer(
      { sourceId, collection: "spherex_qr2", queryHash: "h", rowCount: records.length, overflow: false },
      records,
      1,
      now,
      "run-1",
    );
  assert.deepEqual(answer("A", [one, two, one], "T1"), { newProducts: 2, newMatches: 2 });
  assert.deepEqual(answer("B", [two], "T2"), { newProducts: 0, newMatches: 1 });
  assert.deepEqual(answer("A", [one], "T3"), { newProducts: 0, newMatches: 0 });
  assert.deepEqual(products.matchedProducts("A").map(({ productId }) => productId), ["P1"]);
  const moved = { ...two, accessUrl: "http://127.0.0.1/moved", productJson: '{"moved":true}' };
  assert.deepEqual(answer("A", [one, moved], "T4"), { newProducts: 0, newMatches: 0 });
  assert.equal(products.find("P2")?.accessUrl, "http://127.0.0.1/moved");
  assert.equal(products.find("P2")?.productJson, '{"moved":true}');
  assert.deepEqual(
    database.all("SELECT product_id, active, first_seen_at, last_seen_at FROM matches WHERE source_id = 'A'")
      .map((row) => Object.values(row)),
    [["P1", 1, "T1", "T4"], ["P2", 1, "T1", "T4"]],
  );
});

Deno.test("ProductTable leaves a product out while a newer one is matched to the same source", () => {
  using database = filledDatabase();
  const products = new ProductTable(database);
  products.setSuperseded("P1", "P2");
  assert.deepEqual(products.matchedProducts("A").map((row) => row.productId), ["P2"]);
  assert.equal(products.versionsOfMatched("A").length, 2);
  const withdrawn = {
    sourceId: "A",
    collection: "spherex_qr2",
    queryHash: "q",
    rowCount: 1,
    overflow: false,
  };
  products.recordAnswer(withdrawn, [product("P1")], 1, NOW, "run-2");
  assert.deepEqual(products.matchedProducts("A").map((row) => row.productId), ["P1"]);
  products.setSuperseded("P1", null);
  assert.deepEqual(products.matchedProducts("A").map((row) => row.productId), ["P1"]);
});

Deno.test("Database.atomic() keeps all or none of its writes, and what was written before", () => {
  using database = filledDatabase();
  const sources = new SourceTable(database);
  database.write("UPDATE sources SET source_name = 'before' WHERE source_id = 'A'");
  assert.throws(
    () =>
      database.atomic(() => {
        for (let row = 0; row < 1200; row++) {
          database.write("UPDATE sources SET source_name = ?", `name ${row}`);
        }
        throw new RangeError("in the middle");
      }),
    RangeError,
  );
  assert.equal(sources.find("A")!.sourceName, "before");
  database.atomic(() => database.write("UPDATE sources SET source_name = 'after' WHERE source_id = 'A'"));
  database.flush();
  assert.equal(sources.find("A")!.sourceName, "after");
});

Deno.test("SourceTable.ingest() gives a name, and with it its files, to the source that has it now", () => {
  using database = new Database(":memory:");
  const sources = new SourceTable(database);
  const named = (id: string, name: string) =>
    source(id, { sourceName: name, slug: name, rowHash: `${id} ${name}` });
  const catalog = (id: string) => ({ id, path: "c.csv", rowCount: 2 });
  sources.ingest([named("1", "X"), named("2", "Y")], catalog("first"), NOW);
  sources.ingest([named("1", "Y"), named("2", "X")], catalog("swapped"), NOW);
  assert.deepEqual([sources.find("1")!.slug, sources.find("2")!.slug], ["Y", "X"]);
  sources.ingest([named("3", "X")], catalog("taken over"), NOW);
  assert.equal(sources.find("3")!.slug, "X");
  assert.equal(sources.count(), 1);
});

Deno.test("MeasurementTable holds one current measurement for a source and product, and keeps older ones", () => {
  using database = filledDatabase();
  new CutoutTable(database).put(cutout("A", "P1"), NOW, "run-1");
  const measurements = new MeasurementTable(database);
  measurements.put(measurement("A", "P1"), NOW, "run-1");
  measurements.put(measurement("A", "P1", { measurementId: "newer" }), NOW, "run-2");
  assert.deepEqual([...measurements.currentIds("A")], [["P1", "newer"]]);
  assert.deepEqual(measurements.publishedRows("A").map((row) => row.measurementId), ["newer"]);
  assert(measurements.revive("measurement-A-P1"));
  assert.equal(measurements.current("A", "P1")!.measurementId, "measurement-A-P1");
  assert(!measurements.revive("never stored"));
});

Deno.test("MeasurementTable publishes nothing of superseded products", () => {
  using database = filledDatabase();
  new CutoutTable(database).put(cutout("A", "P1"), NOW, "run-1");
  const measurements = new MeasurementTable(database);
  measurements.put(measurement("A", "P1"), NOW, "run-1");
  new ProductTable(database).setSuperseded("P1", "P2");
  assert.deepEqual(measurements.publishedRows("A"), []);
});

Deno.test("CutoutTable writes the ledger before the deletion and confirms it after", () => {
  using database = filledDatabase();
  const cutouts = new CutoutTable(database);
  const record = cutout("A", "P1");
  cutouts.put(record, NOW, "run-1");
  assert.deepEqual({ ...cutouts.live() }, { bytes: 5_000_000, count: 1 });
  cutouts.planDeletion({ ...record, policy: "success-after-source", manifestHash: "m" }, NOW, "run-1");
  assert.equal(cutouts.unconfirmedDeletions().length, 1);
  assert.equal(cutouts.find(record.cutoutKey)!.state, "valid");
  cutouts.confirmDeletion(record.cutoutKey, record.sha256, NOW);
  assert.deepEqual(cutouts.unconfirmedDeletions(), []);
  assert.equal(cutouts.find(record.cutoutKey)!.state, "deleted");
  assert.deepEqual({ ...cutouts.live() }, { bytes: 0, count: 0 });
});

Deno.test("CalibrationTable.newest() takes the newest version that passed its validation", () => {
  using database = new Database(":memory:");
  const calibrations = new CalibrationTable(database);
  const put = (versionRank: number, validationStatus: string) =>
    calibrations.put({
      calibrationId: `id-${versionRank}`,
      release: "QR2",
      product: "spectral_wcs",
      detector: 4,
      version: `v${versionRank}`,
      versionRank,
      filename: "f.fits",
      relativePath: "cache/f.fits",
      sourceUrl: "file:///f.fits",
      fileSizeBytes: 1,
      sha256: "s",
      validationStatus,
      validationReason: null,
      summaryJson: "{}",
    }, NOW);
  put(2, "passed");
  put(1, "passed");
  put(3, "failed_shape");
  assert.equal(calibrations.newest("QR2", "spectral_wcs", 4)!.versionRank, 2);
  assert.equal(calibrations.newest("QR3", "spectral_wcs", 4), undefined);
  assert.equal(calibrations.all().length, 3);
});

Deno.test("sourceSummaries() and projectTotals() count what is stored", () => {
  using database = filledDatabase();
  new CutoutTable(database).put(cutout("A", "P1"), NOW, "run-1");
  new MeasurementTable(database).put(
    measurement("A", "P1", { scienceRecommended: true, detectionStatus: "detected" }),
    NOW,
    "run-1",
  );
  const runs = new RunTable(database);
  runs.addFailure(
    {
      sourceId: "A",
      productId: "P2",
      phase: "download",
      code: "net/status",
      message: "Status 503",
      contextJson: "{}",
    },
    NOW,
    "run-1",
  );
  const states = new StateTable(database);
  states.advanceSource("A", "opened", NOW, "run-1");
  states.advanceSource("A", "some_done", NOW, "run-1", "1 of 2 failed");
  const [a, b] = sourceSummaries(database);
  assert.deepEqual({ ...a }, {
    sourceId: "A",
    sourceName: "A",
    slug: "A",
    state: "source_partial",
    reason: "1 of 2 failed",
    products: 2,
    measured: 1,
    recommended: 1,
    detected: 1,
    failed: 1,
    publishedAt: null,
  });
  assert.equal(b!.state, "not_run");
  assert.deepEqual(sourceSummaries(database, true).map((row) => row.sourceId), ["A"]);
  assert.deepEqual(projectTotals(database).failuresByCode, { "net/status": 1 });
  runs.resolveFailures("A", "P2", NOW);
  assert.deepEqual(sourceSummaries(database, true), []);
  assert.equal(projectTotals(database).measurements, 1);
});

Deno.test("RunTable marks runs that never ended as interrupted", () => {
  using database = new Database(":memory:");
  const runs = new RunTable(database);
  const run = { command: "run", argumentsJson: "{}", configHash: "h", packageVersion: "0" };
  runs.start({ ...run, runId: "one" }, NOW);
  runs.start({ ...run, runId: "two" }, NOW);
  runs.finish("two", "success", "{}", NOW);
  const states = database.all<{ runId: string; status: string }>(
    "SELECT run_id AS runId, status FROM runs ORDER BY run_id",
  );
  assert.deepEqual(states.map((row) => [row.runId, row.status]), [["one", "interrupted"], [
    "two",
    "success",
  ]]);
});

Deno.test("RunTable remembers what a stage has cost", () => {
  using database = new Database(":memory:");
  const runs = new RunTable(database);
  assert.equal(runs.secondsPerItem("measure"), undefined);
  runs.addStageCost("measure", 10, 1);
  runs.addStageCost("measure", 10, 2);
  assert.equal(runs.secondsPerItem("measure"), 0.15);
});

Deno.test("Database with readOnly reads what there is, refuses writing, and makes and migrates nothing", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/a.sqlite`;
    new Database(path).close();
    {
      using database = new Database(path, { readOnly: true });
      assert.deepEqual(database.all("SELECT * FROM sources"), []);
      assert.throws(
        () => database.write("DELETE FROM sources"),
        (error) => isTaggedError(error, "storage/permission"),
      );
    }
    assert.throws(() => new Database(`${folder}/b.sqlite`, { readOnly: true }));
    assert.throws(() => Deno.statSync(`${folder}/b.sqlite`), Deno.errors.NotFound);
    {
      using older = new Database(path);
      older.write("DELETE FROM schema_migrations WHERE version > 1");
    }
    assert.throws(
      () => new Database(path, { readOnly: true }),
      (error) => isTaggedError(error, "store/too-old") && /may write/.test(error.hint!),
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
