import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256File } from "../../lib/files/sha256.ts";
import { outputPaths } from "../../lib/outputs/output_paths.ts";
import { publishSource } from "../../lib/outputs/publish_source.ts";
import { rowHashes } from "../../lib/outputs/row_hash.ts";
import { decodeSpectrumCsv } from "../../lib/outputs/spectra_csv.ts";
import { verifyOutputs } from "../../lib/outputs/verify_outputs.ts";
import { decodePng } from "../plot/decode_png.ts";
import { examplePublication, exampleRow, exampleRows } from "./example_rows.ts";
import { expectedOf, fakeFigures, inProject } from "./project_fixture.ts";

Deno.test("publishSource() writes the files of the tutorial, and the manifest vouches for them", async () => {
  await inProject(async (projectRoot) => {
    const input = examplePublication();
    const manifest = await publishSource(input, { projectRoot });
    const paths = outputPaths("TDE_2025aarm");
    assert.deepEqual(Object.values(paths), [
      "results/spectra/TDE_2025aarm.csv",
      "results/plots/TDE_2025aarm_sed.png",
      "results/plots/TDE_2025aarm_sed.svg",
      "results/qa/TDE_2025aarm/TDE_2025aarm_qa_summary.png",
      "results/provenance/TDE_2025aarm_provenance.json",
      "results/provenance/TDE_2025aarm_measurement_index.json",
      "results/provenance/TDE_2025aarm_output_manifest.json",
    ]);
    for (const file of Object.values(manifest.files)) {
      assert.equal(await sha256File(join(projectRoot, file.path)), file.sha256);
    }
    assert.equal(decodePng(await Deno.readFile(join(projectRoot, paths.sed))).width, 1050);
    assert.equal(decodePng(await Deno.readFile(join(projectRoot, paths.qa))).width, 1050);
    assert.equal(decodeSpectrumCsv(await Deno.readTextFile(join(projectRoot, paths.csv))).length, 12);
    const { current, reasons } = await verifyOutputs(expectedOf(input), { projectRoot });
    assert.deepEqual(reasons, []);
    assert(current);
  });
});

Deno.test("publishSource() gives the same bytes when it is done again", async () => {
  const hashes = () =>
    inProject((projectRoot) =>
      publishSource(examplePublication({ rows: exampleRows(5) }), { projectRoot, resultsDirectory: "out" })
    );
  assert.deepEqual(await hashes(), await hashes());
});

Deno.test("publishSource() gives the same manifest for a fresh row and for the row read back as JSON", async () => {
  const rows = [exampleRow({ selected_snr: NaN, ra_deg: -0, photometry_flags: "" })];
  const stored = JSON.parse(JSON.stringify(rows));
  const [fresh, rebuilt] = await Promise.all(
    [rows, stored].map((some) =>
      inProject((projectRoot) =>
        publishSource(examplePublication({ rows: some }), { projectRoot, renderFigures: fakeFigures })
      )
    ),
  );
  assert.deepEqual(fresh, rebuilt);
});

Deno.test("publishSource() writes the manifest last, so that a crash leaves outputs that are not current", async () => {
  await inProject(async (projectRoot) => {
    const first = examplePublication();
    await publishSource(first, { projectRoot, renderFigures: fakeFigures });
    const second = examplePublication({ rows: exampleRows(13) });
    const paths = outputPaths("TDE_2025aarm");
    // A folder in the place of the index makes the last file before the manifest fail.
    await Deno.remove(join(projectRoot, paths.index));
    await Deno.mkdir(join(projectRoot, paths.index, "blocked"), { recursive: true });
    await assert.rejects(publishSource(second, { projectRoot, renderFigures: fakeFigures }));
    await Deno.remove(join(projectRoot, paths.index), { recursive: true });
    for (const input of [first, second]) {
      assert(!(await verifyOutputs(expectedOf(input), { projectRoot })).current);
    }
    await publishSource(second, { projectRoot, renderFigures: fakeFigures });
    assert((await verifyOutputs(expectedOf(second), { projectRoot })).current);
  });
});

