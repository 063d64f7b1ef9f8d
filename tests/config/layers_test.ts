import assert from "node:assert/strict";
import fc from "fast-check";
import { TaggedError } from "../../lib/core/errors.ts";
import { CONFIG_KEYS, nestValues, valueAt } from "../../lib/config/config_keys.ts";
import { type ConfigLayers, loadConfig } from "../../lib/config/layers.ts";
import { DEFAULT_CONFIG } from "../../lib/config/schema.ts";
import { TemporaryFolder } from "../files/temporary_folder.ts";

/** The error of loading a project file with this text, its paths made short. */
async function errorOf(projectText: string, layers: ConfigLayers = {}): Promise<TaggedError> {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(folder.at("p.yaml"), projectText);
  try {
    await loadConfig({ projectFile: folder.at("p.yaml"), ...layers });
  } catch (error) {
    assert(error instanceof TaggedError, String(error));
    const message = error.message.replaceAll(folder.at(""), "");
    return new TaggedError(error.code, message, { hint: error.hint ?? "", context: error.context });
  }
  throw new Error("The configuration was accepted");
}

Deno.test("loadConfig() without layers gives the defaults of the tutorial", async () => {
  const { config, origins } = await loadConfig();
  assert.deepEqual(config, DEFAULT_CONFIG);
  assert(Object.values(origins).every((origin) => origin === "default"));
  const { download, photometry, runtime, cutouts, cleanup } = config;
  assert.deepEqual(
    [
      download.max_workers,
      download.concurrency,
      download.per_host_rate_limit_per_second,
      download.per_host_max_concurrency,
      photometry.qa.full_plot_workers,
      runtime.max_download_workers,
      runtime.max_fit_workers,
      runtime.max_source_workers,
      runtime.max_inflight_cutouts,
      runtime.max_live_cutout_gb,
      runtime.max_open_fits_files,
      runtime.max_image_workers_per_source,
      runtime.global_max_network_requests,
      runtime.global_max_open_fits_files,
    ],
    [64, 4096, 4096, 2048, 32, 32, 32, 64, 512, 10, 512, 432, 2048, 512],
  );
  assert.equal(cutouts.default_size_arcsec, 60);
  assert.deepEqual(cleanup, { cutouts: "success-after-source", keep_failed_cutouts: true });
});

Deno.test("loadConfig() lets flags win over the batch file, that over the project, that over the defaults", async () => {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(
    folder.at("p.yaml"),
    "runtime: { max_fit_workers: 1, max_source_workers: 2, max_inflight_cutouts: 40 }\n",
  );
  Deno.writeTextFileSync(
    folder.at("b.yaml"),
    "runtime:\n  max_source_workers: 20\n  max_inflight_cutouts: 50\n",
  );
  const { config, origins, overrides } = await loadConfig({
    projectFile: folder.at("p.yaml"),
    batchFile: folder.at("b.yaml"),
    overrides: { "runtime.max_inflight_cutouts": 60, "cleanup.cutouts": undefined },
  });
  const { runtime } = config;
  assert.deepEqual([runtime.max_fit_workers, runtime.max_source_workers, runtime.max_inflight_cutouts], [
    1,
    20,
    60,
  ]);
  assert.equal(runtime.max_download_workers, 32);
  assert.deepEqual(
    ["max_fit_workers", "max_source_workers", "max_inflight_cutouts", "max_download_workers"].map((name) =>
      origins[`runtime.${name}`]
    ),
    ["project", "batch", "flag", "default"],
  );
  assert.deepEqual(overrides, { "runtime.max_inflight_cutouts": 60 });
});

Deno.test("loadConfig() replaces lists and records as a whole", async () => {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(
    folder.at("p.yaml"),
    "discovery: { collections: [spherex_qr2] }\ndownload: { retry: { attempts: 9 } }\n",
  );
  const { config } = await loadConfig({ projectFile: folder.at("p.yaml") });
  assert.deepEqual(config.discovery.collections, ["spherex_qr2"]);
  assert.equal(config.download.retry.attempts, 9);
  assert.deepEqual(config.download.retry.backoff_seconds, DEFAULT_CONFIG.download.retry.backoff_seconds);
});

