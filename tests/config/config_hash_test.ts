import assert from "node:assert/strict";
import { loadConfig } from "../../lib/config/layers.ts";
import { TemporaryFolder } from "../files/temporary_folder.ts";

/** Both hashes with these values. */
async function hashes(
  overrides: Record<string, unknown> = {},
): Promise<{ hash: string; photometryHash: string }> {
  const { hash, photometryHash } = await loadConfig({ overrides });
  return { hash, photometryHash };
}

Deno.test("configHash() is the same for the same values, however they are written", async () => {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(
    folder.at("a.yaml"),
    "runtime:\n  max_live_cutout_gb: 5.0 # less\n  max_fit_workers: 4\n",
  );
  Deno.writeTextFileSync(folder.at("b.yaml"), "{runtime: {max_fit_workers: 0x4, max_live_cutout_gb: 5}}");
  const first = await loadConfig({ projectFile: folder.at("a.yaml") });
  const second = await loadConfig({ batchFile: folder.at("b.yaml") });
  assert.equal(first.hash, second.hash);
  assert.match(first.hash, /^[0-9a-f]{64}$/);
  assert.notEqual(first.hash, (await hashes()).hash);
});

Deno.test("photometryConfigHash() changes with what changes numbers, and with nothing else", async () => {
  const { photometryHash } = await hashes();
  const neutral = {
    "runtime.max_fit_workers": 1,
    "photometry.qa_level": "full",
    "photometry.qa.measurement_plot_dpi": 300,
    "photometry.output_root": "elsewhere",
    "cleanup.cutouts": "never",
  };
  assert.equal((await hashes(neutral)).photometryHash, photometryHash);
  const telling = {
    "photometry.fit_box_pixels": 17,
    "photometry.masks.fit_exclude_bits": ["HOT"],
    "photometry.psf.interpolation": "nearest",
    "photometry.detection_snr_threshold": 5,
  };
  for (const [key, value] of Object.entries(telling)) {
    assert.notEqual((await hashes({ [key]: value })).photometryHash, photometryHash, key);
  }
});
