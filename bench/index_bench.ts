/**
 * How fast a catalog is answered from the local index of footprints, and how much memory that takes:
 * `deno task bench:index [visits] [sources]`.
 *
 * 46 visits of the simulated survey (1.2 million footprints) are put into a database in a temporary folder; the sources
 * are drawn evenly over the sky, and their images are found first by identity, then as whole products.
 * @module
 */
import process from "node:process";
import { canonicalJson } from "../lib/core/canonical_json.ts";
import { SeededRandom } from "../lib/core/random.ts";
import { outlineOf } from "../lib/simulator/offered_image.ts";
import { Survey, type SurveyImage } from "../lib/simulator/survey.ts";
import { parseOutline } from "../lib/spherex/image_footprint.ts";
import { type FootprintRecord, FootprintTable, openFootprintDatabase } from "../lib/store/footprints.ts";
import type { SourceRecord } from "../lib/store/sources.ts";
import { IndexAnswers, inSkyOrder } from "../lib/workflow/ask_index.ts";

const COLLECTION = "spherex_qr2";
const ENDPOINT = "https://irsa.ipac.caltech.edu/TAP";
const RADIUS_DEG = 1 / 3600;

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function footprintOf(image: SurveyImage): FootprintRecord {
  const { exposure, detector, archiveKey, wcs } = image;
  const cut = archiveKey.lastIndexOf("/") + 1;
  return {
    collection: COLLECTION,
    kindJson: canonicalJson({
      folder: `ibe/data/spherex/${archiveKey.slice(0, cut)}`,
      obs_collection: COLLECTION,
      energy_bandpassname: `SPHEREx-D${detector}`,
    }),
    fileName: archiveKey.slice(cut),
    dataset: `ivo://irsa.ipac/${COLLECTION}?${exposure.observationId}/D${detector}`,
    outlineDeg: parseOutline(outlineOf(image))!,
    centerRaDeg: wcs.center.rightAscensionDeg,
    centerDecDeg: wcs.center.declinationDeg,
    startMjd: exposure.mjdBegin,
    endMjd: exposure.mjdBegin + 0.0013,
    sizeKb: 71638,
    releasedAt: "2026-01-27 19:52:50",
  };
}

/** Does work and tells its wall and processor time. */
function timed<Result>(name: string, work: () => Result): Result {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const result = work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - started) / 1000;
  const memory = Math.round(Deno.memoryUsage().rss / 1e6);
  print(`| ${name} | ${seconds.toFixed(1)} s | ${((user + system) / 1e6).toFixed(1)} s | ${memory} MB |`);
  return result;
}

function fill(path: string, visits: number): void {
  using database = openFootprintDatabase(path);
  const table = new FootprintTable(database);
  let page: FootprintRecord[] = [];
  const store = () => {
    database.atomic(() => table.add(page));
    database.flush();
    page = [];
  };
  for (const image of new Survey(1, visits, 0).imagesBetween(-Infinity, Infinity)) {
    page.push(footprintOf(image));
    if (page.length === 25_000) store();
  }
  store();
  print(`${table.count} footprints, ${Math.round(Deno.statSync(path).size / 1e6)} MB on the disk\n`);
}

function randomSources(count: number): SourceRecord[] {
  const random = new SeededRandom(1);
  return Array.from({ length: count }, (_, number) => ({
    sourceId: String(number),
    rightAscensionDeg: 360 * random.uniform(),
    declinationDeg: Math.asin(2 * random.uniform() - 1) * 180 / Math.PI,
  } as SourceRecord));
}

const [visits = 46, count = 10_000] = Deno.args.map(Number);
const folder = Deno.makeTempDirSync({ prefix: "spxcutdb_index_bench_" });
try {
  const path = `${folder}/footprints.sqlite`;
  print("| what | time | processor time | memory |\n| --- | --- | --- | --- |");
  timed("index made", () => fill(path, visits));
  using database = openFootprintDatabase(path);
  const table = new FootprintTable(database);
  const sources = inSkyOrder(randomSources(count));
  const wanted = new Set([COLLECTION]);
  const pairs = timed(
    `${count} sources, pairs found`,
    () =>
      sources.reduce(
        (sum, { rightAscensionDeg, declinationDeg }) =>
          sum + table.find(rightAscensionDeg, declinationDeg, RADIUS_DEG, wanted).length,
        0,
      ),
  );
  const index = new IndexAnswers(table, ENDPOINT, RADIUS_DEG);
  const products = timed(
    "the same as whole products",
    () => sources.reduce((sum, source) => sum + index.answer(source, [COLLECTION]).answer!.rows.length, 0),
  );
  print(`\n${pairs} pairs of source and image, ${products} products`);
} finally {
  Deno.removeSync(folder, { recursive: true });
}
