import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { parseShard, type Shard } from "../../../lib/core/shard.ts";
import { MERGED_TABLES } from "../../../lib/store/shard_source.ts";
import { run } from "../../../lib/workflow/run.ts";
import { merge } from "../../../lib/workflow/shards/merge.ts";
import { writeReport } from "../../../lib/workflow/report.ts";
import { acquireShardLock } from "../../../lib/workflow/shards/shard_databases.ts";
import { status } from "../../../lib/workflow/status.ts";
import { summary } from "../../../lib/workflow/summary.ts";
import {
  benchTests,
  checksumsBelow,
  currentRows,
  exists,
  filesBelow,
  queryProject,
  replaceFile,
  type Workbench,
} from "../project_fixture.ts";

// Of three parts, alpha is of the first and beta of the second; the third is empty.
const FIRST: Shard = { part: 1, of: 3 };
const SECOND: Shard = { part: 2, of: 3 };

/** The spectra of a project: what people use, which has to be the same byte for byte. */
function spectra(project: string): Promise<Record<string, string>> {
  return checksumsBelow(`${project}/results/spectra`);
}

function shardFile(project: string, { part, of }: Shard): string {
  return `${project}/db/shards/${part}-of-${of}.sqlite`;
}

function alterShard(project: string, shard: Shard, sql: string): void {
  using database = new DatabaseSync(shardFile(project, shard));
  assert.equal(database.prepare(sql).run().changes, 1);
}