Deno.test("publishSource() publishes a source without a single measurement", async () => {
  await inProject(async (projectRoot) => {
    const input = examplePublication({ rows: [] });
    const manifest = await publishSource(input, { projectRoot });
    assert.equal(manifest.measurement_row_count, 0);
    assert((await verifyOutputs(expectedOf(input), { projectRoot })).current);
  });
});

Deno.test("publishSource() carries awkward names into every file unharmed", async () => {
  await inProject(async (projectRoot) => {
    const sourceName = 'NGC "6888", <β> & 銀河\u2028\tx';
    const source = { ...examplePublication().source, sourceName, slug: "NGC_6888~0123456789ab" };
    const input = examplePublication({ source, rows: [exampleRow({ source_name: sourceName })] });
    const manifest = await publishSource(input, { projectRoot });
    const read = (file: { path: string }) => Deno.readTextFile(join(projectRoot, file.path));
    assert.equal(decodeSpectrumCsv(await read(manifest.files.csv))[0]!["source_name"], sourceName);
    assert.equal(JSON.parse(await read(manifest.files.provenance)).source.source_name, sourceName);
    assert.equal(JSON.parse(await read(manifest.files.index)).source_name, sourceName);
    assert.match(await read(manifest.files.sed_svg), /NGC &quot;6888&quot;, &lt;β&gt; &amp; 銀河/);
    assert((await verifyOutputs(expectedOf(input), { projectRoot })).current);
  });
});

Deno.test("publishSource() writes nothing outside of the project", async () => {
  await inProject(async (projectRoot) => {
    const source = { ...examplePublication().source, slug: "../../../../escape" };
    await assert.rejects(
      publishSource(examplePublication({ source }), { projectRoot, renderFigures: fakeFigures }),
      { code: "storage/outside-project" },
    );
  });
});

Deno.test("publishSource() refuses two rows with one id", async () => {
  await inProject(async (projectRoot) => {
    const rows = [exampleRow(), exampleRow()];
    await assert.rejects(publishSource(examplePublication({ rows }), { projectRoot }), RangeError);
  });
});

Deno.test("the measurement index leads from an id to its line in the CSV and its inputs", async () => {
  await inProject(async (projectRoot) => {
    const input = examplePublication();
    const manifest = await publishSource(input, { projectRoot, renderFigures: fakeFigures });
    const index = JSON.parse(await Deno.readTextFile(join(projectRoot, manifest.files.index.path)));
    const rows = decodeSpectrumCsv(await Deno.readTextFile(join(projectRoot, index.csv_path)));
    for (const id of rowHashes(input.rows).keys()) {
      const entry = index.measurements[id];
      assert.equal(rows[entry.csv_row - 1]!["measurement_id"], id);
      assert.equal(entry.cutout_key, "c-1");
      assert.equal(entry.qa_plot_path, null);
    }
  });
});

Deno.test("the provenance keeps failures and what each measurement was made from", async (t) => {
  await inProject(async (projectRoot) => {
    const input = examplePublication({ rows: exampleRows(2) });
    const manifest = await publishSource(input, { projectRoot, renderFigures: fakeFigures });
    await t.assertSnapshot(await Deno.readTextFile(join(projectRoot, manifest.files.provenance.path)));
  });
});

Deno.test("publishSource() leaves the quality summary out when told, and an older one does not stay", async () => {
  await inProject(async (projectRoot) => {
    const options = { projectRoot, renderFigures: fakeFigures };
    const whole = await publishSource(examplePublication(), options);
    const path = join(projectRoot, whole.files.qa!.path);
    await Deno.stat(path);
    const compact = await publishSource(examplePublication({ qaSummary: false }), options);
    assert.equal(compact.files.qa, undefined);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    const expected = expectedOf(examplePublication());
    assert.deepEqual(
      (await verifyOutputs({ ...expected, requireQaSummary: false }, { projectRoot })).reasons,
      [],
    );
    assert.deepEqual((await verifyOutputs(expected, { projectRoot })).reasons, [
      "The manifest names no quality summary",
    ]);
  });
});
