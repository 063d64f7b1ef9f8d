import assert from "node:assert/strict";
import { CutoutTable } from "../../lib/store/cutouts.ts";
import { MeasurementTable } from "../../lib/store/measurements.ts";
import { bandCounts, failureGroups, flagCounts, latestRun } from "../../lib/store/report_counts.ts";
import { type FailureRecord, RunTable } from "../../lib/store/runs.ts";
import { cutout, filledDatabase, measurement, NOW } from "./store_fixture.ts";

Deno.test("bandCounts() and flagCounts() count what is published", () => {
  using database = filledDatabase();
  for (const product of ["P1", "P2"]) new CutoutTable(database).put(cutout("A", product), NOW, "run-1");
  const measurements = new MeasurementTable(database);
  measurements.put(measurement("A", "P1", { photometryFlags: "HOT_CORE;NON_DETECTION" }), NOW, "run-1");
  measurements.put(
    measurement("A", "P2", {
      detectionStatus: "detected",
      scienceRecommended: true,
      photometryFlags: "HOT_CORE",
    }),
    NOW,
    "run-1",
  );
  assert.deepEqual(bandCounts(database).map((band) => ({ ...band })), [
    { detector: 3, measured: 2, detected: 1, recommended: 1 },
  ]);
  assert.deepEqual(Object.fromEntries(flagCounts(database)), { HOT_CORE: 2, NON_DETECTION: 1 });
  database.write("UPDATE products SET superseded_by = 'P1' WHERE product_id = 'P2'");
  assert.deepEqual(bandCounts(database).map((band) => band.measured), [1]);
  assert.deepEqual(Object.fromEntries(flagCounts(database)), { HOT_CORE: 1, NON_DETECTION: 1 });
});

Deno.test("failureGroups() joins open failures of one kind and names their sources", () => {
  using database = filledDatabase();
  const runs = new RunTable(database);
  const failure = (sourceId: string, productId: string, code: string, message: string): FailureRecord => ({
    sourceId,
    productId,
    phase: "download",
    code,
    message,
    hint: "Run again",
    contextJson: "{}",
  });
  runs.addFailure(failure("A", "P1", "net/stalled", "Stalled first"), NOW, "run-1");
  runs.addFailure(failure("A", "P2", "net/stalled", "Stalled again"), NOW, "run-1");
  runs.addFailure(failure("B", "P2", "net/stalled", "Stalled last"), NOW, "run-1");
  runs.addFailure(failure("B", "P1", "net/status", "Refused"), NOW, "run-1");
  runs.addFailure(failure("A", "P3", "net/status", "Refused, but overcome"), NOW, "run-1");
  runs.resolveFailures("A", "P3", NOW);
  const [stalled, refused, ...others] = failureGroups(database);
  assert.deepEqual(others, []);
  assert.deepEqual(stalled, {
    phase: "download",
    code: "net/stalled",
    message: "Stalled last",
    hint: "Run again",
    items: 3,
    sourceCount: 2,
    sourceNames: ["A", "B"],
  });
  assert.deepEqual([refused!.items, refused!.message, refused!.sourceNames], [1, "Refused", ["B"]]);
});

Deno.test("latestRun() gives the run of a command that was started last", () => {
  using database = filledDatabase();
  const runs = new RunTable(database);
  assert.equal(latestRun(database, "run"), undefined);
  const record = { argumentsJson: "{}", configHash: "c", packageVersion: "1" };
  runs.start({ ...record, runId: "r1", command: "run" }, "2026-01-01T00:00:00.000Z");
  runs.finish("r1", "success", '{"measured":1}', "2026-01-01T00:01:00.000Z");
  runs.start({ ...record, runId: "r2", command: "run" }, "2026-01-02T00:00:00.000Z");
  runs.start({ ...record, runId: "r3", command: "discover" }, "2026-01-03T00:00:00.000Z");
  const latest = latestRun(database, "run")!;
  assert.deepEqual([latest.runId, latest.status, latest.finishedAt], ["r2", "interrupted", null]);
});
