/**
 * How long opening a cutout, reading its headers, its pixels and its row of JSON take, each alone, from memory:
 * `deno bench -A bench/level2_bench.ts`. The cutout is one of QR2 with 30 x 30 pixels.
 */
import { DEFAULT_CONFIG } from "../lib/config/schema.ts";
import { memorySource } from "../lib/fits/byte_source.ts";
import { calibrationFile, OFFERED_CALIBRATIONS } from "../lib/simulator/calibration_files.ts";
import { Level2Writer } from "../lib/simulator/level2_writer.ts";
import { Simulation } from "../lib/simulator/simulation.ts";
import { openDetectorMap, openSpectralMaps } from "../lib/spherex/calibration_file.ts";
import { readCutoutPixels } from "../lib/spherex/cutout_pixels.ts";
import { openLevel2 } from "../lib/spherex/level2_file.ts";
import { PsfCache } from "../lib/spherex/psf_cache.ts";
import { parseCelestialWcs } from "../lib/wcs/celestial_wcs.ts";
import { Header } from "../lib/fits/header.ts";
import { CutoutMeasurer } from "../lib/workflow/cutout_measurer.ts";
import { measureChoices } from "../lib/workflow/measure_choices.ts";
import { measuredFileLine } from "../lib/workflow/measured_file_line.ts";

const SIZE_PIXELS = 30;
const TARGET = { name: "target", rightAscensionDeg: 80, declinationDeg: -35, neighbours: [] };

const simulation = new Simulation({ seed: 3, visitsPerDetector: 1, qr3Fraction: 0, targets: [TARGET] });
const writer = new Level2Writer(simulation);
const { image, x, y } = simulation.survey.imagesCovering(
  TARGET.rightAscensionDeg,
  TARGET.declinationDeg,
  -SIZE_PIXELS,
)[0]!;
const corner = { x0: Math.round(x) - SIZE_PIXELS / 2, y0: Math.round(y) - SIZE_PIXELS / 2 };
const source = memorySource(
  writer.cutout(image, { ...corner, width: SIZE_PIXELS, height: SIZE_PIXELS }).read(),
);

const level2 = await openLevel2(source, { psfCache: new PsfCache({ reusesMemory: true }) });
const headerBytes = level2.header.encode();
const product = (name: "spectral_wcs" | "solid_angle_pixel_map") => {
  const offer = OFFERED_CALIBRATIONS.find((each) =>
    each.release === "QR2" && each.product === name && !each.isOutdated
  )!;
  return memorySource(calibrationFile(offer, level2.detector!, writer).read());
};
const calibration = {
  spectral: await openSpectralMaps(product("spectral_wcs")),
  solidAngle: await openDetectorMap(product("solid_angle_pixel_map")),
};
const measurer = new CutoutMeasurer();
const choices = measureChoices(DEFAULT_CONFIG);
const cutout = { level2, position: TARGET, pixels: await readCutoutPixels(level2, calibration, TARGET) };
const cells = measurer.measureGroups(cutout, choices);

Deno.bench("open: the headers up to the image", { group: "parse" }, async () => {
  (await openLevel2(source))[Symbol.dispose]();
});
Deno.bench("celestial coordinates of a header", { group: "parse" }, () => {
  parseCelestialWcs(Header.parse(headerBytes));
});
Deno.bench("pixels, maps and PSF", { group: "parse" }, async () => {
  await readCutoutPixels(level2, calibration, TARGET);
});
Deno.bench("fit and cells of the row", { group: "whole" }, () => {
  measurer.measureGroups(cutout, choices);
});
Deno.bench("row of JSON", { group: "whole" }, () => {
  measuredFileLine("cutout.fits", cells);
});
