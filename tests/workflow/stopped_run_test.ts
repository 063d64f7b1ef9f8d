import assert from "node:assert/strict";
import { isTaggedError, TaggedError } from "../../lib/core/errors.ts";
import { Database } from "../../lib/store/database.ts";
import { discover } from "../../lib/workflow/discover.ts";
import type { WorkflowEvent } from "../../lib/workflow/events.ts";
import { run } from "../../lib/workflow/run.ts";
import {
  archiveConfig,
  benchTests,
  checksumsBelow,
  currentRows,
  filesBelow,
  queryProject,
  startSmallArchive,
} from "./project_fixture.ts";

/** Runs until an event, stops, and gives what the run ended with. */
async function stopAt(
  project: string,
  when: (event: WorkflowEvent, count: number) => boolean,
  config: Record<string, unknown> = {},
): Promise<unknown> {
  const stop = new AbortController();
  let count = 0;
  return await run({
    project,
    config,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type !== "progress" && when(event, ++count)) stop.abort();
    },
  }).catch((error) => error);
}

function lastRun(project: string): unknown {
  return queryProject(
    project,
    "SELECT status FROM runs ORDER BY started_at DESC, run_id LIMIT 1",
  )[0]!["status"];
}

benchTests("Stopped work", {
  "run() that is stopped leaves a sound project that the next run finishes with the rows of an undisturbed run":
    async (
      bench,
      test,
    ) => {
      const expected = currentRows(await bench.project("measured"));
      const moments: [string, (event: WorkflowEvent, count: number) => boolean][] = [
        ["before the plan", (event) => event.type === "catalog_ingested"],
        ["at the first cutout", (event) => event.type === "download_completed"],
        ["at the first measurement", (event) => event.type === "measurement_done"],
        ["at the first outputs", (event) => event.type === "outputs_written"],
      ];
      for (const [moment, when] of moments) {
        await test.step(moment, async () => {
          const project = await bench.project("calibrated");
          const error = await stopAt(project, when);
          assert(error instanceof DOMException && error.name === "AbortError", String(error));
          assert.equal(lastRun(project), "interrupted");
          {
            using database = new Database(`${project}/db/cutoutdb.sqlite`);
            assert.deepEqual(database.integrityProblems(), []);
          }
          const loose = filesBelow(`${project}/data/partial`).filter((path) =>
            !/\.part(\.json)?$/.test(path)
          );
          assert.deepEqual(loose, [], "unfinished downloads are .part files");
          assert(filesBelow(project).every((path) => !path.includes(".tmp")), "nothing half written");
          await run({ project, resume: true, cleanupCutouts: "never" });
          assert.deepEqual(currentRows(project), expected);
        });
      }
    },

  "run() that is stopped records what it had done": async (bench) => {
    const project = await bench.project("calibrated");
    await stopAt(project, (event) => event.type === "measurement_done");
    const [{ run_id }] = queryProject(
      project,
      "SELECT run_id FROM runs WHERE command = 'run' ORDER BY started_at DESC LIMIT 1",
    ) as [Record<string, unknown>];
    const { status, counts } = JSON.parse(
      Deno.readTextFileSync(`${project}/runs/${run_id}/summary.json`),
    );
    assert.equal(status, "interrupted");
    assert(counts.measured >= 1 && counts.downloaded >= 1, JSON.stringify(counts));
    assert.equal(typeof counts.error, "string");
  },

  "run() after a crash counts the cutouts that lie on disk, and its downloads end at their total": async (
    bench,
  ) => {
    const project = await bench.project("measured");
    const files = queryProject(project, "SELECT local_path FROM cutouts ORDER BY cutout_key");
    // A crash loses the last uncommitted rows; files that were put in their place stay.
    {
      using database = new Database(`${project}/db/cutoutdb.sqlite`);
      for (const table of ["outputs", "work_items", "measurements", "cutouts"]) {
        database.write(`DELETE FROM ${table}`);
      }
    }
    Deno.removeSync(`${project}/${files[0]!["local_path"]}`);
    const downloads: string[] = [];
    const { counts } = await run({
      project,
      resume: true,
      forcePhotometryRerun: true,
      cleanupCutouts: "never",
      onEvent: (event) => {
        if (event.type === "progress" && event.stage === "download") {
          downloads.push(`${event.done}/${event.total}`);
        }
      },
    });
    assert.deepEqual([counts.downloaded, counts.foundOnDisk], [1, files.length - 1]);
    assert.equal(downloads.at(-1), `${files.length}/${files.length}`);
  },

  "run() that is stopped gives the reason of the caller's signal, and is recorded as interrupted": async (
    bench,
  ) => {
    const project = await bench.project("calibrated");
    const reason = new TaggedError("interrupted/stopped", "Stopped before the work was done");
    const before = currentRows(project);
    const error = await run({ project, signal: AbortSignal.abort(reason) }).catch((thrown) => thrown);
    assert.equal(error, reason);
    assert.equal(lastRun(project), "interrupted");
    assert.deepEqual(currentRows(project), before);
    assert.deepEqual(bench.archive.requests, []);
  },

  "run() that is stopped stops transfers at once, however long the archive would take": async (bench) => {
    const project = await bench.project("calibrated");
    await using slow = await startSmallArchive({ link: { bytesPerSecond: 200_000 } });
    const stop = new AbortController();
    const started = performance.now();
    const error = await run({
      project,
      config: archiveConfig(slow),
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "workflow_runtime") setTimeout(() => stop.abort(), 1200);
      },
    }).catch((thrown) => thrown);
    assert(error instanceof DOMException, String(error));
    assert(performance.now() - started < 10_000, "25 s would be needed for a cutout");
    assert(
      filesBelow(`${project}/data`).every((path) => /\.part/.test(path)),
      filesBelow(`${project}/data`).join(),
    );
  },

  "run() that is stopped gives everything back when a listener throws, which it must not": async (bench) => {
    const project = await bench.project("calibrated");
    const error = await run({
      project,
      onEvent: (event) => {
        if (event.type === "fit_queued") throw new RangeError("a listener's bug");
      },
    }).catch((thrown) => thrown);
    assert(error instanceof RangeError, String(error));
    assert.equal(lastRun(project), "failed");
    const files = await checksumsBelow(`${project}/data/cutouts`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(
      await checksumsBelow(`${project}/data/cutouts`),
      files,
      "nothing goes on behind its back",
    );
  },

  "discover() that is stopped keeps the answers that have come, and asks for the others when resumed": async (
    bench,
  ) => {
    const project = await bench.project("new");
    const stop = new AbortController();
    const config = { "discovery.concurrency": 1 };
    const error = await discover({
      project,
      config,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "progress" && event.stage === "discover") stop.abort();
      },
    }).catch((thrown) => thrown);
    assert(error instanceof DOMException, String(error));
    assert.equal(lastRun(project), "interrupted");
    const found = await discover({ project, resume: true, config });
    assert.deepEqual([found.sources, found.skippedSources, found.failedSources], [2, 1, 0]);
    assert.equal(bench.archive.counts().sia.requests, 2);
    assert(!isTaggedError(error));
  },
});
