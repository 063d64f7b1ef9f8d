/** Which pixels serve the fit and the background, and what happens when they run out. */
import assert from "node:assert/strict";
import { asVariance } from "../../lib/core/noise.ts";
import type { CutoutPixels } from "../../lib/photometry/cutout_pixels.ts";
import { measureCutout } from "../../lib/photometry/measure_cutout.ts";
import { PIXEL_ROLE } from "../../lib/photometry/pixel_roles.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS as SETTINGS } from "../../lib/photometry/settings.ts";
import { selectZones } from "../../lib/psf/zones.ts";
import { syntheticCutout } from "./synthetic_cutout.ts";

const SOURCE = 1 << 21;
const HOT = 1 << 10;
const OUTLIER = 1 << 19;
const DICHROIC = 1 << 7;
const FLUX = 4000;

/** A quiet sky with one source near to the middle. */
function oneSource(): CutoutPixels {
  return syntheticCutout({ sources: [{ x: 10.2, y: 9.7, fluxMicroJy: FLUX }] });
}

/** Sets flags where `where` says. */
function flagPixels(
  cutout: CutoutPixels,
  flag: number,
  where: (x: number, y: number) => boolean,
): CutoutPixels {
  const flags = cutout.flags.map((word, i) =>
    where(i % cutout.width, Math.floor(i / cutout.width)) ? word | flag : word
  );
  return { ...cutout, flags };
}

/** Distance from the target. */
function distance(cutout: CutoutPixels, x: number, y: number): number {
  return Math.hypot(x - cutout.targetX, y - cutout.targetY);
}

/** Whether a flux is right to a part in a thousand. */
function assertFlux(flux: number, expected = FLUX): void {
  assert.ok(Math.abs(flux / expected - 1) < 1e-3, `${flux} for ${expected}`);
}

Deno.test("measureCutout() keeps pixels flagged SOURCE in the fit and out of the background", () => {
  const cutout = oneSource();
  const flagged = flagPixels(cutout, SOURCE, (x, y) => distance(cutout, x, y) < 5);
  const { models, ...m } = measureCutout(flagged, SETTINGS, { keepModels: true });
  assert.equal(m.validPixelCount, 225);
  assert.equal(m.flagSourceFraction.core, 1);
  const role = models.roles[10 * 21 + 14]!; // 3.8 pixels from the target: flagged, not protected
  assert.equal(role & PIXEL_ROLE.background, 0);
  assert.notEqual(role & PIXEL_ROLE.usable, 0);
  assertFlux(m.selectedFluxMicroJy);
});

Deno.test("measureCutout() leaves a defective pixel out of everything", () => {
  const cutout = flagPixels(oneSource(), HOT, (x, y) => x === 11 && y === 9);
  cutout.imageMJySr[9 * 21 + 11] = 1e6;
  const m = measureCutout(cutout, SETTINGS);
  assert.equal(m.validPixelCount, 224);
  assertFlux(m.selectedFluxMicroJy);
  assert.ok(m.templateFractionUnmasked < m.templateFractionInCutout);
});

Deno.test("measureCutout() leaves a pixel without a valid variance or value out", () => {
  for (const [value, variance] of [[1e5, NaN], [1e5, 0], [1e5, -1], [NaN, 1e-4], [Infinity, 1e-4]] as const) {
    const cutout = oneSource();
    cutout.imageMJySr[9 * 21 + 11] = value;
    cutout.varianceMJy2Sr2[9 * 21 + 11] = variance;
    const m = measureCutout(cutout, SETTINGS);
    assert.equal(m.validPixelCount, 224);
    assertFlux(m.selectedFluxMicroJy);
    if (!(variance > 0)) assert.ok(m.psfWeightedInvalidVarianceFraction > 0.01);
  }
});

