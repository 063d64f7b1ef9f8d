import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { SeededRandom } from "../../lib/core/random.ts";
import { exitCodeOf } from "../../lib/cli/exit_codes.ts";
import { summary } from "../../lib/workflow/summary.ts";
import { run } from "../../lib/workflow/run.ts";
import {
  benchTests,
  currentRows,
  filesBelow,
  queryProject,
  recordRun,
  replaceFile,
} from "../workflow/project_fixture.ts";

const SEED = 20261121;

/** Changes one bit of a file. */
function flipBit(path: string, offset: number, bit: number): void {
  using file = Deno.openSync(path, { read: true, write: true });
  const byte = new Uint8Array(1);
  file.seekSync(offset, Deno.SeekMode.Start);
  file.readSync(byte);
  byte[0]! ^= 1 << bit;
  file.seekSync(offset, Deno.SeekMode.Start);
  file.writeSync(byte);
}

/** The error of some work, or undefined when it ended well. */
async function errorOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

benchTests("Damaged files", {
  [`bits flipped in the database end in a result or in an error that says so (seed ${SEED})`]: async (
    bench,
  ) => {
    const random = new SeededRandom(SEED);
    const good = await bench.project("measured");
    const file = `${good}/db/cutoutdb.sqlite`;
    const whole = Deno.readFileSync(file);
    let told = 0;
    for (let round = 0; round < 60; round++) {
      Deno.writeFileSync(file, whole);
      for (let flips = round < 30 ? 1 : 300; flips > 0; flips--) {
        flipBit(file, Math.floor(random.uniform() * whole.length), Math.floor(random.uniform() * 8));
      }
      for (const work of [() => summary({ project: good }), () => run({ project: good, dryRun: true })]) {
        const error = await errorOf(work);
        if (error === undefined) continue;
        told++;
        assert(isTaggedError(error), `round ${round}: ${error instanceof Error ? error.stack : error}`);
        assert(error.hint !== undefined, error.message);
        assert.notEqual(exitCodeOf(error), 70, error.message);
      }
    }
    assert(told > 10, `${told} errors`);
  },

  "pages of the database that are overwritten end in store/corrupt": async (bench) => {
    const project = await bench.project("measured");
    const file = `${project}/db/cutoutdb.sqlite`;
    const bytes = Deno.readFileSync(file);
    bytes.fill(0xa5, 4096);
    Deno.writeFileSync(file, bytes);
    const error = await errorOf(() => run({ project }));
    assert(isTaggedError(error, "store/corrupt"), String(error));
    assert.equal(exitCodeOf(error), 6);
    assert.match(error.hint!, /backup/);
    assert.deepEqual(Deno.readFileSync(file), bytes, "what is left of it is not touched");
  },

  "a number that was changed in the database is never published": async (bench) => {
    const project = await bench.project("measured");
    queryProject(
      project,
      `UPDATE measurements SET row_json = json_set(row_json, '$.selected_flux_uJy', 1e9) WHERE measurement_id =
         (SELECT min(measurement_id) FROM measurements WHERE source_id = 'alpha')`,
    );
    Deno.removeSync(`${project}/results/spectra/alpha.csv`);
    const error = await errorOf(() => run({ project, cleanupCutouts: "never" }));
    assert(isTaggedError(error, "store/corrupt"), String(error));
    assert.match(error.hint!, /--source-name alpha --force-photometry-rerun/);
    const { status } = await run({ project, forcePhotometryRerun: true, cleanupCutouts: "never" });
    assert.equal(status, "success");
    assert.doesNotMatch(Deno.readTextFileSync(`${project}/results/spectra/alpha.csv`), /1000000000|1e9/);
  },

  "cutouts that were cut short or taken away are fetched again, before the run and during it": async (
    bench,
  ) => {
    const rows = currentRows(await bench.project("measured"));
    const project = await bench.project("measured");
    const [first, second, third] = queryProject(project, "SELECT local_path FROM cutouts ORDER BY cutout_key")
      .map((row) => `${project}/${row["local_path"]}`);
    replaceFile(first!, Deno.readFileSync(first!).subarray(0, 10_000));
    Deno.removeSync(second!);
    let isThere = true;
    const { status, counts } = await recordRun({
      project,
      forcePhotometryRerun: true,
      cleanupCutouts: "never",
      maxFitWorkers: 1,
      onEvent: (event) => {
        if (!isThere || event.type !== "workflow_runtime") return;
        isThere = false;
        Deno.removeSync(third!);
      },
    });
    assert.equal(counts.downloaded, status === "success" ? 3 : 2);
    const next = await recordRun({
      project,
      resume: true,
      forcePhotometryRerun: true,
      cleanupCutouts: "never",
    });
    assert.equal(next.status, "success");
    assert.deepEqual(currentRows(project), rows);
    assert.equal(filesBelow(`${project}/data/cutouts`).length, rows.length);
  },
});
