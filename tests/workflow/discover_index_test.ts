import assert from "node:assert/strict";
import { startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import type { StandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import type { StandInArchiveOptions } from "../../lib/simulator/stand_in_options.ts";
import { discover, type DiscoverOptions, type DiscoverResult } from "../../lib/workflow/discover.ts";
import type { EventListener } from "../../lib/workflow/events.ts";
import { init } from "../../lib/workflow/init.ts";
import { isTaggedError } from "../../lib/core/errors.ts";
import { acquireProjectLock } from "../../lib/files/project_lock.ts";
import { archiveConfig, queryProject } from "./project_fixture.ts";

/** The northern sky around the equatorial pole and beyond RA 0, in two releases and with a deep field. */
const SURVEY: StandInArchiveOptions = {
  seed: 7,
  visitsPerDetector: 2,
  qr3Fraction: 0.5,
  eclipticLatitudesDeg: [58, 70],
  targetsOnRequest: false,
};

/** The pole, both sides of RA 0, a source on the edge of an image, and places outside of the survey and near its rim. */
const CATALOG = `Name,RA_deg,DEC_deg
pole,0,90
near_pole,211.5,89.97
before_zero,359.9999,70.2
at_zero,0,70.2
after_zero,0.0001,70.2
edge,EDGE
rim,270,36
rim_2,270,47.9
outside,10,-60
anywhere,90,88
`;

const QUICK = {
  "discovery.retry.backoff_seconds": [0.01],
  "discovery.retry.jitter_seconds": 0,
  "discovery.maxrec_per_source_collection": 500,
  "discovery.group_radius_arcsec": 0,
};

/** An archive, and projects for it in a folder of their own. */
class Bench implements AsyncDisposable {
  readonly archive: StandInArchive;
  readonly folder = Deno.makeTempDirSync({ prefix: "spxcutdb_index_" });
  readonly #catalog: string;

  constructor(archive: StandInArchive) {
    this.archive = archive;
    const [covering] = archive.simulation.survey.imagesCovering(0, 89.9);
    const { rightAscensionDeg, declinationDeg } = covering!.image.wcs.pixelToSky(2039.6, 700);
    this.#catalog = CATALOG.replace("EDGE", `${rightAscensionDeg},${declinationDeg}`);
  }

  static async open(options: StandInArchiveOptions = {}): Promise<Bench> {
    return new Bench(await startStandInArchive({ ...SURVEY, ...options }));
  }

  async project(name: string): Promise<string> {
    Deno.writeTextFileSync(`${this.folder}/catalog.csv`, this.#catalog);
    const project = `${this.folder}/${name}`;
    const config = { ...QUICK, ...archiveConfig(this.archive) };
    await init({ project, catalog: `${this.folder}/catalog.csv`, config });
    return project;
  }

  async discover(
    project: string,
    config: Record<string, unknown>,
    options: Partial<DiscoverOptions> = {},
  ): Promise<DiscoverResult> {
    return await discover({ project, config: { ...archiveConfig(this.archive), ...config }, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.archive.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

const INDEX = { "discovery.use_index": true };
const SMALL_PAGES = { ...INDEX, "discovery.maxrec_per_source_collection": 150 };

/** The active matches with what is known of the products, and which are superseded. */
function found(project: string): Record<string, unknown>[] {
  return queryProject(
    project,
    `SELECT source_name, product_id, collection, observation_id, detector, access_url, cloud_key, start_mjd, end_mjd,
       superseded_by FROM matches JOIN products USING (product_id) JOIN sources USING (source_id)
     WHERE matches.active = 1 ORDER BY source_name, product_id`,
  );
}

Deno.test("discover() with the index finds what SIA2 finds, without a request the second time", async () => {
  await using bench = await Bench.open();
  const { archive } = bench;
  const [bySia, byIndex] = [await bench.project("sia"), await bench.project("index")];
  await bench.discover(bySia, {});
  archive.resetCounts();
  const first = await bench.discover(byIndex, INDEX);
  assert.equal(archive.counts().sia.requests, 0);
  assert.equal(first.failedSources, 0);
  const rows = found(bySia);
  assert.deepEqual(found(byIndex), rows);
  const sources = new Set(rows.map((row) => row["source_name"]));
  for (const name of ["pole", "near_pole", "before_zero", "at_zero", "after_zero", "edge", "rim"]) {
    assert(sources.has(name), `${name} has no image`);
  }
  assert(!sources.has("outside"));
  archive.resetCounts();
  const again = await bench.discover(byIndex, INDEX);
  assert.equal(archive.requests.length, 0);
  assert.deepEqual([again.products, again.newMatches], [first.products, 0]);
});

Deno.test("discover() goes on with an interrupted download of the index, and later fetches what is new", async () => {
  await using early = await Bench.open({ releasedUntilMjd: 61100, eclipticLatitudesDeg: [64, 68] });
  const project = await early.project("project");
  const stop = new AbortController();
  let stored = 0;
  const interrupted = early.discover(project, { ...SMALL_PAGES, "discovery.concurrency": 1 }, {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type !== "footprints_stored") return;
      stored += event.rows;
      if (stored > 0) stop.abort(new Error("stopped"));
    },
  });
  await assert.rejects(interrupted, /stopped/);
  const whole = await early.project("whole");
  const fetched = async (target: string) => {
    let rows = 0;
    const onEvent: EventListener = (event) => void (event.type === "index_ready" && (rows = event.rows));
    await early.discover(target, SMALL_PAGES, { onEvent });
    return rows;
  };
  const all = await fetched(whole);
  assert(stored > 0 && stored < all);
  assert.equal(await fetched(project), all - stored);
  assert.deepEqual(found(project), found(whole));

  await using late = await Bench.open({ eclipticLatitudesDeg: [64, 68] });
  const old = found(project).length;
  let rows = 0;
  await late.discover(project, { ...SMALL_PAGES, "discovery.index_max_age_hours": 0 }, {
    onEvent: (event) => void (event.type === "index_ready" && (rows = event.rows)),
  });
  assert(rows > 0 && found(project).length > old);
  const bySia = await late.project("sia");
  await late.discover(bySia, {});
  // The projects talk to archives on different ports.
  const withoutHost = (row: Record<string, unknown>) => ({
    ...row,
    access_url: new URL(String(row["access_url"])).pathname,
  });
  assert.deepEqual(found(project).map(withoutHost), found(bySia).map(withoutHost));
});

Deno.test("discover() brings the index in through faults, and by jobs where the service cannot answer at once", async () => {
  const decide = ({ route, url, attempt }: { route: string; url: string; attempt: number }) =>
    route !== "tap" || attempt > 0
      ? undefined
      : url.includes("spherex_qr3")
      ? "status-503" as const
      : url.startsWith("/TAP/sync")
      ? "html-with-200" as const
      : undefined;
  await using bench = await Bench.open({ faults: { decide }, eclipticLatitudesDeg: [64, 68] });
  const [bySia, byIndex] = [await bench.project("sia"), await bench.project("index")];
  await bench.discover(bySia, {});
  await bench.discover(byIndex, INDEX);
  assert.deepEqual(found(byIndex), found(bySia));
});

Deno.test("discover() uses the index as it was when the service fails, and needs the service for a first one", async () => {
  let isDown = true;
  const decide = ({ route }: { route: string }) =>
    isDown && route === "tap" ? "status-503" as const : undefined;
  await using bench = await Bench.open({ faults: { decide }, eclipticLatitudesDeg: [66, 69] });
  const project = await bench.project("project");
  await assert.rejects(bench.discover(project, INDEX), (error) => isTaggedError(error, "net/status"));
  isDown = false;
  await bench.discover(project, INDEX);
  const before = found(project);
  isDown = true;
  const warnings: string[] = [];
  await bench.discover(project, { ...INDEX, "discovery.index_max_age_hours": 0 }, {
    onEvent: (event) => void (event.type === "warning" && warnings.push(event.message)),
  });
  assert(warnings.some((message) => /used as it was at \d{4}-.*503/.test(message)), warnings.join("\n"));
  assert.deepEqual(found(project), before);
  assert(before.length > 0);
});

Deno.test("discover() says what to do with a damaged index, and makes it anew when told", async () => {
  await using bench = await Bench.open({ eclipticLatitudesDeg: [66, 69] });
  const project = await bench.project("project");
  await bench.discover(project, INDEX);
  const before = found(project);
  bench.archive.resetCounts();
  await bench.discover(project, INDEX, { rebuildIndex: true });
  assert(bench.archive.counts().tap.requests > 0);
  assert.deepEqual(found(project), before);
  Deno.writeTextFileSync(`${project}/cache/footprints.sqlite`, "no database".repeat(1000));
  await assert.rejects(bench.discover(project, INDEX), (error) => {
    assert(isTaggedError(error, "store/corrupt"));
    assert.match(error.hint ?? "", /Delete .*footprints\.sqlite/);
    return true;
  });
});

Deno.test("discover() of two projects at once fetches an index that they share once", async () => {
  await using bench = await Bench.open({ eclipticLatitudesDeg: [64, 68] });
  const { archive } = bench;
  const alone = await bench.project("alone");
  await bench.discover(alone, SMALL_PAGES);
  const requests = archive.counts().tap.requests;
  archive.resetCounts();
  const shared = { ...SMALL_PAGES, "discovery.index_path": `${bench.folder}/shared/footprints.sqlite` };
  const projects = [await bench.project("first"), await bench.project("second")];
  await Promise.all(projects.map((project) => bench.discover(project, shared)));
  assert.equal(archive.counts().tap.requests, requests);
  for (const project of projects) assert.deepEqual(found(project), found(alone));
  assert.deepEqual([...Deno.readDirSync(`${bench.folder}/shared`)].map(({ name }) => name), [
    "footprints.sqlite",
  ]);
});

Deno.test("discover() waits for who updates the index, tells so once, and can be stopped meanwhile", async () => {
  await using bench = await Bench.open({ eclipticLatitudesDeg: [66, 69] });
  const project = await bench.project("project");
  Deno.mkdirSync(`${project}/cache`, { recursive: true });
  using lock = acquireProjectLock(`${project}/cache`, "update of the index", {
    fileName: ".footprints.sqlite.lock",
  });
  const stop = new AbortController();
  const stopped = bench.discover(project, INDEX, {
    signal: stop.signal,
    onEvent: (event) => event.type === "index_waiting" && stop.abort(new Error("stopped")),
  });
  await assert.rejects(stopped, /stopped/);
  assert.equal(bench.archive.requests.length, 0);
  const holders: string[] = [];
  await bench.discover(project, INDEX, {
    onEvent: (event) => {
      if (event.type !== "index_waiting") return;
      holders.push(event.holder);
      // Let go after the next look, too.
      setTimeout(() => lock[Symbol.dispose](), 300);
    },
  });
  assert.equal(holders.length, 1);
  assert.match(holders[0]!, new RegExp(`in use by process ${Deno.pid}.*update of the index`));
  assert(found(project).length > 0);
});
