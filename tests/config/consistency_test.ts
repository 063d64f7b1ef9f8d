import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { loadConfig } from "../../lib/config/layers.ts";
import { TemporaryFolder } from "../files/temporary_folder.ts";

/** The message of a configuration that contradicts itself, or "fine". */
async function verdict(overrides: Record<string, unknown>): Promise<string> {
  try {
    await loadConfig({ overrides });
    return "fine";
  } catch (error) {
    assert(isTaggedError(error, "config/inconsistent"), String(error));
    return error.message;
  }
}

Deno.test("cutout sizes must be in order", async () => {
  assert.match(
    await verdict({ "cutouts.default_size_arcsec": 5 }),
    /default_size_arcsec is 5: expected a size from .*\(6\) to .*\(3600\)/,
  );
  assert.match(await verdict({ "cutouts.max_size_arcsec": 50 }), /default_size_arcsec is 60/);
  assert.match(
    await verdict({ "cutouts.min_size_arcsec": 100, "cutouts.max_size_arcsec": 90 }),
    /min_size_arcsec is 100, above/,
  );
  assert.equal(await verdict({ "cutouts.min_size_arcsec": 60, "cutouts.max_size_arcsec": 60 }), "fine");
});

Deno.test("limits that the user sets must agree; a default gives way", async () => {
  assert.equal(await verdict({ "runtime.global_max_open_fits_files": 8 }), "fine");
  assert.equal(
    await verdict({ "runtime.max_open_fits_files": 9, "runtime.global_max_open_fits_files": 8 }),
    "runtime.max_open_fits_files is 9, above runtime.global_max_open_fits_files, which is 8",
  );
  assert.match(
    await verdict({ "download.max_workers": 10, "download.concurrency": 4 }),
    /download.max_workers is 10/,
  );
});

Deno.test("nothing that is kept may lie where cutouts are removed", async () => {
  assert.match(
    await verdict({ "photometry.output_root": "data/results" }),
    /photometry.output_root is data\/results, inside project.data_root/,
  );
  assert.match(await verdict({ "project.data_root": "." }), /5 problems/);
  assert.equal(await verdict({ "photometry.output_root": "database" }), "fine");
});

Deno.test("lists name things once, the fit box is odd, and cutout requests say where and how large", async () => {
  assert.match(
    await verdict({ "discovery.collections": ["a", "b", "a"] }),
    /discovery.collections names a twice/,
  );
  assert.match(await verdict({ "photometry.fit_box_pixels": 14 }), /expected an odd number/);
  assert.match(
    await verdict({ "cutouts.append_query_parameters": { center: "{ra_deg},{dec_deg}" } }),
    /uses \{size_deg\} nowhere/,
  );
});

Deno.test("an inconsistency is told at the place of the value that is wrong", async () => {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(
    folder.at("b.yaml"),
    "cutouts:\n  max_size_arcsec: 100\n  default_size_arcsec: 200\n",
  );
  await assert.rejects(
    loadConfig({ batchFile: folder.at("b.yaml") }),
    (error) =>
      isTaggedError(error) &&
      error.message.startsWith(`${folder.at("b.yaml")}:3:24: cutouts.default_size_arcsec is 200`),
  );
});