Deno.test("loadConfig() takes a section that is left empty as saying nothing", async () => {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(folder.at("p.yaml"), "runtime:\nphotometry:\n  psf:\n  # nothing yet\n");
  assert.deepEqual((await loadConfig({ projectFile: folder.at("p.yaml") })).config, DEFAULT_CONFIG);
  Deno.writeTextFileSync(folder.at("p.yaml"), "# only a comment\n");
  assert.deepEqual((await loadConfig({ projectFile: folder.at("p.yaml") })).config, DEFAULT_CONFIG);
});

Deno.test("loadConfig() tells all problems at once, each at its place", async (t) => {
  const error = await errorOf(
    `runtime:
  max_fit_wokers: 4
  max_fit_workers: '4'
max_inflight_cutouts: 3
cleanup: { cutouts: success-after-sorce, keep_failed_cutouts: yes }
wrkflow: {}
download:
  max_workers: 0
  retry: 5
  read_timeout_sec: .inf
catalog:
  path: ''
  source_id_column: "a\\nb"
__proto__: { x: 1 }
constructor: 1
photometry:
  psf:
    core_shift_pixels: [1]
    interpolation:
  masks: { fit_exclude_bits: [hot] }
  code_version: photometry_psf_wls_v3
project: { data_root: ../x, log_root: /var/log }
discovery: { sia_endpoint: 'ftp://x', collections: [] }
cutouts:
  append_query_parameters: { center: '{ra}' }
`,
    { overrides: { "runtime.max_ft_workers": 3, "runtime.max_fit_workers": "many" } },
  );
  assert.equal((error.context["problems"] as unknown[]).length, 24);
  await t.assertSnapshot(error.message);
});

Deno.test("loadConfig() gives a lone problem its code, place and hint", async () => {
  const unknown = await errorOf("runtime:\n  max_fit_wokers: 4\n");
  assert.equal(unknown.code, "config/unknown-key");
  assert.equal(unknown.message, "p.yaml:2:3: Unknown key runtime.max_fit_wokers");
  assert.equal(unknown.hint, "Did you mean runtime.max_fit_workers?");
  const invalid = await errorOf("runtime:\n  max_fit_workers: many\n");
  assert.equal(invalid.code, "config/invalid-value");
  assert.equal(invalid.message, 'p.yaml:2:20: runtime.max_fit_workers is "many": expected a number');
});

Deno.test("loadConfig() tells of wrong values that a later layer would hide", async () => {
  const error = await errorOf("runtime: { max_fit_workers: many }", {
    overrides: { "runtime.max_fit_workers": 2 },
  });
  assert.equal(error.code, "config/invalid-value");
});

Deno.test("loadConfig() names the project's own limits for a cutout size that is too large", async () => {
  for (const size of [5000, 999999]) {
    const error = await errorOf(`cutouts: { default_size_arcsec: ${size} }`);
    assert.match(error.message, /to cutouts\.max_size_arcsec \(3600\)/);
  }
});

Deno.test("loadConfig() finds the right key in another section", async () => {
  const error = await errorOf("workflow:\n  default_size_arcsec: 60\n");
  assert.equal(error.hint, "Did you mean cutouts.default_size_arcsec?");
});

Deno.test("loadConfig() refuses text that is no YAML, duplicate keys and several documents", async () => {
  for (const text of ["a: [1, 2", "a: 1\na: 2\n", "a: 1\n---\nb: 1\n", "\t- x", "a: &x [*x]"]) {
    const error = await errorOf(text);
    assert(["config/invalid-yaml", "config/unknown-key"].includes(error.code), error.message);
  }
  assert.match((await errorOf("- 1\n- 2\n")).message, /expected sections/);
  assert.match((await errorOf("only text")).message, /expected sections/);
  assert.match(
    (await errorOf("runtime:\n  max_fit_workers: 1\n  max_fit_workers: 2\n")).message,
    /^p\.yaml:3:3: Cannot read the YAML: .*unique/,
  );
});

