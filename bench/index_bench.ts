/**
 * How fast a catalog is answered from the local index of footprints, and how much memory that takes:
 * `deno task bench:index [visits] [sources]`.
 *
 * 46 visits of the simulated survey (1.2 million footprints) are put into a database in a temporary folder; the sources
 * are drawn evenly over the sky, and their images are found first by identity, then as whole products; at last answers
 * are found and stored in a project, once as news and once more when nothing has changed.
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
import { recordSourceAnswer } from "../lib/workflow/discover_source.ts";
import { ingestCatalog } from "../lib/workflow/ingest_catalog.ts";
import { init } from "../lib/workflow/init.ts";
import { Project } from "../lib/workflow/project.ts";

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

/** Makes a project of the sources. */
async function makeProject(root: string, sources: readonly SourceRecord[]): Promise<void> {
  const rows = sources.map(({ sourceId, rightAscensionDeg, declinationDeg }) =>
    `source_${sourceId},${rightAscensionDeg},${declinationDeg}`
  );
  Deno.writeTextFileSync(`${root}.csv`, `Name,RA_deg,DEC_deg\n${rows.join("\n")}\n`);
  await init({
    project: root,
    catalog: `${root}.csv`,
    config: { "discovery.collections": [COLLECTION], "discovery.tap_endpoint": ENDPOINT },
  });
  using project = await Project.openForWriting({ project: root }, "bench");
  for await (const _ of ingestCatalog(project));
}

/** Answers for all sources of a project and stores what was found; gives the number of new pairs. */
function storeAnswers(project: Project, table: FootprintTable): number {
  const index = new IndexAnswers(table, ENDPOINT, RADIUS_DEG);
  let newMatches = 0;
  for (const source of inSkyOrder([...project.sources.iterate({})])) {
    for (const event of recordSourceAnswer(index.answer(source, [COLLECTION]), { project, runId: "bench" })) {
      if (event.type === "discovery_answered") newMatches += event.newMatches;
    }
  }
  project.database.flush();
  return newMatches;
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
  const root = `${folder}/project`;
  await makeProject(root, sources);
  using project = await Project.openForWriting({ project: root }, "bench");
  const stored = timed("found and stored", () => storeAnswers(project, table));
  const again = timed("found and stored again", () => storeAnswers(project, table));
  print(
    `\n${stored} pairs stored, ${again} of them again; ${
      Math.round(Deno.statSync(project.paths.database).size / 1e6)
    } MB on the disk`,
  );
  print(`${pairs} pairs of source and image, ${products} products`);
} finally {
  Deno.removeSync(folder, { recursive: true });
}
