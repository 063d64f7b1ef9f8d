/** The query of a pipeline: two services, links to documents, and what is written of it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { standInConfig } from "../../../lib/cli/commands/archive.ts";
import { isTaggedError } from "../../../lib/core/errors.ts";
import { startStandInArchive } from "../../../lib/simulator/stand_in_archive.ts";
import { LinkFile } from "../../../lib/workflow/pipeline/link_file.ts";
import { Pipeline } from "../../../lib/workflow/pipeline/pipeline.ts";
import { exists } from "../project_fixture.ts";
import { fixtureFolder } from "./fixture_folder.ts";

const LINKS = { fileUrl: "http://archive/file.fits", cutoutUrl: null, cloud: null, calibrationUrls: [] };

Deno.test("runQuery() finds the same images by SIA2 and by TAP, and sums them up", async () => {
  await using archive = await startStandInArchive({ seed: 7, visitsPerDetector: 2 });
  const folder = await Deno.makeTempDir({ prefix: "spxcutdb_query_" });
  try {
    const found = [];
    for (const queryService of ["sia2", "tap"] as const) {
      archive.resetCounts();
      const outputDir = join(folder, queryService);
      const config = standInConfig(archive.urls);
      const pipeline = new Pipeline({
        ra: 150.1,
        dec: 2.2,
        name: "x",
        outputDir,
        bands: ["D1", 4],
        queryService,
        config,
      });
      await pipeline.runQuery();
      const { sia, tap } = archive.counts();
      assert.deepEqual([sia.requests > 0, tap.requests > 0], [
        queryService === "sia2",
        queryService === "tap",
      ]);
      const results = (await pipeline.state()).query_results!;
      found.push(results.observations.map(({ access_url: _, ...observation }) => observation));
      const summary = parse(await Deno.readTextFile(join(outputDir, "results/query_summary.yaml")));
      assert.equal(summary.n_observations, results.observations.length);
      assert.deepEqual(Object.keys(summary.band_counts), ["D1", "D4"]);
      assert(summary.time_span_days > 0 && summary.total_size_gb > 0);
      assert.deepEqual(
        summary.observations.map(({ obs_id }: { obs_id: string }) => obs_id),
        results.observations.map(({ obs_id }) => obs_id),
      );
      await assert.rejects(
        new Pipeline({ ra: 10, dec: 2, outputDir, queryService, config, bands: [] }).runQuery(),
        (error) => isTaggedError(error, "discovery/no-observations"),
      );
    }
    assert(found[0]!.length >= 4);
    assert.deepEqual(found[1], found[0]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("A query whose links are documents asks for each once, also when it failed half way", async () => {
  let isBroken = true;
  await using archive = await startStandInArchive({
    seed: 7,
    visitsPerDetector: 2,
    accessUrls: "datalink",
    faults: {
      maxPerUrl: 100,
      decide: ({ route, url }) =>
        isBroken && route === "datalink" && url.includes("D5") ? "html-with-200" : undefined,
    },
  });
  using folder = fixtureFolder();
  const config = { ...standInConfig(archive.urls), "discovery.retry.attempts": 1 };
  const pipeline = () => new Pipeline({ ra: 150.1, dec: 2.2, name: "x", outputDir: folder.path, config });
  await assert.rejects(pipeline().runQuery(), (error) => isTaggedError(error, "discovery"));
  const cache = join(folder.path, "data", "datalinks.jsonl");
  const known = (await Deno.readTextFile(cache)).trim().split("\n").map((line) => {
    const { pathname, search } = new URL(JSON.parse(line)[0]);
    return `${pathname}${search}`;
  });
  assert(known.length > 0);
  isBroken = false;
  archive.resetCounts();
  const { query_results } = await new Pipeline(
    { ra: 150.1, dec: 2.2, name: "x", outputDir: folder.path, config },
    { stages: ["query"] },
  ).resume();
  const asked = new Set(archive.requests.filter(({ route }) => route === "datalink").map(({ url }) => url));
  assert(asked.size > 0 && known.every((url) => !asked.has(url)));
  assert(query_results!.observations.every(({ access_url }) => access_url.endsWith(".fits")));
  assert(!exists(cache));
});

Deno.test("LinkFile keeps resolved links from a query that was killed in the middle of a line", async () => {
  const folder = await Deno.makeTempDir({ prefix: "spxcutdb_links_" });
  try {
    const path = join(folder, "data", "datalinks.jsonl");
    {
      using links = new LinkFile(path);
      assert.equal(links.get("http://archive/1"), undefined);
      links.set("http://archive/1", LINKS);
      links.set("http://archive/2", LINKS);
    }
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.slice(0, -10));
    {
      using links = new LinkFile(path);
      assert.deepEqual(links.get("http://archive/1"), LINKS);
      assert.equal(links.get("http://archive/2"), undefined);
      links.set("http://archive/3", LINKS);
    }
    using links = new LinkFile(path);
    assert.deepEqual([1, 3].map((n) => links.get(`http://archive/${n}`)), [LINKS, LINKS]);
    links.remove();
    assert(!exists(path));
    links.remove();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
