/** Many sources at once: near ones share cutouts. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { standInConfig } from "../../../lib/cli/commands/archive.ts";
import { isTaggedError } from "../../../lib/core/errors.ts";
import { angularSeparationDeg, offsetPosition } from "../../../lib/math/sphere.ts";
import { startStandInArchive } from "../../../lib/simulator/stand_in_archive.ts";
import type { WorkflowEvent } from "../../../lib/workflow/events.ts";
import { Pipeline } from "../../../lib/workflow/pipeline/pipeline.ts";
import { runCatalogPipeline } from "../../../lib/workflow/pipeline/catalog_pipeline.ts";
import { groupIntoFields } from "../../../lib/workflow/pipeline/source_fields.ts";
import { checksumsBelow } from "../project_fixture.ts";

const BRIGHT = { kind: "power-law", fluxAtTwoMicronMicroJy: 20000, slope: 0 } as const;
const MIDDLE = { rightAscensionDeg: 150.1, declinationDeg: 2.2 };
const TARGETS = [
  { name: "one", ...MIDDLE, spectrum: BRIGHT, neighbours: [] },
  { name: "two", ...offsetPosition(150.1, 2.2, 40, 200 / 3600), spectrum: BRIGHT, neighbours: [] },
  { name: "far", rightAscensionDeg: 153, declinationDeg: -12, spectrum: BRIGHT, neighbours: [] },
];

/** A folder with a catalog of the targets and some more rows. */
class CatalogFolder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "spxcutdb_catalog_" });

  catalog(...rows: string[]): string {
    const path = join(this.path, "catalog.csv");
    const targets = TARGETS.map(({ name, rightAscensionDeg, declinationDeg }) =>
      `${name},${rightAscensionDeg},${declinationDeg}`
    );
    Deno.writeTextFileSync(path, ["Name,RA_deg,DEC_deg", ...targets, ...rows].join("\n") + "\n");
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("runCatalogPipeline() fetches one cutout an image for near sources, and measures each", async () => {
  using folder = new CatalogFolder();
  await using archive = await startStandInArchive({
    seed: 7,
    visitsPerDetector: 2,
    fieldStarsPerSquareDegree: 20,
    defects: false,
    targetsOnRequest: false,
    targets: TARGETS,
  });
  const events: WorkflowEvent[] = [];
  const options = {
    catalog: folder.catalog("broken,400,12", "", "none,abc,3"),
    outputDir: join(folder.path, "out"),
    bands: [2, 4],
    cutoutSize: "25px",
    config: standInConfig(archive.urls),
    onEvent: (event: WorkflowEvent) => events.push(event),
  };
  const { sources, problems, fields } = await runCatalogPipeline(options);
  assert.deepEqual(sources.map(({ name }) => name), ["one", "two", "far"]);
  assert.equal(fields, 2);
  assert.equal(problems.length, 2);
  assert.match(problems[0]!, /catalog\.csv:5: /);

  const shared = new Set<string>();
  let alone = 0;
  for (const { name, outputDir, error, stage, ...counts } of sources) {
    assert.deepEqual([error, stage], [null, "complete"]);
    const state = await (await Pipeline.fromSavedState(name, outputDir)).state();
    const truth = archive.truth(name).filter(({ detector }) => detector === 2 || detector === 4);
    assert.deepEqual(counts, { images: truth.length, measured: truth.length });
    for (const row of state.photometry_results) {
      const { fluxMicroJy } = truth.find((each) =>
        each.observationId === row.obs_id && row.band === `D${each.detector}`
      )!;
      assert(Math.abs(row.flux! - fluxMicroJy) < 5 * row.flux_error!, `${name} ${row.flux} ${fluxMicroJy}`);
    }
    assert((await Deno.stat(join(outputDir, "results/combined_plot.png"))).size > 1000);
    if (name === "far") alone = state.downloaded_files.length;
    else state.downloaded_files.forEach((path) => shared.add(path));
  }
  assert.equal(archive.counts().cutout.requests, shared.size + alone);
  assert([...shared].every((path) => path.startsWith("../fields/J150.")));

  const before = await checksumsBelow(options.outputDir);
  archive.resetCounts();
  const again = await runCatalogPipeline({ ...options, resume: true });
  assert.deepEqual(again.sources, sources);
  assert.equal(archive.counts().cutout.requests + archive.counts().sia.requests, 0);
  assert.deepEqual(await checksumsBelow(options.outputDir), before);
  const one = await Pipeline.fromSavedState("one", sources[0]!.outputDir);
  assert.equal((await one.resume()).stage, "complete");
});

Deno.test("runCatalogPipeline() tells of a source that fails, and goes on with the others", async () => {
  using folder = new CatalogFolder();
  await using archive = await startStandInArchive({
    seed: 7,
    visitsPerDetector: 2,
    targets: TARGETS,
    faults: {
      decide: ({ url, route }) => route === "sia" && /153[ +,]/.test(url) ? "html-with-200" : undefined,
    },
  });
  const events: WorkflowEvent[] = [];
  const { sources } = await runCatalogPipeline({
    catalog: folder.catalog(),
    outputDir: join(folder.path, "out"),
    bands: [2],
    cutoutSize: "25px",
    stages: ["query"],
    config: { ...standInConfig(archive.urls), "discovery.retry.attempts": 1 },
    onEvent: (event) => events.push(event),
  });
  assert.deepEqual(sources.map(({ stage, images }) => [stage, images !== null]), [
    ["complete", true],
    ["complete", true],
    ["query", false],
  ]);
  assert.match(sources[2]!.error!.code, /^discovery\//);
  assert.deepEqual(
    events.filter((event) => event.type === "source_failed").map((event) => event.sourceName),
    ["far"],
  );
});

Deno.test("runCatalogPipeline() refuses a catalog without a usable row", async () => {
  using folder = new CatalogFolder();
  const catalogs: [text: string, code: string][] = [
    ["", "catalog/empty"],
    ["Name,RA_deg,DEC_deg\n", "catalog/empty"],
    ["Name,RA_deg,DEC_deg\nx,1000,2\n", "catalog/out-of-range"],
    ["id,ra,dec\nx,1,2\n", "catalog/missing-column"],
  ];
  for (const [text, code] of catalogs) {
    const catalog = join(folder.path, "bad.csv");
    await Deno.writeTextFile(catalog, text);
    await assert.rejects(
      runCatalogPipeline({ catalog, outputDir: join(folder.path, "out") }),
      (error) => isTaggedError(error) && error.code === code,
      text,
    );
  }
});

Deno.test("groupIntoFields() joins near sources, at most as far as it saves bytes", () => {
  const at = (rightAscensionDeg: number, declinationDeg: number, sizeArcsec = 150) => ({
    rightAscensionDeg,
    declinationDeg,
    sizeArcsec,
  });
  const near = [at(10, 89), at(12, 89), at(359.99, 0), at(0.01, 0), at(100, 0), at(101, 0)];
  const fields = groupIntoFields(near);
  assert.deepEqual(fields.map(({ members }) => members.map((member) => near.indexOf(member))), [
    [0, 1],
    [2, 3],
    [4],
    [5],
  ]);
  for (const { members, ...field } of fields) {
    for (const member of members) {
      const away = 3600 *
        angularSeparationDeg(
          field.rightAscensionDeg,
          field.declinationDeg,
          member.rightAscensionDeg,
          member.declinationDeg,
        );
      assert(field.sizeArcsec >= 2 * away + member.sizeArcsec - 1e-6);
    }
  }
  // A hundred sources along a line do not end in one huge field.
  const line = Array.from({ length: 100 }, (_, i) => at(20 + i * 0.05, 0));
  const parts = groupIntoFields(line);
  assert(parts.length > 3 && parts.length < 30, `${parts.length} fields`);
  assert.equal(parts.reduce((sum, { members }) => sum + members.length, 0), 100);
  assert.deepEqual(groupIntoFields([]), []);
});
