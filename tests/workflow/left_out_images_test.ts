import assert from "node:assert/strict";
import { discover } from "../../lib/workflow/discover.ts";
import { run } from "../../lib/workflow/run.ts";
import { summary } from "../../lib/workflow/summary.ts";
import { benchTests, eventsOf, queryProject, recordRun, writeCatalog } from "./project_fixture.ts";

/** Corners of the outline of an image, degrees, in order. */
function corners(region: string): [number, number][] {
  const numbers = region.split(/\s+/).slice(2).map(Number);
  return [0, 1, 2, 3].map((index) => [numbers[2 * index]!, numbers[2 * index + 1]!]);
}

/** A catalog with a target on the middle of each edge of an outline, an arcsecond inside. */
function edgeCatalog(region: string): string {
  const points = corners(region);
  const center = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis]! / 4, 0));
  const rows = points.map((point, index) => {
    const next = points[(index + 1) % 4]!;
    const middle = [0, 1].map((axis) => (point[axis]! + next[axis]!) / 2);
    const inward = [0, 1].map((axis) => center[axis]! - middle[axis]!);
    const step = 1 / 3600 / Math.hypot(inward[0]!, inward[1]!);
    return `edge${index},${middle[0]! + step * inward[0]!},${middle[1]! + step * inward[1]!}`;
  });
  return `Name,RA_deg,DEC_deg\n${rows.join("\n")}\n`;
}

/** Cutouts large enough to reach from the target into the image. */
const config = { "cutouts.default_size_arcsec": 180 };

benchTests("An image whose outline holds the target and whose pixels do not", {
  "is left out without a failure, and not fetched again until the target moves": async (bench) => {
    const project = await bench.project("calibrated");
    const [{ product_json }] = queryProject(
      project,
      "SELECT product_json FROM products ORDER BY product_id LIMIT 1",
    ) as [{ product_json: string }];
    const catalog = edgeCatalog(JSON.parse(product_json).s_region);
    writeCatalog(project, catalog);
    await discover({ project });
    const { counts, status, events } = await recordRun({ project, config, cleanupCutouts: "never" });
    assert(counts.leftOut > 0, "the edges of a distorted image are not great circles");
    assert.equal(eventsOf(events, "image_left_out").length, counts.leftOut);
    assert.equal(status, "success", JSON.stringify(counts));
    assert.deepEqual(queryProject(project, "SELECT * FROM failures WHERE resolved_at IS NULL"), []);
    const { sources } = await summary({ project });
    assert.deepEqual(
      sources.map(({ sourceName, products }) => [sourceName, products]),
      sources.map(({ sourceName, measured }) => [sourceName, measured]),
      "images that end before the target do not count as covering it",
    );
    bench.archive.resetCounts();
    await discover({ project });
    const again = await run({ project, config, cleanupCutouts: "never" });
    assert.deepEqual([again.counts.downloaded, again.counts.leftOut], [0, 0]);
    // A target that moves by 36 arcseconds may be on the image: the answer is forgotten.
    writeCatalog(project, catalog.replaceAll(/(\.\d\d)/g, "$10"));
    const moved = await run({ project, config, dryRun: true });
    assert.equal(moved.plan.items, counts.measured + counts.leftOut);
  },
});
