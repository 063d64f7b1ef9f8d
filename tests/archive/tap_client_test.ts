import assert from "node:assert/strict";
import { querySia2, type Sia2Query } from "../../lib/archive/sia2.ts";
import { TapClient } from "../../lib/archive/tap_client.ts";
import { queryTapImages } from "../../lib/archive/tap_images.ts";
import { isTaggedError } from "../../lib/core/errors.ts";
import { createHttpClient } from "../../lib/net/http_client.ts";
import type { StandInArchiveOptions } from "../../lib/simulator/stand_in_options.ts";
import { type StandInArchive, startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import { FakeClock } from "../net/fake_clock.ts";
import { serveHttp } from "../net/test_server.ts";

const QUERY: Sia2Query = {
  collections: ["spherex_qr2", "spherex_qr3", "spherex_qr2_deep"],
  rightAscensionDeg: 68.0516625,
  declinationDeg: -5.3776417,
  radiusDeg: 1 / 3600,
  responseFormat: "votable",
};
const ADQL = "SELECT TOP 4 p.obs_publisher_did, p.time_bounds_lower FROM spherex.plane p " +
  "WHERE CONTAINS(POINT('ICRS', 68.05, -5.37), p.poly) = 1 ORDER BY p.time_bounds_lower DESC";

/** Work with a client of a stand-in archive's TAP service; waits take no time. */
async function withTap(
  options: StandInArchiveOptions,
  work: (tap: TapClient, bench: { archive: StandInArchive; clock: FakeClock }) => Promise<void>,
): Promise<void> {
  await using archive = await startStandInArchive({ seed: 7, visitsPerDetector: 4, ...options });
  const clock = new FakeClock();
  const http = createHttpClient({ clock, random: () => 0 });
  try {
    await work(new TapClient(http, archive.urls.tapUrl), { archive, clock });
  } finally {
    http.close();
  }
}

function requestLines(archive: StandInArchive): string[] {
  return archive.requests.map(({ method, url }) => `${method} ${url.replace(/\?.*/, "")}`);
}

Deno.test("TapClient asks at once and by a job with the same answer, and leaves no job behind", async () => {
  await withTap({ tap: { looksUntilDone: 3 } }, async (tap, { archive, clock }) => {
    const atOnce = await tap.querySync({ adql: ADQL });
    assert.deepEqual([atOnce.records.length, atOnce.overflow], [4, false]);
    assert.deepEqual(Object.keys(atOnce.records[0]!), ["obs_publisher_did", "time_bounds_lower"]);
    const times = atOnce.records.map((record) => Number(record["time_bounds_lower"]));
    assert.deepEqual(times, times.toSorted((a, b) => b - a));
    archive.resetCounts();
    const phases: string[] = [];
    const byJob = await tap.queryAsync({ adql: ADQL }, { clock, onPhase: (phase) => phases.push(phase) });
    assert.deepEqual(byJob, atOnce);
    assert.deepEqual(phases, ["EXECUTING", "COMPLETED"]);
    assert.deepEqual(clock.sleeps, [1000, 1500, 2250]);
    assert.deepEqual([...new Set(requestLines(archive))], [
      "POST /TAP/async",
      "GET /TAP/async/job1",
      "POST /TAP/async/job1/phase",
      "GET /TAP/async/job1/phase",
      "GET /TAP/async/job1/results/result",
      "DELETE /TAP/async/job1",
      "GET /TAP/async",
    ]);
    const jobs = await (await fetch(`${archive.urls.tapUrl}/async`)).text();
    assert(!jobs.includes("jobref"), jobs);
  });
});

Deno.test("TapClient tells that rows were left out, by its own limit and by the service's", async () => {
  await withTap({ tap: { maxRecords: 6 } }, async (tap) => {
    const adql = "SELECT uri FROM spherex.artifact WHERE producttype = 'science'";
    const byService = await tap.querySync({ adql, maxRecords: 1000 });
    assert.deepEqual([byService.records.length, byService.overflow], [6, true]);
    const byClient = await tap.querySync({ adql, maxRecords: 5 });
    assert.deepEqual([byClient.records.length, byClient.overflow], [5, true]);
  });
});

Deno.test("TapClient tells a refused query in the service's words and does not ask again", async () => {
  await withTap({}, async (tap, { archive }) => {
    const refused = [
      ["SELECT nothing FROM spherex.plane", /column "nothing" does not exist/],
      ["SELECT uri FROM spherex.nowhere", /relation "spherex.nowhere" does not exist/],
      ["DELETE FROM spherex.plane", /syntax error at or near "delete"/],
      [
        "SELECT o.obs_id FROM spherex.obscore o JOIN spherex.plane p ON o.obs_publisher_did = p.obs_publisher_did " +
        "WHERE CONTAINS(POINT('ICRS', 10, 10), o.s_region) = 1",
        /function st_covers\(character varying, geography\) does not exist/,
      ],
    ] as const;
    for (const [adql, message] of refused) {
      await assert.rejects(tap.query({ adql }), (error) => {
        assert(isTaggedError(error, "discovery/query-refused"));
        assert.match(error.message, message);
        return true;
      });
    }
    assert.equal(archive.counts().tap.requests, refused.length);
  });
});

Deno.test("TapClient gives the reason of a failed job and of one that takes too long, and deletes both", async () => {
  await withTap({ tap: { jobError: "Query exceeded the time limit" } }, async (tap, { archive, clock }) => {
    await assert.rejects(tap.queryAsync({ adql: ADQL }, { clock }), (error) => {
      assert(isTaggedError(error, "discovery/job-failed"));
      assert.match(error.message, /phase ERROR: Query exceeded the time limit/);
      return true;
    });
    assert(requestLines(archive).includes("DELETE /TAP/async/job1"));
  });
  await withTap({ tap: { looksUntilDone: Infinity } }, async (tap, { archive, clock }) => {
    await assert.rejects(
      tap.queryAsync({ adql: ADQL }, { clock, timeoutMs: 60_000 }),
      (error) => isTaggedError(error, "discovery/job-timeout"),
    );
    assert(requestLines(archive).includes("DELETE /TAP/async/job1"));
  });
});

Deno.test("TapClient deletes its job when it is stopped", async () => {
  await withTap({ tap: { looksUntilDone: Infinity } }, async (tap, { archive, clock }) => {
    const stop = new AbortController();
    const onPhase = (phase: string) => phase === "EXECUTING" && stop.abort(new Error("stopped"));
    await assert.rejects(tap.queryAsync({ adql: ADQL }, { clock, signal: stop.signal, onPhase }), /stopped/);
    assert.equal(requestLines(archive).filter((line) => line === "DELETE /TAP/async/job1").length, 1);
    assert.equal(clock.sleeps.length <= 1, true);
  });
});

Deno.test("TapClient asks by a job where the service cannot answer at once", async () => {
  const decide = ({ url, attempt }: { url: string; attempt: number }) =>
    url.startsWith("/TAP/sync")
      ? "status-503" as const
      : url === "/TAP/async" && attempt === 0
      ? "status-503" as const
      : undefined;
  await withTap({ faults: { decide } }, async (tap, { archive, clock }) => {
    const { records } = await tap.query({ adql: ADQL }, { clock, retry: { attempts: 2 } });
    assert.equal(records.length, 4);
    const lines = requestLines(archive);
    assert.equal(lines.filter((line) => line.endsWith("/TAP/sync")).length, 2);
    assert.equal(lines.filter((line) => line === "POST /TAP/async").length, 2);
  });
});

Deno.test("TapClient refuses a page in place of a job", async () => {
  await using server = serveHttp(() => new Response("<html><body>Down for maintenance</body></html>"));
  const http = createHttpClient({ clock: new FakeClock() });
  const tap = new TapClient(http, server.url);
  await assert.rejects(tap.query({ adql: ADQL }), (error) => isTaggedError(error, "discovery/bad-answer"));
  assert.deepEqual(server.requests.map((url) => url.replace(/\?.*/, "")), ["/sync", "/async"]);
  http.close();
});

Deno.test("queryTapImages() finds the products that SIA2 finds, also at the poles and where RA begins anew", async () => {
  await withTap({}, async (tap, { archive }) => {
    const http = createHttpClient();
    const places = [[68.0516625, -5.3776417], [359.9999, 12], [0, -60], [123, 89.999], [200, -90], [
      270,
      66.56,
    ]];
    for (const [rightAscensionDeg, declinationDeg] of places as [number, number][]) {
      const query = { ...QUERY, rightAscensionDeg, declinationDeg };
      const sia = await querySia2(http, archive.urls.siaEndpoint, query);
      const byTap = await queryTapImages(tap, query);
      const essence = (answer: typeof sia) =>
        answer.rows.map((product) => {
          const { raw: _raw, accessFormat: _format, cloudBucket: _bucket, cloudRegion: _region, ...rest } =
            product;
          return rest;
        });
      assert(sia.rows.length > 10);
      assert.deepEqual(essence(byTap), essence(sia));
      const window = { ...query, timeMjd: [61000, Infinity] as const };
      const later = await queryTapImages(tap, window);
      assert.deepEqual(essence(later), essence(await querySia2(http, archive.urls.siaEndpoint, window)));
      assert(later.rows.length < byTap.rows.length);
    }
    http.close();
  });
});
