import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { syncCalibrations } from "../../lib/workflow/calibrations.ts";
import { validateProject } from "../../lib/workflow/validate_project.ts";
import {
  archiveConfig,
  benchTests,
  currentRows,
  queryProject,
  recordRun,
  startSmallArchive,
} from "./project_fixture.ts";

benchTests("What a run needs", {
  "run() fails before any cutout is asked for when all calibration is missing, with the command": async (
    bench,
  ) => {
    const project = await bench.project("discovered");
    await assert.rejects(
      recordRun({ project, downloadMissing: true }),
      (error) =>
        isTaggedError(error, "calibration/missing") &&
        /calibration sync --project .* --product required/.test(error.hint!) &&
        /--sync-calibration/.test(error.hint!),
    );
    assert.deepEqual(bench.archive.requests, []);
  },

  "run() leaves out the detectors without calibration and measures the others": async (
    bench,
  ) => {
    const project = await bench.project("discovered");
    await syncCalibrations({ project, detectors: [2] });
    bench.archive.resetCounts();
    const { status, counts, plan, hints } = await recordRun({ project });
    assert.equal(status, "partial_success");
    assert(plan.calibrationMissing > 0 && plan.calibrationMissing < plan.items);
    assert.equal(counts.blocked.calibrationMissing, plan.calibrationMissing);
    assert.equal(counts.measured, plan.items - plan.calibrationMissing);
    assert(bench.archive.requests.every(({ url }) => /D2_spx/.test(url)), "no cutout of detector 5");
    assert.match(hints.join("\n"), /calibration sync/);
    assert.deepEqual(
      queryProject(
        project,
        "SELECT DISTINCT state FROM work_items JOIN products USING (product_id) WHERE detector = 5",
      ),
      [{ state: "calibration_missing" }],
    );

    const completed = await recordRun({ project, syncCalibration: true });
    assert.deepEqual([completed.status, completed.counts.measured], ["success", plan.calibrationMissing]);
  },

  "run() fails without discovery, with the command": async (bench) => {
    const project = await bench.project("new");
    await assert.rejects(
      recordRun({ project, downloadMissing: true }),
      (error) =>
        isTaggedError(error, "discovery/missing") &&
        /spxcutdb discover --project .* --resume/.test(error.hint!) &&
        /--discover/.test(error.hint!),
    );
    assert.deepEqual(bench.archive.requests, []);
    assert.deepEqual(queryProject(project, "SELECT status FROM runs"), [{ status: "failed" }]);
  },

  "run() says that discovery failed when it was asked for and no source was answered": async (bench) => {
    const project = await bench.project("new");
    await using failing = await startSmallArchive({
      faults: { decide: ({ route }) => route === "sia" ? "status-503" : undefined },
    });
    await assert.rejects(
      recordRun({ project, discover: true, config: archiveConfig(failing) }),
      (error) => isTaggedError(error, "discovery/missing") && /summary .*--failed-only/.test(error.hint!),
    );
  },

  "syncCalibrations() fetches a file once, and again when it is gone from the cache": async (bench) => {
    const project = await bench.project("calibrated");
    const second = await syncCalibrations({ project });
    assert.deepEqual([second.ready, second.downloaded, second.failed], [4, 0, 0]);
    const [file] = queryProject(project, "SELECT relative_path FROM calibration_products LIMIT 1");
    Deno.removeSync(`${project}/${file!["relative_path"]}`);
    const third = await syncCalibrations({ project });
    assert.deepEqual([third.ready, third.downloaded, third.failed], [4, 1, 0]);
  },

  "syncCalibrations() names the product that was probably meant": async (bench) => {
    const project = await bench.project("calibrated");
    await assert.rejects(
      syncCalibrations({ project, products: ["spectral_wsc"] }),
      (error) => isTaggedError(error, "usage/unknown-product") && /spectral_wcs/.test(error.hint!),
    );
  },

  "validateProject() finds a prepared project sound and tells its limits, and changes nothing": async (
    bench,
  ) => {
    const project = await bench.project("calibrated");
    const found = await validateProject({ project });
    assert.deepEqual([found.targets, found.catalogProblems, found.databaseProblems], [2, [], []]);
    assert.equal(found.error, undefined);
    assert(found.limits["fitWorkers"]! >= 1);
    assert.deepEqual(queryProject(project, "SELECT count(*) AS n FROM runs WHERE command LIKE 'valid%'"), [{
      n: 0,
    }]);
  },

  "validateProject() tells all errors of another catalog at once, with their lines": async (bench) => {
    const project = await bench.project("calibrated");
    const catalog = `${project}/../other.csv`;
    Deno.writeTextFileSync(catalog, "Name,RA_deg,DEC_deg\nA,10,95\nB,nonsense,0\nB,12,3\n");
    const { error, catalogProblems, targets } = await validateProject({ project, catalog });
    assert(isTaggedError(error, "catalog"));
    assert.deepEqual(catalogProblems.map(({ line }) => line), [2, 3, 4]);
    assert(targets < 3);
  },

  "run() notices at planning that a registered file is gone, and only where it is needed": async (bench) => {
    const project = await bench.project("measured");
    const rows = currentRows(project);
    const [{ path }] = queryProject(
      project,
      "SELECT relative_path AS path FROM calibration_products WHERE product = 'spectral_wcs' AND detector = 5",
    ) as [{ path: string }];
    Deno.removeSync(`${project}/${path}`);
    bench.archive.resetCounts();
    const idle = await recordRun({ project });
    assert.deepEqual([idle.status, idle.plan.photometryValid], ["success", rows.length]);
    const config = { "photometry.detection_snr_threshold": 4 };
    const { plan, reasons, counts, hints } = await recordRun({ project, config, explain: true });
    assert(plan.calibrationMissing > 0 && plan.calibrationMissing < rows.length);
    assert.equal(counts.blocked.calibrationMissing, plan.calibrationMissing);
    const lost = reasons.filter(({ state }) => state === "calibration_missing");
    for (const { reason } of lost) {
      assert.match(reason, /^the calibration file spectral_wcs_D5.*\.fits is gone/);
    }
    assert.match(hints.join(), /calibration sync/);
    const again = await recordRun({ project, config, syncCalibration: true });
    assert.deepEqual([again.status, again.plan.calibrationMissing], ["success", 0]);
    assert.equal(currentRows(project).length, rows.length);
  },
});