Deno.test("measureCutout() recovers a tilted background under a masked source", () => {
  const background = [0.4, 0.004, -0.003] as const; // at the middle of the cutout, pixel (10, 10)
  const cutout = syntheticCutout({ sources: [{ x: 10.2, y: 9.7, fluxMicroJy: FLUX }], background });
  const m = measureCutout(flagPixels(cutout, SOURCE, (x, y) => distance(cutout, x, y) < 6), SETTINGS);
  const found = m.background;
  // Rate and solid angle both vary: the slope of their product, and a curvature too small to matter.
  const angle = 37.8 + 0.02 * -0.3 - 0.01 * -0.8;
  const rate = 0.4 + 0.2 * 0.004 + 0.3 * 0.003;
  const perArcsec2 = 23.504430539;
  assert.ok(Math.abs(found.valueMicroJyPerPixel / (perArcsec2 * angle * rate) - 1) < 1e-3);
  assert.ok(Math.abs(found.bxMicroJyPerPixel / perArcsec2 - (angle * 0.004 + rate * 0.02)) < 0.005);
  assert.ok(Math.abs(found.byMicroJyPerPixel / perArcsec2 - (angle * -0.003 + rate * -0.01)) < 0.005);
  assert.equal(found.model, "plane");
  assertFlux(m.selectedFluxMicroJy);
});

Deno.test("measureCutout() clips background pixels that stand out", () => {
  const cutout = oneSource();
  for (const i of [5, 47, 380]) cutout.imageMJySr[i]! += 3;
  const m = measureCutout(cutout, SETTINGS);
  assert.ok(m.background.clippedFraction > 0.005);
  assertFlux(m.selectedFluxMicroJy);
});

Deno.test("measureCutout() converts each pixel by its own solid angle", () => {
  const cutout = oneSource();
  const doubled = {
    ...cutout,
    solidAngleArcsec2: cutout.solidAngleArcsec2.map((angle) => 2 * angle),
  };
  assertFlux(measureCutout(doubled, SETTINGS).selectedFluxMicroJy, 2 * FLUX);
});

Deno.test("measureCutout() falls back to clipped pixels when SOURCE flags cover everything", () => {
  const m = measureCutout(flagPixels(oneSource(), SOURCE, () => true), SETTINGS);
  assert.equal(m.background.method, "image_clipped_fallback");
  assert.ok(m.background.fallbackUsed && m.background.fallbackBasePixels > 300);
  assert.match(m.background.reason, /0 background pixels, 12 needed/);
  assert.ok(m.photometryFlags.includes("BACKGROUND_IMAGE_CLIPPED_FALLBACK"));
  assertFlux(m.selectedFluxMicroJy);
  assert.ok(m.scienceRecommended);
});

Deno.test("measureCutout() falls back further when other background flags cover everything", () => {
  const m = measureCutout(flagPixels(oneSource(), OUTLIER, () => true), SETTINGS);
  assert.equal(m.background.method, "image_clipped_fallback");
  assertFlux(m.selectedFluxMicroJy);
});

Deno.test("measureCutout() fits a constant where there are pixels for no more, and blocks science", () => {
  const cutout = syntheticCutout({
    sources: [{ x: 10.2, y: 9.7, fluxMicroJy: FLUX }],
    background: [0.3, 0, 0],
  });
  let left = 11;
  const m = measureCutout(
    flagPixels(cutout, HOT, (x, y) => distance(cutout, x, y) > 4 && left-- <= 0 || between(cutout, x, y)),
    SETTINGS,
  );
  assert.equal(m.background.model, "constant");
  assert.ok(m.photometryFlags.includes("BACKGROUND_2D_FALLBACK_CONSTANT"));
  assert.equal(m.scienceRecommended, false);
  assertFlux(m.selectedFluxMicroJy);
});

/** Whether a pixel is near to the target but not in its core. */
function between(cutout: CutoutPixels, x: number, y: number): boolean {
  const away = distance(cutout, x, y);
  return away > 2.2 && away <= 4;
}

