import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import { readTable } from "../../lib/fits/read_table.ts";
import { EXPORTED_COLUMNS, EXPORTED_TABLES } from "../../lib/outputs/exported_columns.ts";
import { SPECTRUM_COLUMNS } from "../../lib/outputs/spectrum_columns.ts";
import { PIXEL_FLAGS } from "../../lib/spherex/pixel_flags.ts";
import { EXPORT_FORMATS, exportTables } from "../../lib/workflow/export_tables.ts";
import { openProject } from "../../lib/workflow/open_project.ts";
import { benchTests, filesBelow, queryProject } from "./project_fixture.ts";

/** The lines of a CSV file as records. */
function recordsOf(path: string): Record<string, string>[] {
  return parse(Deno.readTextFileSync(path), { columns: true });
}

benchTests("exportTables()", {
  "writes every table in every format, with as many rows in each": async (bench) => {
    const project = await bench.project("measured");
    for (const table of EXPORTED_TABLES) {
      const rows = new Set<number>();
      for (const format of EXPORT_FORMATS) {
        const { files } = await exportTables({ project, table, format });
        assert.equal(files.length, 1);
        assert.equal(Deno.statSync(files[0]!.path).size, files[0]!.bytes);
        rows.add(files[0]!.rows);
      }
      assert.equal(rows.size, 1, table);
    }
    assert.equal(
      filesBelow(`${project}/results/exports`).length,
      EXPORTED_TABLES.length * EXPORT_FORMATS.length,
    );
  },

  "gives the published spectra, cell by cell, and the names of their flags": async (bench) => {
    const project = await bench.project("measured");
    const { files } = await exportTables({ project, format: "csv", perSource: true });
    assert.deepEqual(files.map((file) => file.path), [
      `${project}/results/exports/spectra/alpha.csv`,
      `${project}/results/exports/spectra/beta.csv`,
    ]);
    const exported = recordsOf(files[0]!.path);
    const published = recordsOf(`${project}/results/spectra/alpha.csv`);
    assert.ok(published.length > 0);
    assert.deepEqual(
      exported.map(({ image_flags_footprint_names: _, ...row }) => row),
      published,
    );
    for (const row of exported) {
      const names = PIXEL_FLAGS.decode(Number(row["image_flags_footprint"])).join(";");
      assert.equal(row["image_flags_footprint_names"], names);
    }
  },

  "gives light curves by channel in order of time, and by band": async (bench) => {
    const project = await bench.project("measured");
    const table = async (name: "light_curves" | "band_light_curves") =>
      recordsOf((await exportTables({ project, format: "csv", table: name })).files[0]!.path);
    const points = await table("light_curves");
    using view = await openProject(project);
    const curve = view.lightCurve("alpha");
    assert.deepEqual(
      points.filter((row) => row["source_name"] === "alpha").map((row) => Number(row["flux_uJy"])),
      curve.points.map(({ fluxMicroJy }) => fluxMicroJy),
    );
    for (const row of points) assert.equal(row["mjd_time_scale"], "UTC");
    for (const [n, point] of curve.points.entries()) {
      const before = curve.points[n - 1];
      if (before?.channel === point.channel) assert.ok(before.mjd <= point.mjd);
    }
    const bands = (await table("band_light_curves")).filter((row) => row["source_name"] === "alpha");
    assert.deepEqual(bands.map((row) => Number(row["epoch"])), curve.bands().map(({ epoch }) => epoch));
    assert.equal(
      bands.reduce((sum, row) => sum + Number(row["n_measurements"]), 0),
      curve.points.filter(({ isClean }) => isClean).length,
    );
    assert.match((await curve.plot()).svg, /MJD \(UTC\)/);
    assert.throws(() => view.lightCurve("alhpa"), /alhpa/);
  },

  "adds corrections as columns, names them, and leaves the measured numbers as they are": async (bench) => {
    const project = await bench.project("measured");
    const plain = recordsOf((await exportTables({ project, format: "csv" })).files[0]!.path);
    const corrections = { barycentric: true, extinction: { colorExcess: 0.2 } };
    const { files } = await exportTables({ project, format: "ecsv", corrections });
    const text = Deno.readTextFileSync(files[0]!.path);
    assert.match(text, /"extinction_correction": "Gordon et al. 2023.*E\(B-V\) = 0.2, R\(V\) = 3.1/);
    assert.match(text, /"barycentric_correction": "Velocity of the Earth/);
    const corrected: Record<string, string>[] = parse(text, { columns: true, comment: "#" });
    using view = await openProject(project);
    const rows = ["alpha", "beta"].flatMap((name) => view.spectrum(name).corrected(corrections).rows);
    for (const [n, row] of corrected.entries()) {
      assert.equal(row["selected_flux_uJy"], plain[n]!["selected_flux_uJy"]);
      assert.equal(row["wavelength_um"], plain[n]!["wavelength_um"]);
      assert.equal(Number(row["flux_dereddened_uJy"]), rows[n]!["selected_flux_uJy"]);
      assert.equal(Number(row["wavelength_barycentric_um"]), rows[n]!["wavelength_um"]);
      const velocity = Number(row["velocity_towards_km_s"]);
      assert.ok(Number(row["spacecraft_velocity_km_s"]) !== 0 && Math.abs(velocity) < 38.5);
      assert.ok(Number(row["extinction_mag"]) > 0);
    }
    assert.throws(() => view.spectrum("alpha").corrected(corrections).corrected(corrections), TypeError);
    await assert.rejects(exportTables({ project, format: "csv", table: "sources", corrections }), RangeError);
  },

  "gives the measurements that newer ones replaced, and says that they are not published": async (bench) => {
    const project = await bench.project("measured");
    const [row] = queryProject(project, "SELECT measurement_id AS id FROM measurements ORDER BY 1 LIMIT 1");
    queryProject(project, "UPDATE measurements SET current = 0 WHERE measurement_id = ?", String(row!["id"]));
    const { files } = await exportTables({ project, format: "csv", table: "measurements" });
    const replaced = recordsOf(files[0]!.path).filter((record) => record["is_published"] === "false");
    assert.deepEqual(replaced.map((record) => record["measurement_id"]), [row!["id"]]);
  },

  "bins what is recommended for science into the 102 channels": async (bench) => {
    const project = await bench.project("measured");
    const output = `${bench.folder()}/binned.fits`;
    const { files } = await exportTables({
      project,
      format: "fits",
      table: "binned",
      sourceNames: ["alpha"],
      output,
    });
    assert.deepEqual(files.map(({ path, rows }) => [path, rows]), [[output, 102]]);
    const table = await readTable(
      await (await openFits(memorySource(Deno.readFileSync(output)))).hdu("binned"),
    );
    const counts = (table.column("n_measurements") as { data: BigInt64Array }).data;
    using view = await openProject(project);
    const recommended = view.spectrum("alpha").recommended().rows.length;
    assert.ok(recommended > 0);
    assert.equal(Array.from(counts, Number).reduce((a, b) => a + b), recommended);
    // The same in a notebook.
    const binned = view.spectrum("alpha").binned();
    assert.deepEqual(binned.map((channel) => channel.count), Array.from(counts, Number));
    assert.deepEqual(
      binned.map((channel) => channel.fluxMicroJy),
      Array.from((table.column("flux_uJy") as { data: Float64Array }).data),
    );
  },

  "refuses an unknown source, a misplaced clipSigma and, when stopped, leaves no file": async (bench) => {
    const project = await bench.project("measured");
    await assert.rejects(exportTables({ project, format: "csv", sourceNames: ["gamma"] }), {
      code: "catalog/unknown-source",
    });
    await assert.rejects(exportTables({ project, format: "csv", clipSigma: 3 }), RangeError);
    const stopped = AbortSignal.abort(new Error("Enough"));
    await assert.rejects(exportTables({ project, format: "csv", signal: stopped }), { message: "Enough" });
    assert.deepEqual(filesBelow(`${project}/results/exports`), []);
  },
});

Deno.test("Exported columns have a name of their own, a description and a well-formed UCD", () => {
  for (const [table, columns] of Object.entries(EXPORTED_COLUMNS)) {
    assert.equal(new Set(columns.map((column) => column.name)).size, columns.length, table);
    for (const { name, description, ucd } of columns) {
      assert.match(description, /^[a-zA-Z0-9].*[^.]$/, name);
      assert.match(ucd, /^$|^[a-z]+(\.[a-zA-Z0-9]+)+(;[a-z]+(\.[a-zA-Z0-9]+)*)*$/, name);
    }
  }
  const names = EXPORTED_COLUMNS.spectra.map((column) => column.name);
  assert.deepEqual(names.slice(0, SPECTRUM_COLUMNS.length), SPECTRUM_COLUMNS.map((column) => column.name));
});
