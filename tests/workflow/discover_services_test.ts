import assert from "node:assert/strict";
import { eclipticOf } from "../../lib/simulator/ecliptic.ts";
import { type StandInArchive, startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import type { FaultRequest, StandInArchiveOptions } from "../../lib/simulator/stand_in_options.ts";
import { discover, type DiscoverOptions, type DiscoverResult } from "../../lib/workflow/discover.ts";
import type { WorkflowEvent } from "../../lib/workflow/events.ts";
import { init } from "../../lib/workflow/init.ts";
import { archiveConfig, eventsOf, queryProject } from "./project_fixture.ts";

const SURVEY: StandInArchiveOptions = {
  seed: 7,
  visitsPerDetector: 3,
  qr3Fraction: 0.34,
  targetsOnRequest: false,
};

const QUICK = {
  "discovery.retry.backoff_seconds": [0.01],
  "discovery.retry.jitter_seconds": 0,
  "discovery.retry.attempts": 2,
};

/** Three groups of neighbours: across RA 0, at the pole, and in the northern deep field; and one source by itself. */
const CATALOG = [
  ["zero_1", 359.99, 10],
  ["zero_2", 0.01, 10.01],
  ["zero_3", 0.03, 9.97],
  ["pole_1", 10, 89.98],
  ["pole_2", 190, 89.99],
  ["deep_1", 270, 66.5],
  ["deep_2", 270.1, 66.53],
  ["alone", 127.2, 39.08],
] as const;

const SIA_IS_DOWN = {
  decide: ({ route }: FaultRequest) => route === "sia" ? "status-503" as const : undefined,
};

async function withBench(
  options: StandInArchiveOptions,
  work: (bench: ServiceBench) => Promise<void>,
): Promise<void> {
  await using archive = await startStandInArchive({ ...SURVEY, ...options });
  const folder = Deno.makeTempDirSync({ prefix: "spxcutdb_discover_" });
  try {
    await work(new ServiceBench(archive, folder));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** An archive, and projects for it. */
class ServiceBench {
  constructor(readonly archive: StandInArchive, readonly folder: string) {}

  async project(
    name: string,
    sources: readonly (readonly [string, number, number])[] = CATALOG,
  ): Promise<string> {
    const catalog = `${this.folder}/${name}.csv`;
    Deno.writeTextFileSync(
      catalog,
      ["Name,RA_deg,DEC_deg", ...sources.map((row) => row.join(","))].join("\n"),
    );
    const project = `${this.folder}/${name}`;
    await init({ project, catalog, config: { ...QUICK, ...archiveConfig(this.archive) } });
    return project;
  }

  /** Discovers, and gives the result with the events and the requests to SIA2. */
  async discover(
    project: string,
    config: Record<string, unknown>,
    options: Partial<DiscoverOptions> = {},
  ): Promise<DiscoverResult & { events: WorkflowEvent[]; requests: number }> {
    this.archive.resetCounts();
    const events: WorkflowEvent[] = [];
    const result = await discover({
      project,
      config,
      ...options,
      onEvent: (event) => {
        events.push(event);
        options.onEvent?.(event);
      },
    });
    return { ...result, events, requests: this.archive.counts().sia.requests };
  }
}

/** The active matches with what is known of the products, and which are superseded. */
function found(project: string): Record<string, unknown>[] {
  return queryProject(
    project,
    `SELECT source_name, product_id, collection, observation_id, detector, access_url, cloud_key, start_mjd, end_mjd,
       superseded_by FROM matches JOIN products USING (product_id) JOIN sources USING (source_id)
     WHERE matches.active = 1 ORDER BY source_name, product_id`,
  ).map((row) => ({ ...row, access_url: new URL(String(row["access_url"])).pathname }));
}

Deno.test("discover() asks for close sources together and finds what it finds for each alone", async () => {
  await withBench({}, async (bench) => {
    const [alone, together] = [await bench.project("alone"), await bench.project("together")];
    const one = await bench.discover(alone, { "discovery.group_radius_arcsec": 0 });
    const all = await bench.discover(together, { "discovery.group_radius_arcsec": 600 });
    assert.deepEqual([one.requests, all.requests], [CATALOG.length, 4]);
    assert.deepEqual(found(together), found(alone));
    assert(found(alone).length > 50);
    assert.equal((await bench.discover(together, {}, { resume: true })).requests, 0);
  });
});

Deno.test("discover() loses and doubles nothing where answers are cut short", async () => {
  await withBench({}, async (bench) => {
    const [whole, cut] = [await bench.project("whole"), await bench.project("cut")];
    const once = await bench.discover(whole, {});
    for (const format of ["votable", "csv"]) {
      const often = await bench.discover(cut, {
        // More than the six detectors in two collections that a place can be seen by at one time.
        "discovery.maxrec_per_source_collection": 13,
        "discovery.response_format": format,
      });
      assert(often.requests > 2 * once.requests);
      assert.deepEqual([often.overflowSources, often.failedSources, often.products], [0, 0, once.products]);
      assert.deepEqual(found(cut), found(whole));
    }
    // One row is never enough where detectors see a place at the same time.
    const hopeless = await bench.discover(cut, { "discovery.maxrec_per_source_collection": 1 });
    assert(hopeless.overflowSources > 0 && hopeless.requests < 500);
  });
});

Deno.test("discover() falls back on TAP for the same images, and says why", async () => {
  let bySia: Record<string, unknown>[] = [];
  await withBench({}, async (bench) => {
    const project = await bench.project("sia");
    await bench.discover(project, {});
    bySia = found(project);
  });
  await withBench({ faults: SIA_IS_DOWN }, async (bench) => {
    const project = await bench.project("tap");
    const without = await bench.discover(project, {});
    assert.deepEqual([without.failedSources, found(project).length], [CATALOG.length, 0]);
    const result = await bench.discover(project, { "discovery.tap_fallback": true }, { resume: true });
    assert.deepEqual([result.failedSources, result.fallbackSources], [0, CATALOG.length]);
    const [event] = eventsOf(result.events, "discovery_fallback");
    assert.match(event!.message, /status 503/);
    assert.deepEqual(found(project), bySia);
    // The longer way round: TAP cut short, so that it is asked in windows of time, too.
    await bench.discover(project, {
      "discovery.tap_fallback": true,
      "discovery.maxrec_per_source_collection": 13,
    });
    assert.deepEqual(found(project), bySia);
  });
});

Deno.test("discover() records that both services failed, and each source can be asked again", async () => {
  const decide = () => "status-503" as const;
  await withBench({ faults: { decide } }, async (bench) => {
    const project = await bench.project("down", CATALOG.slice(6));
    const result = await bench.discover(project, { "discovery.tap_fallback": true });
    assert.equal(result.failedSources, 2);
    const failures = queryProject(project, "SELECT code, message FROM failures WHERE resolved_at IS NULL");
    assert.equal(failures.length, 2);
    assert(failures.every(({ code }) => code === "discovery/both-failed"));
    assert.match(String(failures[0]!["message"]), /SIA.*503.*TAP.*503/);
    // SIA2, TAP at once and TAP by a job, two attempts each.
    assert(bench.archive.requests.length <= 2 * 3 * 2, "a storm of requests");
  });
});

Deno.test("discover() goes on after a stop with the sources that lack an answer, and later with new collections", async () => {
  await withBench({}, async (bench) => {
    const config = {
      "discovery.group_radius_arcsec": 0,
      "discovery.concurrency": 1,
      "discovery.collections": ["spherex_qr2"],
    };
    const project = await bench.project("stopped");
    const stop = new AbortController();
    let answered = 0;
    const stopped = bench.discover(project, config, {
      signal: stop.signal,
      onEvent: ({ type }) =>
        void (type === "discovery_answered" && ++answered === 3 && stop.abort(new Error("stopped"))),
    });
    await assert.rejects(stopped, /stopped/);
    const rest = await bench.discover(project, config, { resume: true });
    assert.deepEqual([rest.skippedSources, rest.requests], [answered, CATALOG.length - answered]);
    const later = { ...config, "discovery.collections": ["spherex_qr2", "spherex_qr3"] };
    const more = await bench.discover(project, later, { resume: true });
    assert.equal(more.requests, CATALOG.length);
    assert(bench.archive.requests.every(({ url }) => !url.includes("COLLECTION=spherex_qr2&")));
    const fresh = await bench.project("fresh");
    await bench.discover(fresh, later);
    assert.deepEqual(found(project), found(fresh));
  });
});

Deno.test("discover() keeps one of the images that two collections offer", async () => {
  await withBench({}, async (bench) => {
    assert(eclipticOf(270, 66.5).latitudeDeg > 84.5);
    const project = await bench.project("deep", [["deep", 270, 66.5]]);
    await bench.discover(project, {});
    const rows = found(project);
    const offered = (deep: boolean) =>
      rows.filter((row) => String(row["collection"]).endsWith("_deep") === deep);
    assert(offered(true).length > 0);
    assert.deepEqual(
      offered(true).map((row) => row["access_url"]).sort(),
      offered(false).map((row) => row["access_url"]).sort(),
    );
    assert(offered(false).every((row) => row["superseded_by"] === null));
    assert(
      offered(true).every((row) =>
        offered(false).some(({ product_id }) => product_id === row["superseded_by"])
      ),
    );
  });
});

Deno.test("discover() follows DataLink addresses once, also over several calls", async () => {
  await withBench({ accessUrls: "datalink" }, async (bench) => {
    const sources = [["alone", 127.2, 39.08]] as const;
    const project = await bench.project("linked", sources);
    const result = await bench.discover(project, {});
    assert.equal(bench.archive.counts().datalink.requests, result.products);
    assert(found(project).every((row) => String(row["access_url"]).startsWith("/ibe/data/spherex/qr")));
    assert.equal((await bench.discover(project, {})).products, result.products);
    assert.equal(bench.archive.counts().datalink.requests, 0);
  });
});

Deno.test("discover() with dryRun asks nothing and tells what it would ask", async () => {
  await withBench({}, async (bench) => {
    const project = await bench.project("dry");
    const host = new URL(bench.archive.urls.origin).host;
    const dry = await bench.discover(project, {}, { dryRun: true, resume: true });
    assert.equal(bench.archive.requests.length, 0);
    assert.equal(dry.runId, null);
    assert.deepEqual(queryProject(project, "SELECT command FROM runs WHERE command = 'discover'"), []);
    assert.deepEqual(dry.plan, {
      sources: CATALOG.length,
      skippedSources: 0,
      items: CATALOG.length * 4,
      requests: { [host]: 4 },
      expectedSeconds: null,
    });
    const alone = await bench.discover(project, { "discovery.group_radius_arcsec": 0 }, { dryRun: true });
    assert.deepEqual(alone.plan!.requests, { [host]: CATALOG.length });
    const index = await bench.discover(project, { "discovery.use_index": true }, { dryRun: true });
    assert.deepEqual(index.plan!.requests, { [host]: 4 });
    assert.throws(() => Deno.statSync(`${project}/cache/footprints.sqlite`), Deno.errors.NotFound);
    assert.deepEqual(found(project), []);
    await bench.discover(project, {});
    const known = await bench.discover(project, {}, { dryRun: true });
    assert(known.plan!.expectedSeconds! > 0);
    const nothing = await bench.discover(project, {}, { dryRun: true, resume: true });
    assert.deepEqual([nothing.plan!.items, nothing.plan!.requests], [0, {}]);
    assert.equal(bench.archive.requests.length, 0);
  });
});