Deno.test("measureCutout() gives no flux when the background fails", () => {
  const cutout = oneSource();
  const m = measureCutout(flagPixels(cutout, HOT, (x, y) => distance(cutout, x, y) > 2.2), SETTINGS);
  assert.equal(m.measurementStatus, "failed_background");
  assert.equal(m.scienceMode, "failed_background");
  assert.equal(m.detectionStatus, "invalid_background");
  assert.ok(Number.isNaN(m.selectedFluxMicroJy) && Number.isNaN(m.selectedFluxErrorMicroJy));
  assert.ok(m.photometryFlags.includes("BACKGROUND_POOR"));
  assert.equal(m.scienceRecommended, false);
  assert.equal(m.qaGrade, "reject");
});

Deno.test("measureCutout() weighs science-blocking flags by the template and rejects", () => {
  const cutout = flagPixels(oneSource(), DICHROIC, (x, y) => x === 10 && y === 10);
  const m = measureCutout(cutout, SETTINGS);
  assert.ok(m.psfWeightedScienceRejectFraction > 0.2);
  assert.equal(m.psfWeightedHardBadFraction, 0);
  assert.ok(m.severeFlag && m.photometryFlags.includes("SEVERE_IMAGE_FLAG"));
  assert.equal(m.imageFlags, DICHROIC);
  assert.equal(m.scienceRecommended, false);
  assert.match(m.scienceRejectReason, /SEVERE_IMAGE_FLAG/);
  assert.equal(m.selectedFit, "point");
});

Deno.test("measureCutout() is not put off by a flagged pixel far from the light", () => {
  const m = measureCutout(flagPixels(oneSource(), HOT, (x, y) => x === 2 && y === 18), SETTINGS);
  assert.equal(m.imageFlags, 0);
  assert.ok(m.flagHardBadFraction.background > 0 && m.flagHardBadFraction.core === 0);
  assert.ok(m.scienceRecommended);
});

Deno.test("measureCutout() says when most of the core is masked", () => {
  const cutout = oneSource();
  const m = measureCutout(flagPixels(cutout, HOT, (x, y) => distance(cutout, x, y) < 1.6), SETTINGS);
  assert.ok(m.photometryFlags.includes("TARGET_CORE_MASKED"));
  assert.ok(m.photometryFlags.includes("LOW_TEMPLATE_SUPPORT"));
  assert.equal(m.scienceRecommended, false);
});

Deno.test("measureCutout() gives NaN and a flag for every kind of missing PSF", () => {
  const cutout = oneSource();
  const planes = selectZones(
    { xCentersPixels: Float64Array.of(100), yCentersPixels: Float64Array.of(100) },
    NaN,
    100,
    "bilinear",
  ).map(({ weight }) => ({ weight, samples: new Float32Array(9) }));
  const empty = { kind: "oversampled", size: 3, oversampling: 3 } as const;
  for (const psf of [null, { ...empty, planes }]) {
    const m = measureCutout({ ...cutout, psf, detectorX: NaN }, SETTINGS);
    assert.ok(m.photometryFlags.includes("PSF_MISSING"));
    assert.ok(m.photometryFlags.includes("PSF_COORDINATE_UNCERTAIN"));
    assert.equal(m.measurementStatus, "invalid_fit");
    assert.ok(Number.isNaN(m.selectedFluxMicroJy));
  }
  const dark = { ...empty, planes: [{ weight: 1, samples: new Float32Array(9) }] };
  assert.ok(
    measureCutout({ ...cutout, psf: dark }, SETTINGS).photometryFlags.includes("PSF_RENDERING_INVALID"),
  );
});

Deno.test("measureCutout() flags a target at the edge and one outside, and never throws", () => {
  const edge = syntheticCutout({ sources: [{ x: 0.3, y: 10, fluxMicroJy: FLUX }] });
  const m = measureCutout(edge, SETTINGS);
  assert.ok(m.photometryFlags.includes("PSF_TRUNCATED") && m.templateFractionInCutout < 0.98);
  assertFlux(m.selectedFluxMicroJy);
  for (const targetX of [-3, -500, NaN, Infinity]) {
    const outside = measureCutout({ ...edge, targetX }, SETTINGS);
    assert.ok(outside.photometryFlags.includes("EDGE_OF_CUTOUT"));
    assert.ok(
      outside.photometryFlags.includes("PSF_TRUNCATED") || outside.measurementStatus === "invalid_fit",
    );
    assert.equal(outside.scienceRecommended, false);
  }
});