Deno.test("loadConfig() survives files that are made to exhaust their reader", async () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `l${i}: &l${i} [${Array(9).fill(i === 0 ? "x" : `*l${i - 1}`).join(",")}]`,
  );
  assert.match((await errorOf(levels.join("\n"))).message, /more than 20000 values/);
  assert.equal((await errorOf("[".repeat(50_000))).code, "config/invalid-yaml");
  assert.match((await errorOf(`a: ${"[".repeat(100)}${"]".repeat(100)}`)).message, /deeper than 32/);
  assert.equal((await errorOf(`# ${"x".repeat(1 << 18)}`)).code, "config/too-large");
});

Deno.test("loadConfig() does not let a file reach prototypes", async () => {
  const error = await errorOf(
    "__proto__: { polluted: true }\nruntime: { __proto__: { max_fit_workers: 1 } }\n",
  );
  assert.equal(error.code, "config/unknown-key");
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  for (const key of ["__proto__.polluted", "constructor.prototype.polluted", "runtime.__proto__"]) {
    await assert.rejects(loadConfig({ overrides: { [key]: true } }), /Unknown key/);
  }
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

Deno.test("loadConfig() says which file is missing and what makes one", async () => {
  const project = await loadConfig({ projectFile: "/none/spherex_cutoutdb.yaml" }).catch((error) => error);
  assert.equal(project.code, "project/not-found");
  assert.match(project.hint, /spxcutdb init/);
  const batch = await loadConfig({ batchFile: "/none/batch.yaml" }).catch((error) => error);
  assert.equal(batch.code, "config/not-found");
});

Deno.test("batch_config.example.yaml loads, as a preset over the defaults", async () => {
  const { config, origins } = await loadConfig({
    batchFile: new URL("../../batch_config.example.yaml", import.meta.url).pathname,
  });
  assert.deepEqual([config.runtime.max_fit_workers, config.cutouts.min_size_arcsec], [4, 20]);
  assert.equal(origins["cleanup.cutouts"], "batch");
});

/** Keys with other values than their defaults. */
const OTHER_VALUES: Readonly<Record<string, unknown>> = {
  "runtime.max_fit_workers": 3,
  "runtime.max_live_cutout_gb": 1.5,
  "project.name": "my project: #1",
  "catalog.pm_ra_column": "pmRA",
  "cleanup.keep_failed_cutouts": false,
  "discovery.collections": ["spherex_qr3"],
  "photometry.psf.core_shift_pixels": [0.1, -0.2],
  "calibration.release": "QR3",
};

Deno.test("loadConfig() chooses each key's value by precedence, whatever the layers hold", async () => {
  const layer = fc.subarray(Object.keys(OTHER_VALUES));
  await fc.assert(
    fc.asyncProperty(layer, layer, async (inProject, inFlags) => {
      using folder = new TemporaryFolder();
      const values = nestValues(inProject.map((key) => [key, OTHER_VALUES[key]] as const));
      Deno.writeTextFileSync(folder.at("p.yaml"), JSON.stringify(values));
      const overrides = Object.fromEntries(inFlags.map((key) => [key, valueAt(DEFAULT_CONFIG, key)]));
      const { config, origins } = await loadConfig({ projectFile: folder.at("p.yaml"), overrides });
      for (const { key, defaultValue } of CONFIG_KEYS) {
        const isOther = inProject.includes(key) && !inFlags.includes(key);
        assert.deepEqual(valueAt(config, key), isOther ? OTHER_VALUES[key] : defaultValue, key);
        assert.equal(origins[key], inFlags.includes(key) ? "flag" : isOther ? "project" : "default");
      }
    }),
    { numRuns: 25 },
  );
});
