import assert from "node:assert/strict";
import { isTaggedError } from "../../../lib/core/errors.ts";
import type { MeasurementRow } from "../../../lib/outputs/measurement_row.ts";
import { EXPORT_FORMATS, exportTables } from "../../../lib/workflow/export_tables.ts";
import { compareSpectra } from "../../../lib/workflow/compare/compare.ts";
import { openProject } from "../../../lib/workflow/open_project.ts";
import { benchTests, filesBelow } from "../project_fixture.ts";
import { irsaFlux, longForm, wideForm } from "./irsa_table.ts";

async function cleanRows(project: string, name: string): Promise<readonly MeasurementRow[]> {
  using view = await openProject(project);
  return view.spectrum(name).filter((row) => row["qa_grade"] === "A" || row["qa_grade"] === "non_detection")
    .rows;
}

function isCode(code: string): (error: unknown) => boolean {
  return (error) => isTaggedError(error) && error.code === code && (error.hint ?? "") !== "";
}

benchTests("compareSpectra()", {
  "finds a project equal to itself, image by image, and writes table, plots and JSON": async (bench) => {
    const project = await bench.project("measured");
    const result = await compareSpectra({ project, other: project });
    assert.equal(result.matchedBy, "observation");
    assert.equal(result.sources, 2);
    assert.equal(result.pairs.length, result.fluxes);
    assert.ok(result.fluxes > 4);
    assert.deepEqual(result.bands.map(({ detector }) => detector), [2, 5, null]);
    for (const band of result.bands) {
      assert.deepEqual([band.ratioMedian, band.ratioMad, band.pullMean, band.pullWidth], [1, 0, 0, 0]);
    }
    assert.deepEqual(filesBelow(`${project}/results/comparison`), [
      "comparison.csv",
      "comparison.json",
      "comparison.png",
      "comparison.svg",
    ]);
    const lines = Deno.readTextFileSync(`${project}/results/comparison/comparison.csv`).trimEnd().split("\n");
    assert.equal(lines.length, result.pairs.length + 1);
  },

  "reads both forms of the IRSA Spectrophotometry Tool, and what it flags": async (bench) => {
    const project = await bench.project("measured");
    const [alpha, beta] = [await cleanRows(project, "alpha"), await cleanRows(project, "beta")];
    const factor = 1 / 1.25;
    const long = `${project}/../long.csv`;
    const failed = alpha.slice(0, 2).map((row) => ({ ...irsaFlux(row, 9), flags: 2 ** 33 + 2 ** 21 }));
    const good = alpha.slice(2).map((row) => irsaFlux(row, factor));
    Deno.writeTextFileSync(long, longForm([...failed, ...good, ...beta.map((row) => irsaFlux(row, factor))]));
    const fromLong = await compareSpectra({ project, other: long, outputDirectory: null });
    assert.equal(fromLong.pairs.length, alpha.length - 2 + beta.length);
    assert.equal(fromLong.otherKind, "IRSA Spectrophotometry Tool");

    const wide = `${project}/../wide.xml`;
    const sources = [alpha, beta].map((rows) => rows.map((row) => irsaFlux(row, factor)));
    Deno.writeTextFileSync(wide, wideForm(sources));
    const fromWide = await compareSpectra({ project, other: wide, outputDirectory: null });
    assert.equal(fromWide.pairs.length, alpha.length + beta.length);
    assert.equal(fromWide.otherFormat, "VOTable");
    for (const { bands } of [fromLong, fromWide]) {
      assert.ok(Math.abs(bands.at(-1)!.ratioMedian! - 1.25) < 1e-12);
    }
    assert.deepEqual(fromWide.files, []);
  },

  "reads back every format that is exported": async (bench) => {
    const project = await bench.project("measured");
    for (const format of EXPORT_FORMATS) {
      const { files } = await exportTables({ project, format });
      const { bands, matchedBy } = await compareSpectra({
        project,
        other: files[0]!.path,
        outputDirectory: null,
      });
      assert.deepEqual(
        [matchedBy, bands.at(-1)!.ratioMedian, bands.at(-1)!.pullWidth],
        ["observation", 1, 0],
        format,
      );
    }
  },

  "compares means of channels where observations are not told, and converts units": async (bench) => {
    const project = await bench.project("measured");
    const { files } = await exportTables({ project, format: "ecsv", table: "binned" });
    const inMilliJy = Deno.readTextFileSync(files[0]!.path)
      .replace('name: "flux_uJy", unit: "uJy"', 'name: "flux_uJy", unit: "mJy"')
      .replace('name: "flux_err_uJy", unit: "uJy"', 'name: "flux_err_uJy", unit: "mJy"');
    Deno.writeTextFileSync(files[0]!.path, inMilliJy);
    const { bands, matchedBy } = await compareSpectra({
      project,
      other: files[0]!.path,
      outputDirectory: null,
    });
    assert.equal(matchedBy, "channel");
    assert.ok(Math.abs(bands.at(-1)!.ratioMedian! - 1e-3) < 1e-5, String(bands.at(-1)!.ratioMedian));
  },

  "says what is wrong with what it is given": async (bench) => {
    const project = await bench.project("measured");
    const file = `${project}/../other.csv`;
    const write = (text: string) => Deno.writeTextFileSync(file, text);
    const compare = (sourceNames: string[] = []) =>
      compareSpectra({ project, other: file, sourceNames, outputDirectory: null });
    await assert.rejects(compare(), isCode("storage/not-found"));
    write("");
    await assert.rejects(compare(), isCode("usage/not-a-table"));
    write("name,ra\nx,1\n");
    await assert.rejects(compare(), isCode("usage/not-a-spectrum"));
    write("lambda,flux,flux_err\n1.5,100,1\n");
    await assert.rejects(compare(), isCode("usage/which-source"));
    await assert.rejects(compare(["gamma"]), isCode("catalog/unknown-source"));
    write("ra,dec,lambda,flux,flux_err\n10,10,1.5,100,1\n");
    await assert.rejects(compare(), isCode("usage/nothing-to-compare"));
    write(longForm([]));
    await assert.rejects(compare(), isCode("usage/nothing-to-compare"));
    await assert.rejects(
      compareSpectra({ project: await bench.project("new"), other: project, outputDirectory: null }),
      isCode("usage/nothing-to-compare"),
    );
  },
});
