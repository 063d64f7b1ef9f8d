import assert from "node:assert/strict";
import { parse } from "yaml";
import { valueAt } from "../../lib/config/config_keys.ts";
import { loadConfig } from "../../lib/config/layers.ts";
import { newProjectFile } from "../../lib/config/project_file.ts";
import { resolveCutoutSize } from "../../lib/config/resolve_cutout_size.ts";
import { DEFAULT_CONFIG } from "../../lib/config/schema.ts";

const TEMPLATE = new URL("../../batch_config.example.yaml", import.meta.url).pathname;

/** "Important package/project defaults" of section 5. */
const DEFAULTS = `
download:
  max_workers: 64
  concurrency: 4096
  per_host_rate_limit_per_second: 4096
  per_host_max_concurrency: 2048
photometry:
  qa:
    full_plot_workers: 32
runtime:
  max_download_workers: 32
  max_fit_workers: 32
  max_source_workers: 64
  max_inflight_cutouts: 512
  max_live_cutout_gb: 10
  max_open_fits_files: 512
  max_image_workers_per_source: 432
  global_max_network_requests: 2048
  global_max_open_fits_files: 512
`;

/** The run preset of section 5 and the cleanup policy of section 10. */
const PRESET = `
workflow:
  source_chunk_size: 100
  download_missing: true
  skip_valid_measurements: true
  regenerate_missing_outputs: true
cutouts:
  default_size_arcsec: 60
  size_column: cutout_size_arcsec
  min_size_arcsec: 20
  max_size_arcsec: 3600
runtime:
  max_download_workers: 12
  max_fit_workers: 4
  max_source_workers: 1
  max_inflight_cutouts: 256
  max_live_cutout_gb: 5
  max_open_fits_files: 32
cleanup:
  cutouts: success-after-source
  keep_failed_cutouts: true
`;

/** The keys and values of a piece of YAML, sections apart. */
function leaves(values: Record<string, unknown>, prefix = ""): [string, unknown][] {
  return Object.entries(values).flatMap(([name, value]) =>
    typeof value === "object" && value !== null
      ? leaves(value as Record<string, unknown>, `${prefix}${name}.`)
      : [[`${prefix}${name}`, value] as [string, unknown]]
  );
}

/** Writes a project file and a batch file, and removes both at the end of the block. */
class Layers implements Disposable {
  readonly folder = Deno.makeTempDirSync();
  readonly project = `${this.folder}/spherex_cutoutdb.yaml`;
  readonly batch = `${this.folder}/batch.yaml`;

  constructor(project: string, batch: string) {
    Deno.writeTextFileSync(this.project, project);
    Deno.writeTextFileSync(this.batch, batch);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("The defaults are those of section 5", () => {
  for (const [key, value] of leaves(parse(DEFAULTS))) assert.equal(valueAt(DEFAULT_CONFIG, key), value, key);
});

Deno.test("The packaged batch template is the preset of section 5", async () => {
  const written = new Map(leaves(parse(await Deno.readTextFile(TEMPLATE))));
  for (const [key, value] of leaves(parse(PRESET))) assert.equal(written.get(key), value, key);
  const { config, origins } = await loadConfig({ batchFile: TEMPLATE });
  assert.equal(config.runtime.max_fit_workers, 4);
  assert.equal(origins["runtime.max_fit_workers"], "batch");
});

Deno.test("Layers win in the order of section 5: defaults, project, batch, flags", async () => {
  using layers = new Layers(
    "runtime:\n  max_fit_workers: 2\n  max_source_workers: 2\n  max_inflight_cutouts: 2\n",
    "runtime:\n  max_source_workers: 3\n  max_inflight_cutouts: 3\n",
  );
  const { config, origins } = await loadConfig({
    projectFile: layers.project,
    batchFile: layers.batch,
    overrides: { "runtime.max_inflight_cutouts": 4 },
  });
  const { max_open_fits_files, max_fit_workers, max_source_workers, max_inflight_cutouts } = config.runtime;
  assert.deepEqual([max_open_fits_files, max_fit_workers, max_source_workers, max_inflight_cutouts], [
    512,
    2,
    3,
    4,
  ]);
  assert.deepEqual(
    ["max_open_fits_files", "max_fit_workers", "max_source_workers", "max_inflight_cutouts"].map((name) =>
      origins[`runtime.${name}`]
    ),
    ["default", "project", "batch", "flag"],
  );
});

Deno.test("A cutout's size is resolved in the four steps of section 5", async () => {
  using layers = new Layers("cutouts:\n  default_size_arcsec: 70\n", "cutouts:\n  default_size_arcsec: 80\n");
  const [projectFile, batchFile] = [layers.project, layers.batch];
  const all = await loadConfig({ projectFile, batchFile });
  assert.deepEqual(resolveCutoutSize(90, all), { sizeArcsec: 90, origin: "catalog" });
  assert.deepEqual(resolveCutoutSize(undefined, all), { sizeArcsec: 80, origin: "batch" });
  assert.deepEqual(resolveCutoutSize(null, await loadConfig({ projectFile })), {
    sizeArcsec: 70,
    origin: "project",
  });
  assert.deepEqual(resolveCutoutSize(null, await loadConfig({})), { sizeArcsec: 60, origin: "default" });
});

Deno.test("A new project's file says 60 arcsec, or what init was told", () => {
  assert.equal(parse(newProjectFile({})).cutouts.default_size_arcsec, 60);
  const file = newProjectFile({ "cutouts.default_size_arcsec": 120 });
  assert.equal(parse(file).cutouts.default_size_arcsec, 120);
});