Deno.test("measureCutout() gives NaN for a cutout without a single usable pixel", () => {
  const cutout = oneSource();
  const blank = { ...cutout, imageMJySr: cutout.imageMJySr.map(() => NaN) };
  const m = measureCutout(blank, SETTINGS);
  assert.ok(m.photometryFlags.includes("INSUFFICIENT_VALID_PIXELS"));
  assert.equal(m.detectionStatus, "invalid_fit");
});

Deno.test("measureCutout() says when there is no solid angle", () => {
  const cutout = oneSource();
  const m = measureCutout(
    { ...cutout, solidAngleArcsec2: cutout.solidAngleArcsec2.map(() => NaN) },
    SETTINGS,
  );
  assert.ok(m.photometryFlags.includes("SAPM_INVALID"));
  assert.ok(Number.isNaN(m.selectedFluxMicroJy));
});

Deno.test("measureCutout() carries flags from reading on and flags a stand-in for the detector pixel", () => {
  const m = measureCutout({
    ...oneSource(),
    initialFlags: ["CALIBRATION_VERSION_MISMATCH"],
    detectorCoordinateMethod: "cutout",
  }, SETTINGS);
  assert.deepEqual(m.photometryFlags, ["CALIBRATION_VERSION_MISMATCH", "DETECTOR_COORD_FALLBACK"]);
  assert.equal(m.scienceRejectReason, "CALIBRATION_VERSION_MISMATCH;DETECTOR_COORD_FALLBACK");
  assert.equal(m.scienceRecommended, false);
});

Deno.test("measureCutout() does not trust a variance that is missing everywhere", () => {
  const cutout = oneSource();
  const variance = asVariance(new Float32Array(cutout.flags.length).fill(NaN));
  const m = measureCutout({ ...cutout, varianceMJy2Sr2: variance }, SETTINGS);
  assert.equal(m.measurementStatus, "invalid_fit");
  assert.equal(m.invalidVarianceFraction.background, 1);
});

Deno.test("measureCutout() protects the pixels within the protection radius whatever the template", () => {
  const cutout = oneSource();
  const masks = { ...SETTINGS.masks, targetProtectionFootprintThreshold: 2 }; // never reached
  const m = measureCutout(cutout, { ...SETTINGS, masks });
  const near = cutout.flags.filter((_, i) => distance(cutout, i % 21, Math.floor(i / 21)) <= 2).length;
  assert.equal(Math.round(m.targetProtectionFraction * 441), near);
});

Deno.test("measureCutout() keeps defects out of the fallback background while source flags do not count", () => {
  const cutout = flagPixels(oneSource(), SOURCE, () => true);
  const whole = measureCutout(cutout, SETTINGS).background;
  const part = measureCutout(flagPixels(cutout, OUTLIER, (_, y) => y < 3), SETTINGS).background;
  assert.equal(part.fallbackBasePixels, whole.fallbackBasePixels - 63);
  assert.equal(part.fallbackValidPixels, part.fallbackBasePixels - part.fallbackSourceMaskPixels);
});

Deno.test("measureCutout() replaces a plane that its pixels do not determine", () => {
  const m = measureCutout(flagPixels(oneSource(), SOURCE, (x) => x !== 2), SETTINGS);
  assert.ok(m.photometryFlags.includes("BACKGROUND_2D_UNSTABLE"));
  assert.equal(m.background.method, "image_clipped_fallback");
  assert.match(m.background.reason, /condition number/);
  assertFlux(m.selectedFluxMicroJy);
});

Deno.test("measureCutout() gives no flux when the fit is ill-conditioned", () => {
  const fit = { ...SETTINGS.fit, conditionNumberMax: 1 };
  const m = measureCutout(oneSource(), { ...SETTINGS, fit });
  assert.ok(m.photometryFlags.includes("FIT_ILL_CONDITIONED"));
  assert.equal(m.measurementStatus, "invalid_fit");
  assert.ok(Number.isNaN(m.selectedFluxMicroJy));
});
