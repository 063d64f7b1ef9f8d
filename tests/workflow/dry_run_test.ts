import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { estimateText } from "../../lib/cli/plan_text.ts";
import { plan } from "../../lib/workflow/plan.ts";
import { run } from "../../lib/workflow/run.ts";
import { benchTests, checksumsBelow, filesBelow, recordRun, writeCatalog } from "./project_fixture.ts";

benchTests("run() with dryRun", {
  "tells what would be fetched, asks for nothing and changes nothing": async (bench) => {
    const project = await bench.project("calibrated");
    const before = await checksumsBelow(project);
    const { plan: planned, estimate, runId, status } = await recordRun({ project, dryRun: true });
    assert.deepEqual([status, runId], ["success", null]);
    assert.deepEqual(bench.archive.requests, []);
    assert.deepEqual(await checksumsBelow(project), before);

    const items = planned.cutoutMissingOrInvalid;
    assert(items > 4);
    const { host } = new URL(bench.archive.urls.origin);
    assert.deepEqual(estimate!.hosts, [{ host, requests: items, bytes: items * 5_070_000 }]);
    assert.deepEqual([estimate!.cutouts, estimate!.requests], [items, items]);
    const [route] = estimate!.routes;
    assert.deepEqual([route!.access, route!.cutouts, route!.isSeen], ["cutout", items, false]);
    assert.match(
      estimateText(estimate!),
      new RegExp(`^Fetch +${items} cutouts, ${items} requests, .* MB, about`),
    );
    assert.match(
      estimateText(estimate!),
      /by {6}cutout: .* 3\.4\/s assumed, as nothing came this way yet$/,
    );
  },

  "is right about bytes and requests, and knows the rates of the run afterwards": async (bench) => {
    const project = await bench.project("calibrated");
    const { estimate } = await recordRun({ project, dryRun: true });
    await run({ project, cleanupCutouts: "never" });
    const { cutout } = bench.archive.counts();
    assert.equal(cutout.requests, estimate!.requests);
    assert(
      Math.abs(estimate!.bytes / cutout.bodyBytes - 1) < 0.02,
      `${estimate!.bytes} of ${cutout.bodyBytes}`,
    );
    const again = await recordRun({ project, dryRun: true });
    assert.equal(estimateText(again.estimate!), "Fetch     nothing");

    for (const path of filesBelow(`${project}/data/cutouts`)) {
      Deno.removeSync(`${project}/data/cutouts/${path}`);
    }
    const rerun = { project, dryRun: true, forcePhotometryRerun: true };
    const { estimate: next } = await recordRun(rerun);
    assert.deepEqual([next!.cutouts, next!.routes[0]!.isSeen], [estimate!.cutouts, true]);
    assert(next!.seconds > 0 && next!.seconds < 60, `${next!.seconds} s`);
    assert.match(estimateText(next!), /\/s as in earlier runs$/);
  },

  "takes the catalog as it is now, and fails as a run would": async (bench) => {
    const project = await bench.project("calibrated");
    writeCatalog(project, "Name,RA_deg,DEC_deg\nalpha,68.05,-5.37\n");
    assert.equal((await recordRun({ project, dryRun: true })).plan.sources, 1);
    const bare = await bench.project("discovered");
    const before = await checksumsBelow(bare);
    await assert.rejects(
      run({ project: bare, dryRun: true }),
      (error) => isTaggedError(error, "calibration/missing"),
    );
    const synced = await run({ project: bare, dryRun: true, syncCalibration: true });
    assert.equal(synced.estimate!.cutouts, synced.plan.calibrationMissing);
    assert.deepEqual(await checksumsBelow(bare), before);
    await assert.rejects(
      run({ project: await bench.project("new"), dryRun: true }),
      (error) => isTaggedError(error, "discovery/missing"),
    );
  },

  "counts the questions of a discovery that it would begin with": async (bench) => {
    const project = await bench.project("new");
    const { estimate, plan: planned, hints } = await run({ project, dryRun: true, discover: true });
    assert.deepEqual([estimate!.requests, estimate!.cutouts, planned.items], [2, 0, 0]);
    assert.match(hints[0]!, /^2 sources have not been discovered/);
    assert.deepEqual(bench.archive.requests, []);
  },

  "works while another process holds the project": async (bench) => {
    const project = await bench.project("calibrated");
    let estimated: number | undefined;
    const { counts } = await run({
      project,
      onEvent: (event) => {
        if (event.type === "workflow_runtime") {
          void plan({ project }).then((found) => estimated = found.estimate.cutouts);
        }
      },
    });
    assert.equal(estimated, counts.downloaded);
  },
});

benchTests("plan()", {
  "lists the items with the route and URL of those that would be fetched": async (bench) => {
    const project = await bench.project("calibrated");
    const { items, counts, undiscovered } = await plan({ project, items: true });
    assert.deepEqual([items.length, undiscovered], [counts.items, 0]);
    for (const { state, access, url, detector, localPath } of items) {
      assert.deepEqual([state, access], ["cutout_missing_or_invalid", "cutout"]);
      assert(url!.startsWith(bench.archive.urls.origin));
      assert.match(localPath, new RegExp(`^data/cutouts/.*/D${detector}/`));
    }
    const kept = await plan({ project, items: true, downloadMissing: false });
    assert(kept.items.every(({ access, url }) => access === null && url === null));
    assert.equal(kept.estimate.requests, 0);
  },
});