/** Copies a folder as another machine would hold it. */
function copyFolder(from: string, to: string): void {
  for (const path of filesBelow(from)) {
    Deno.mkdirSync(`${to}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.copyFileSync(`${from}/${path}`, `${to}/${path}`);
  }
}

async function code(work: Promise<unknown>): Promise<unknown> {
  return await work.then(() => undefined, (error) => error.code);
}

const prepared = new WeakMap<Workbench, Promise<string>>();

/** A copy of a project whose shards have run at the same time. */
async function shardedProject(bench: Workbench): Promise<string> {
  const known = prepared.get(bench) ?? runShards(bench);
  prepared.set(bench, known);
  const folder = bench.folder();
  copyFolder(`${await known}/..`, folder);
  return `${folder}/project`;
}

async function runShards(bench: Workbench): Promise<string> {
  const project = await bench.project("calibrated");
  const results = await Promise.all(
    [FIRST, SECOND].map((shard) => run({ project, shard, cleanupCutouts: "never" })),
  );
  for (const { status, counts } of results) {
    assert.equal(status, "success");
    assert.equal(counts.sources.complete, 1, "each shard works on its own source");
  }
  return project;
}

benchTests("Shards", {
  "that are not merged are named by status(), with how far they are, by summary() and by the report": async (
    bench,
  ) => {
    const project = await shardedProject(bench);
    const { shards, totals } = await status({ project });
    assert.equal(totals.measurements, 0);
    assert.deepEqual(
      shards.map((
        each,
      ) => [each.shard, each.writer, each.totals?.sources, each.totals?.sourcesByState, each.problem]),
      [["1/3", null, 1, { source_complete: 1 }, null], ["2/3", null, 1, { source_complete: 1 }, null]],
    );
    assert(shards.every((each) => each.totals!.measurements === each.totals!.itemsByState["persisted"]));
    assert.deepEqual((await summary({ project })).unmergedShards, ["1/3", "2/3"]);
    assert.match(
      Deno.readTextFileSync((await writeReport({ project })).path),
      /2 shards not merged yet \(1\/3, 2\/3\)/,
    );
    using lock = acquireShardLock(project, SECOND, "run --shard 2/3");
    assert.equal((await status({ project })).shards[1]!.writer?.command, lock.holder.command);
    lock[Symbol.dispose]();
    Deno.writeTextFileSync(shardFile(project, FIRST), "damaged");
    const [damaged, sound] = (await status({ project })).shards;
    assert.match(damaged!.problem!, /not a database/);
    assert.equal(sound!.totals?.sources, 1);
  },

  "that are merged are not named any more": async (bench) => {
    const project = await shardedProject(bench);
    await merge({ project });
    assert.deepEqual((await status({ project })).shards, []);
    assert.deepEqual((await summary({ project })).unmergedShards, []);
    assert.doesNotMatch(Deno.readTextFileSync((await writeReport({ project })).path), /not merged/);
  },

  "run() of all shards at once and merge() give what one run gives": async (bench) => {
    const undisturbed = await bench.project("measured");
    const project = await shardedProject(bench);
    assert.equal(currentRows(project).length, 0, "the project's own database waits for the merge");
    const { shards } = await merge({ project });
    assert.deepEqual(
      shards.map(({ shard, merged, refused, staleOutputs }) => ({ shard, merged, refused, staleOutputs })),
      [
        { shard: "1/3", merged: 1, refused: [], staleOutputs: [] },
        { shard: "2/3", merged: 1, refused: [], staleOutputs: [] },
      ],
    );
    assert.deepEqual(currentRows(project), currentRows(undisturbed));
    assert.deepEqual(await spectra(project), await spectra(undisturbed));
    const { sources } = await summary({ project });
    assert.deepEqual(sources.map(({ outputs }) => outputs), ["current", "current"]);
    assert.deepEqual(filesBelow(`${project}/db/shards`), [], "merged shards are gone");
    assert.deepEqual((await merge({ project })).shards, [], "a second merge has nothing to do");
    const again = await run({ project, cleanupCutouts: "never" });
    assert.equal(again.counts.measured, 0, "the next run measures nothing again");
  },

  "merge() takes shards of other folders with their files, and twice is once": async (bench) => {
    const undisturbed = await bench.project("measured");
    const project = await bench.project("calibrated");
    // Two machines with a shard each.
    const folders = [await shardedProject(bench), await shardedProject(bench)];
    Deno.removeSync(shardFile(folders[0]!, SECOND));
    Deno.removeSync(shardFile(folders[1]!, FIRST));
    const first = await merge({ project, folders });
    assert.deepEqual(first.shards.map(({ merged, unchanged }) => ({ merged, unchanged })), [
      { merged: 1, unchanged: 0 },
      { merged: 1, unchanged: 0 },
    ]);
    assert.deepEqual(currentRows(project), currentRows(undisturbed));
    assert.deepEqual(await spectra(project), await spectra(undisturbed));
    const second = await merge({ project, folders });
    assert.deepEqual(second.shards.map(({ merged, unchanged }) => ({ merged, unchanged })), [
      { merged: 0, unchanged: 1 },
      { merged: 0, unchanged: 1 },
    ]);
    assert.deepEqual(currentRows(project), currentRows(undisturbed));
    const again = await run({ project, cleanupCutouts: "never" });
    assert.deepEqual([again.counts.measured, again.counts.downloaded], [0, 0]);
    assert(exists(shardFile(folders[0]!, FIRST)), "folders of others are left as they are");
  },

  "merge() refuses an altered measurement and an altered file, and takes the rest": async (bench) => {
    const project = await shardedProject(bench);
    alterShard(
      project,
      FIRST,
      "UPDATE measurements SET row_json = json_set(row_json, '$.selected_flux_uJy', 1) WHERE measurement_id = (SELECT min(measurement_id) FROM measurements)",
    );
    const { shards } = await merge({ project });
    assert.deepEqual(
      shards.map(({ merged, refused }) => ({ merged, codes: refused.map(({ code }) => code) })),
      [
        { merged: 0, codes: ["store/shard-damaged"] },
        { merged: 1, codes: [] },
      ],
    );
    assert(exists(shardFile(project, FIRST)), "a shard with work left stays");
    assert(!exists(shardFile(project, SECOND)));

    const other = await bench.project("calibrated");
    const away = await shardedProject(bench);
    replaceFile(`${away}/results/spectra/beta.csv`, "altered");
    const fromAway = await merge({ project: other, folders: [away] });
    assert.deepEqual(
      fromAway.shards.map(({ merged, refused }) => [merged, refused.map(({ code }) => code)]),
      [
        [1, []],
        [0, ["store/shard-damaged"]],
      ],
    );
    assert.deepEqual(filesBelow(`${other}/results/spectra`), ["alpha.csv"]);
  },

  "a shard that was killed goes on, and what it had is merged whenever that is asked": async (bench) => {
    const undisturbed = await bench.project("measured");
    const project = await bench.project("calibrated");
    const stop = new AbortController();
    await assert.rejects(run({
      project,
      shard: FIRST,
      signal: stop.signal,
      onEvent: ({ type }) => type === "measurement_done" && stop.abort(),
    }));
    const partial = await merge({ project });
    assert.equal(partial.shards[0]!.merged, 1);
    assert(partial.shards[0]!.measurements > 0);
    await run({ project, shard: FIRST, resume: true, cleanupCutouts: "never" });
    await run({ project, shard: SECOND, cleanupCutouts: "never" });
    await merge({ project });
    assert.deepEqual(currentRows(project), currentRows(undisturbed));
    assert.deepEqual(await spectra(project), await spectra(undisturbed));
  },

  "commands that would work past unmerged shards say so": async (bench) => {
    const project = await bench.project("calibrated");
    const plan = await run({ project, shard: FIRST, dryRun: true });
    assert.equal(plan.plan.sources, 1);
    assert(!exists(`${project}/db/shards`), "a plan makes no shard");
    assert.equal(
      await code(run({ project, shard: FIRST, syncCalibration: true })),
      "usage/shard-calibration",
    );
    const sharded = await shardedProject(bench);
    assert.equal(await code(run({ project: sharded })), "project/unmerged-shards");
    assert.equal(await code(run({ project: sharded, shard: { part: 1, of: 2 } })), "project/other-shards");
    assert.equal(await code(merge({ project, folders: [bench.folder()] })), "project/no-shards");
    replaceFile(shardFile(sharded, FIRST), "no database");
    assert.equal(await code(merge({ project: sharded })), "store/corrupt");
  },

  "every table of the database has its rule for merging": async (bench) => {
    const project = await bench.project("new");
    const tables = queryProject(project, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    assert.deepEqual(Object.keys(MERGED_TABLES).sort(), tables.map(({ name }) => name));
  },
});

Deno.test("parseShard() takes a part of a whole and nothing else", () => {
  assert.deepEqual(parseShard("2/4"), { part: 2, of: 4 });
  for (const text of ["", "0/4", "5/4", "2", "2/4/8", "-1/4", "1.5/4", "1/100000"]) {
    assert.equal(parseShard(text), undefined, text);
  }
});
