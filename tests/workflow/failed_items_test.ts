import assert from "node:assert/strict";
import type { FaultRequest } from "../../lib/simulator/stand_in_options.ts";
import { summary } from "../../lib/workflow/summary.ts";
import {
  archiveConfig,
  benchTests,
  currentRows,
  eventsOf,
  exists,
  filesBelow,
  queryProject,
  recordRun,
  replaceFile,
  startSmallArchive,
} from "./project_fixture.ts";

/** The cutouts of the first image of a source, whatever its address. */
function firstImage(project: string, source: string): string {
  return queryProject(
    project,
    "SELECT parent_filename FROM products JOIN matches USING (product_id) WHERE source_id = ? ORDER BY 1 LIMIT 1",
    source,
  )[0]!["parent_filename"] as string;
}

benchTests("run() with items that fail", {
  "records a failed download with its reason and goes on; the next run tries it once more": async (
    bench,
    test,
  ) => {
    const project = await bench.project("calibrated");
    const broken = firstImage(project, "alpha");
    await using failing = await startSmallArchive({
      faults: { decide: ({ url }: FaultRequest) => url.includes(broken) ? "status-503" : undefined },
    });
    const first = await recordRun({ project, config: archiveConfig(failing) });
    const { items } = first.plan;

    await test.step("the run", () => {
      assert.equal(first.status, "partial_success");
      assert.equal(first.counts.measured, items - 1);
      assert.deepEqual(first.counts.failed, { download: 1, validation: 0, fit: 0, output: 0 });
      assert.deepEqual([first.counts.sources.complete, first.counts.sources.partial], [1, 1]);
      assert.equal(eventsOf(first.events, "download_failed")[0]!.sourceName, "alpha");
      assert(eventsOf(first.events, "download_retry").length >= 1);
      assert.match(first.hints.join("\n"), /summary .*--failed-only/);
    });

    await test.step("the summary names the failure, and the outputs of the source say so too", async () => {
      const { sources } = await summary({ project, failedOnly: true });
      assert.deepEqual(sources.map((source) => [source.sourceName, source.state]), [[
        "alpha",
        "source_partial",
      ]]);
      assert.deepEqual(sources[0]!.failures.map(({ phase, code, items }) => [phase, code, items]), [
        ["download", "net/status", 1],
      ]);
      const provenance = JSON.parse(
        Deno.readTextFileSync(`${project}/results/provenance/alpha_provenance.json`),
      );
      assert.equal(provenance.failures[0].phase, "download");
      assert.equal(
        queryProject(
          project,
          "SELECT state FROM work_items WHERE source_id = 'alpha' AND state LIKE 'failed%'",
        )
          .length,
        1,
      );
    });

    await test.step("the next run fetches what is missing only, and the failure is over", async () => {
      const second = await recordRun({ project });
      assert.equal(second.status, "success");
      assert.deepEqual([second.counts.measured, second.counts.downloaded], [1, 1]);
      assert.equal(bench.archive.counts().cutout.requests, 1);
      const { sources, totals } = await summary({ project });
      assert.deepEqual(totals.failuresByCode, {});
      assert.deepEqual(sources.map((source) => source.state), ["source_complete", "source_complete"]);
    });
  },

  "measures what has come while other downloads are still on their way": async (bench) => {
    const project = await bench.project("calibrated");
    const late = firstImage(project, "alpha");
    let measured = 0;
    await using archive = await startSmallArchive({
      faults: {
        decide: ({ url }: FaultRequest) => url.includes(late) && measured === 0 ? "status-503" : undefined,
      },
    });
    const { status, events } = await recordRun({
      project,
      sourceNames: ["alpha"],
      config: {
        ...archiveConfig(archive),
        "download.retry.attempts": 50,
        "download.retry.backoff_seconds": [0.2],
      },
      onEvent: (event) => measured += event.type === "measurement_done" ? 1 : 0,
    });
    assert.equal(status, "success", "the last cutout came only after the first measurement");
    assert(eventsOf(events, "download_retry").length > 0);
  },

  "keeps what it refused in the quarantine and never measures it": async (bench) => {
    const project = await bench.project("calibrated");
    const broken = firstImage(project, "beta");
    await using failing = await startSmallArchive({
      faults: { decide: ({ url }: FaultRequest) => url.includes(broken) ? "wrong-object" : undefined },
    });
    const { counts, status } = await recordRun({
      project,
      config: archiveConfig(failing),
      sourceNames: ["beta"],
    });
    assert.equal(status, "partial_success");
    assert.equal(counts.failed.validation, 1);
    assert(filesBelow(`${project}/data/quarantine`).length > 0);
    const again = await recordRun({ project, sourceNames: ["beta"] });
    assert.deepEqual([again.counts.measured, again.status], [1, "success"]);
  },

  "keeps the cutout of a failed fit unless told otherwise, and fetches a damaged one again": async (
    bench,
    test,
  ) => {
    const project = await bench.project("calibrated");
    const kept = await recordRun({ project, cleanupCutouts: "never", sourceNames: ["alpha"] });
    const [cutout] = queryProject(
      project,
      "SELECT local_path, file_size_bytes FROM cutouts ORDER BY 1 LIMIT 1",
    );
    const path = `${project}/${cutout!["local_path"]}`;

    await test.step("the fit of a file that was damaged on disk fails, and its file stays", async () => {
      replaceFile(path, new Uint8Array(Number(cutout!["file_size_bytes"])));
      const damaged = await recordRun({ project, forcePhotometryRerun: true, sourceNames: ["alpha"] });
      assert.equal(damaged.counts.failed.fit, 1);
      assert.equal(damaged.counts.measured, kept.counts.measured - 1);
      assert(exists(path), "keep_failed_cutouts is the default");
      assert.equal(filesBelow(`${project}/data/cutouts`).length, 1);
    });

    await test.step("with keepFailedCutouts off it goes once the failure is on record", async () => {
      const rows = currentRows(project);
      const cleaned = await recordRun({
        project,
        forcePhotometryRerun: true,
        downloadMissing: false,
        keepFailedCutouts: false,
        sourceNames: ["alpha"],
      });
      assert.equal(cleaned.counts.failed.fit, 1);
      assert.equal(exists(path), false);
      assert.deepEqual(currentRows(project), rows, "the measurements stay as they were");
    });

    await test.step("the next run has nothing to do: the earlier measurement is still valid", async () => {
      bench.archive.resetCounts();
      const last = await recordRun({ project, sourceNames: ["alpha"] });
      assert.deepEqual([last.status, last.counts.measured], ["success", 0]);
      assert.equal(bench.archive.counts().cutout.requests, 0);
      assert.deepEqual((await summary({ project })).totals.failuresByCode, {}, "so its failure is over");
    });
  },

  "goes on when the outputs of a source cannot be written, and tells": async (bench) => {
    const project = await bench.project("calibrated");
    Deno.mkdirSync(`${project}/results/spectra/alpha.csv/in the way`, { recursive: true });
    const { status, counts, events } = await recordRun({ project });
    assert.equal(status, "partial_success");
    assert.deepEqual([counts.sources.complete, counts.sources.outputFailed, counts.failed.output], [1, 1, 1]);
    assert.equal(eventsOf(events, "output_failed")[0]!.sourceName, "alpha");
    assert(filesBelow(`${project}/data/cutouts`).every((path) => path.startsWith("alpha/")));
    assert(filesBelow(`${project}/data/cutouts`).length > 0, "its cutouts stay");
    const { sources } = await summary({ project, failedOnly: true });
    assert.deepEqual(sources.map((source) => source.failures.map(({ phase }) => phase)), [["output"]]);

    Deno.removeSync(`${project}/results/spectra/alpha.csv`, { recursive: true });
    const again = await recordRun({ project });
    assert.deepEqual([again.status, again.counts.measured, again.counts.published], ["success", 0, 1]);
    assert.deepEqual((await summary({ project, failedOnly: true })).sources, []);
  },
});
