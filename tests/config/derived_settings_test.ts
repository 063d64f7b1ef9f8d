import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { discoveryRetry, httpClientOptions } from "../../lib/config/http_settings.ts";
import { loadConfig } from "../../lib/config/layers.ts";
import { photometrySettings } from "../../lib/config/photometry_settings.ts";
import { projectPaths } from "../../lib/config/project_paths.ts";
import { resolveCutoutSize } from "../../lib/config/resolve_cutout_size.ts";
import { runtimeLimits } from "../../lib/config/runtime_limits.ts";
import { DEFAULT_CONFIG } from "../../lib/config/schema.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS } from "../../lib/photometry/settings.ts";
import { PIXEL_FLAGS } from "../../lib/spherex/pixel_flags.ts";
import { TemporaryFolder } from "../files/temporary_folder.ts";

Deno.test("photometrySettings() of the defaults are the kernel's own defaults", () => {
  assert.deepEqual(photometrySettings(DEFAULT_CONFIG, PIXEL_FLAGS), DEFAULT_PHOTOMETRY_SETTINGS);
});

Deno.test("photometrySettings() turns flag names into bits and names those that do not exist", async () => {
  const { config } = await loadConfig({
    overrides: { "photometry.masks.fit_exclude_bits": ["HOT", "COLD"] },
  });
  assert.equal(photometrySettings(config, PIXEL_FLAGS).masks.fitExcludeMask, 2 ** 10 + 2 ** 11);
  const wrong = await loadConfig({
    overrides: { "photometry.masks.science_blocker_bits": ["HOT", "NONFUNK"] },
  });
  assert.throws(
    () => photometrySettings(wrong.config, PIXEL_FLAGS),
    (error) => isTaggedError(error, "config/invalid-value") && error.hint === "Did you mean NONFUNC?",
  );
});

Deno.test("runtimeLimits() takes all ceilings together and never more workers than processors", async () => {
  const limits = runtimeLimits(DEFAULT_CONFIG, 2);
  assert.deepEqual(limits, {
    downloadWorkers: 32,
    fitWorkers: 2,
    sourceWorkers: 64,
    imageWorkersPerSource: 432,
    plotWorkers: 2,
    inflightCutouts: 512,
    liveCutoutBytes: 10e9,
    openFitsFiles: 512,
    networkRequests: 2048,
    networkRequestsPerHost: 2048,
  });
  const { config } = await loadConfig({
    overrides: {
      "runtime.global_max_network_requests": 8,
      "runtime.global_max_open_fits_files": 1,
      "runtime.max_live_cutout_gb": 0.001,
    },
  });
  const tight = runtimeLimits(config, 64);
  assert.deepEqual([
    tight.downloadWorkers,
    tight.networkRequestsPerHost,
    tight.fitWorkers,
    tight.liveCutoutBytes,
  ], [8, 8, 1, 1e6]);
});

Deno.test("httpClientOptions() gives the client its ceilings, times and retries", () => {
  const options = httpClientOptions(DEFAULT_CONFIG, "spxcutdb/1");
  assert.equal(options.userAgent, "spxcutdb/1");
  assert.deepEqual(options.limits, { maxConcurrency: 2048, maxRequestsPerSecond: 4096 });
  assert.equal(options.maxConcurrency, 2048);
  assert.equal(options.timeouts?.readMs, 180_000);
  assert.deepEqual(options.retry?.backoffMs, [1000, 2000, 5000, 15_000]);
  assert.deepEqual(discoveryRetry(DEFAULT_CONFIG).attempts, 3);
});

Deno.test("projectPaths() are absolute and inside the project; the catalog may lie elsewhere", async () => {
  using folder = new TemporaryFolder();
  const { config } = await loadConfig({ overrides: { "catalog.path": "../input_catalog.csv" } });
  const root = folder.at("project");
  const paths = projectPaths(root, config);
  assert.deepEqual(
    [
      paths.configFile,
      paths.database,
      paths.cutouts,
      paths.calibration,
      paths.runLogs,
      paths.runs,
      paths.results,
    ],
    [
      "spherex_cutoutdb.yaml",
      "db/cutoutdb.sqlite",
      "data/cutouts",
      "cache/calibrations",
      "logs/runs",
      "runs",
      "results",
    ]
      .map((path) => `${root}/${path}`),
  );
  assert.equal(paths.catalog, folder.at("input_catalog.csv"));
});

Deno.test("projectPaths() refuses a folder that is a link out of the project", () => {
  using folder = new TemporaryFolder();
  using elsewhere = new TemporaryFolder();
  Deno.symlinkSync(elsewhere.path, folder.at("data"));
  assert.throws(
    () => projectPaths(folder.path, DEFAULT_CONFIG),
    (error) => isTaggedError(error, "storage/outside-project"),
  );
});

Deno.test("resolveCutoutSize() goes through its four steps", async () => {
  using folder = new TemporaryFolder();
  const [projectFile, batchFile] = [folder.at("p.yaml"), folder.at("b.yaml")];
  Deno.writeTextFileSync(projectFile, "cutouts: { default_size_arcsec: 90 }");
  Deno.writeTextFileSync(batchFile, "cutouts: { default_size_arcsec: 120 }");
  const both = await loadConfig({ projectFile, batchFile });
  assert.deepEqual(resolveCutoutSize(45, both), { sizeArcsec: 45, origin: "catalog" });
  assert.deepEqual(resolveCutoutSize(null, both), { sizeArcsec: 120, origin: "batch" });
  assert.deepEqual(resolveCutoutSize(undefined, await loadConfig({ projectFile })), {
    sizeArcsec: 90,
    origin: "project",
  });
  assert.deepEqual(resolveCutoutSize(null, await loadConfig()), { sizeArcsec: 60, origin: "default" });
});

Deno.test("resolveCutoutSize() refuses a row's size outside of the limits", async () => {
  const effective = await loadConfig();
  for (const size of [5.9, 3601, NaN, -60]) {
    assert.throws(
      () => resolveCutoutSize(size, effective),
      (error) => isTaggedError(error, "catalog/cutout-size"),
    );
  }
});
