import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { syncCalibrations } from "../../lib/workflow/calibrations.ts";
import { discover } from "../../lib/workflow/discover.ts";
import { init } from "../../lib/workflow/init.ts";
import {
  archiveConfig,
  currentRows,
  eventsOf,
  recordRun,
  SMALL_PROJECT,
  startSmallArchive,
} from "../workflow/project_fixture.ts";

/** Eight sources within a few pixels, and one by itself. */
const CROWD = [
  "Name,RA_deg,DEC_deg",
  ...Array.from(
    { length: 8 },
    (_, i) => `c${i},${68.05 + 0.0016 * (i % 4)},${-5.37 + 0.0017 * Math.floor(i / 4)}`,
  ),
  "alone,127.2,39.08",
].join("\n");

Deno.test("run() with auto takes the object store for sources that share their rows, and only for those", async () => {
  await using archive = await startSmallArchive();
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "access_sharing_" }));
  try {
    Deno.writeTextFileSync(`${folder}/catalog.csv`, CROWD);
    const project = `${folder}/auto/project`;
    await init({
      project,
      catalog: `${folder}/catalog.csv`,
      config: {
        ...SMALL_PROJECT,
        ...archiveConfig(archive),
        "spherex.detectors": [2],
        "cutouts.access": "auto",
      },
    });
    await discover({ project });
    await syncCalibrations({ project });
    cpSync(`${folder}/auto`, `${folder}/truncated`, { recursive: true });

    const measure = async (access: string) => {
      archive.resetCounts();
      const { events, status } = await recordRun({
        project: `${folder}/${access}/project`,
        config: { "cutouts.access": access },
      });
      assert.equal(status, "success");
      const { cutout, s3 } = archive.counts();
      const arrived = eventsOf(events, "download_completed");
      const received = arrived.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
      return { arrived, received, requests: { cutout: cutout.requests, s3: s3.requests } };
    };
    const apart = await measure("truncated");
    const shared = await measure("auto");
    for (const { sourceName, access } of shared.arrived) {
      assert.equal(access, sourceName === "alone" ? "truncated" : "cloud", sourceName);
    }
    assert(shared.received < 0.7 * apart.received, `${shared.received} of ${apart.received} bytes`);
    assert.equal(
      shared.requests.cutout,
      shared.arrived.filter((event) => event.sourceName === "alone").length,
    );
    const images = shared.arrived.filter((event) => event.sourceName === "c0").length;
    assert(shared.requests.s3 <= 14 * images, `${shared.requests.s3} requests for ${images} images`);
    assert.deepEqual(currentRows(`${folder}/auto/project`), currentRows(`${folder}/truncated/project`));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
