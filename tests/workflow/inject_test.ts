/** Sources of known flux put into the cutouts of a project. */
import assert from "node:assert/strict";
import { inject } from "../../lib/workflow/inject.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import { measureFiles } from "../../lib/workflow/measure_files.ts";
import { readFileList } from "../../lib/workflow/read_file_list.ts";
import { readCsvRecords } from "./spectra_of_project.ts";
import { injectionBins } from "../../lib/workflow/injection_statistics.ts";
import { sha256File } from "../../lib/files/sha256.ts";
import { benchTests } from "./project_fixture.ts";

/** Hashes of all FITS files below a folder. */
async function hashes(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await hashes(path));
    else found.push(await sha256File(path));
  }
  return found.sort();
}

benchTests("inject()", {
  "finds the fluxes that it put in, and leaves the cutouts alone": async (bench) => {
    const project = await bench.project("measured");
    const before = await hashes(`${project}/data/cutouts`);
    const result = await inject({ project, perImage: 40, fluxesMicroJy: [3000] });
    assert.equal(result.skipped, 0);
    assert.equal(result.injected, 40 * result.cutouts);
    const all = result.bins.at(-1)!;
    assert.equal(all.detector, null);
    // Places in one cutout share its pixels, so a dozen cutouts count, not all sources: tolerances are wide.
    assert.ok(Math.abs(all.bias!) < 0.02, `bias ${all.bias}`);
    assert.ok(all.pullWidth! > 0.6 && all.pullWidth! < 1.5, `width ${all.pullWidth}`);
    assert.ok(all.completeness > 0.95, `completeness ${all.completeness}`);
    assert.deepEqual(await hashes(`${project}/data/cutouts`), before);
  },
  "writes table, plot and JSON, the same for the same seed": async (bench) => {
    const project = await bench.project("measured");
    const fluxesMicroJy = [50, 500, 5000];
    const first = await inject({ project, fluxesMicroJy });
    assert.deepEqual(first.files.map((file) => file.split("/").at(-1)), [
      "injection.csv",
      "injection.json",
      "injection.svg",
      "injection.png",
    ]);
    const [csv, json, svg] = await Promise.all(
      first.files.slice(0, 3).map((file) => Deno.readTextFile(file)),
    );
    assert.ok(csv!.startsWith("detector_id,true_flux_uJy,count,"));
    assert.equal(csv!.trimEnd().split("\n").length, 1 + first.bins.length);
    assert.equal(JSON.parse(json!).injected, first.injected);
    assert.ok(svg!.includes("Flux put in") && !svg!.includes("NaN"));
    const again = await inject({ project, fluxesMicroJy, outputDirectory: null });
    assert.deepEqual(again.bins, first.bins);
    assert.deepEqual(again.files, []);
    const other = await inject({ project, fluxesMicroJy, seed: 2, outputDirectory: null });
    assert.notDeepEqual(other.bins, first.bins);
  },
  "keeps the altered cutouts as files that measure to the same fluxes": async (bench) => {
    const project = await bench.project("measured");
    const folder = bench.folder();
    const { files, injected } = await inject({
      project,
      perImage: 2,
      fluxesMicroJy: [2000],
      outputDirectory: null,
      keepCopies: `${folder}/copies`,
    });
    assert.deepEqual(files, [`${folder}/copies/injected.csv`]);
    const list = files[0]!;
    const kept = readCsvRecords(list);
    assert.equal(kept.length, injected);
    const calibrationDirectory = `${project}/cache/calibrations`;
    const rows = await Array.fromAsync(measureFiles({ files: readFileList(list), calibrationDirectory }));
    rows.forEach((row, n) => {
      assert.equal(row["error_code"], null);
      // A file is measured with the PSF at the source's own place, a few pixels from that of the cutout's target.
      const flux = Number(kept[n]!["selected_flux_uJy"]), error = Number(kept[n]!["selected_flux_err_uJy"]);
      assert.ok(
        Math.abs(Number(row["selected_flux_uJy"]) - flux) < 0.05 * error,
        `${row["selected_flux_uJy"]}`,
      );
      assert.ok(Math.abs(Number(row["selected_flux_err_uJy"]) / error - 1) < 1e-3);
      assert.equal(kept[n]!["true_flux_uJy"], "2000");
    });
    const copy = await openFits(memorySource(await Deno.readFile(kept[0]!["path"]!)));
    const image = await copy.hdu("IMAGE");
    assert.match(image.header.history().at(-1)!, /^spxcutdb inject: 2000 uJy at \d+\.\d{7} [-\d]+\.\d{7}$/);
    assert.deepEqual((await copy.hdus()).map(({ name }) => name).slice(1, 5), [
      "IMAGE",
      "FLAGS",
      "VARIANCE",
      "ZODI",
    ]);
  },
  "says what to do when no cutout is on disk": async (bench) => {
    const project = await bench.project("calibrated");
    await assert.rejects(inject({ project }), {
      code: "storage/no-cutouts",
      hint: /--cleanup-cutouts never/,
    });
    await assert.rejects(inject({ project, perImage: 0 }), RangeError);
    await assert.rejects(inject({ project, fluxesMicroJy: [100, -1] }), RangeError);
  },
});

Deno.test("injectionBins() counts by detector and flux and leaves flagged ones out of bias and pulls", () => {
  const base = {
    detector: 1,
    trueFluxMicroJy: 100,
    fluxErrorMicroJy: 10,
    isDetected: true,
    isBlocked: false,
  };
  const bins = injectionBins([
    { ...base, fluxMicroJy: 90 },
    { ...base, fluxMicroJy: 110 },
    { ...base, fluxMicroJy: 120 },
    { ...base, fluxMicroJy: 900, isBlocked: true },
    { ...base, fluxMicroJy: NaN, fluxErrorMicroJy: NaN, isDetected: false, isBlocked: true },
    { ...base, detector: 4, trueFluxMicroJy: 50, fluxMicroJy: 50 },
  ]);
  assert.deepEqual(bins.map(({ detector, trueFluxMicroJy, count }) => [detector, trueFluxMicroJy, count]), [
    [1, 100, 5],
    [4, 50, 1],
    [null, 50, 1],
    [null, 100, 5],
  ]);
  const [first] = bins;
  assert.ok(Math.abs(first!.bias! - 0.1) < 1e-12);
  assert.deepEqual([first!.failed, first!.pullMedian, first!.completeness, first!.flaggedFraction], [
    1,
    1,
    0.8,
    0.4,
  ]);
});
