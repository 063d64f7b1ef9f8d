import assert from "node:assert/strict";
import { parse } from "yaml";
import { diffConfigs, diffText } from "../../lib/config/diff.ts";
import { loadConfig } from "../../lib/config/layers.ts";
import { editProjectFile, newProjectFile } from "../../lib/config/project_file.ts";
import { renderConfigJson, renderConfigYaml } from "../../lib/config/render.ts";
import { DEFAULT_CONFIG } from "../../lib/config/schema.ts";
import { TemporaryFolder } from "../files/temporary_folder.ts";

/** Loads a project file with this text. */
async function load(text: string) {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(folder.at("p.yaml"), text);
  return await loadConfig({ projectFile: folder.at("p.yaml") });
}

Deno.test("renderConfigYaml() reads back to the same values, with and without comments", async () => {
  for (const descriptions of [false, true]) {
    const text = renderConfigYaml(DEFAULT_CONFIG, { descriptions });
    assert.equal(text.includes("# Workers that measure"), descriptions);
    assert.deepEqual((await load(text)).config, DEFAULT_CONFIG);
  }
  assert.deepEqual(JSON.parse(renderConfigJson(DEFAULT_CONFIG)), DEFAULT_CONFIG);
});

Deno.test("renderConfigYaml() shows what each key means, and where values come from", async (t) => {
  const { config, origins } = await loadConfig({ overrides: { "cleanup.cutouts": "never" } });
  await t.assertSnapshot(renderConfigYaml(DEFAULT_CONFIG, { descriptions: true }));
  assert.match(
    renderConfigYaml(config, { origins }),
    /cutouts: never # flag\n {2}keep_failed_cutouts: true\n/,
  );
});

Deno.test("diffConfigs() lists the keys that differ", async () => {
  const { config, origins } = await loadConfig({
    overrides: {
      "runtime.max_fit_workers": 4,
      "discovery.collections": ["spherex_qr3"],
      "cleanup.cutouts": "success-after-source",
    },
  });
  const differences = diffConfigs(DEFAULT_CONFIG, config, origins);
  assert.deepEqual(differences.map(({ key }) => key), ["discovery.collections", "runtime.max_fit_workers"]);
  assert.equal(
    diffText(differences),
    'discovery.collections: ["spherex_qr2","spherex_qr2_deep","spherex_qr3","spherex_qr3_deep"] -> ["spherex_qr3"]  (flag)\n' +
      "runtime.max_fit_workers: 32 -> 4  (flag)\n",
  );
  assert.equal(diffText(diffConfigs(DEFAULT_CONFIG, DEFAULT_CONFIG)), "");
});

Deno.test("newProjectFile() writes durable keys with their meaning, and loads", async (t) => {
  const text = newProjectFile({
    "catalog.path": "../input_catalog.csv",
    "project.name": "demo",
    "discovery.sia_endpoint": "http://127.0.0.1:9/SIA",
  });
  await t.assertSnapshot(text);
  const { config, origins } = await load(text);
  assert.equal(config.catalog.path, "../input_catalog.csv");
  assert.equal(config.discovery.sia_endpoint, "http://127.0.0.1:9/SIA");
  assert.equal(origins["cutouts.default_size_arcsec"], "project");
  assert.equal(origins["runtime.max_fit_workers"], "default");
  assert.throws(() => newProjectFile({ "catalog.pth": "x" }), RangeError);
});

Deno.test("newProjectFile() quotes values that YAML would read otherwise", () => {
  for (const name of ["yes", "1e5", "null", "a: b", "# x", "- y", "'", '"', "Ünï", "*a", "0x10", "~"]) {
    assert.equal(parse(newProjectFile({ "catalog.source_id_column": name })).catalog.source_id_column, name);
  }
});

Deno.test("editProjectFile() changes values and keeps comments and order", () => {
  const text =
    "# mine\ncutouts:\n  # large, for the galaxy\n  default_size_arcsec: 60 # was 30\ncatalog:\n  path: a.csv\n";
  assert.equal(
    editProjectFile(text, {
      "cutouts.default_size_arcsec": 90,
      "runtime.max_fit_workers": 2,
      "catalog.path": "b.csv",
    }),
    "# mine\ncutouts:\n  # large, for the galaxy\n  default_size_arcsec: 90 # was 30\ncatalog:\n  path: b.csv\nruntime:\n  max_fit_workers: 2\n",
  );
  assert.equal(parse(editProjectFile(text, { "catalog.path": undefined })).catalog?.path, undefined);
  assert.throws(() => editProjectFile(text, { "cutouts.size": 1 }), RangeError);
  assert.throws(() => editProjectFile("a: [", { "cutouts.default_size_arcsec": 1 }), /Cannot edit the YAML/);
});
