import assert from "node:assert/strict";
import fc from "fast-check";
import { asVariance } from "../../../lib/core/noise.ts";
import {
  type ApertureSettings,
  DEFAULT_APERTURE_SETTINGS,
} from "../../../lib/photometry/aperture/aperture_settings.ts";
import { annulusPixels, windowPixels } from "../../../lib/photometry/aperture/background_pixels.ts";
import { circleOverlap } from "../../../lib/photometry/aperture/circle_overlap.ts";
import { measureAperture } from "../../../lib/photometry/aperture/measure_aperture.ts";
import { psfFwhmPixels } from "../../../lib/photometry/aperture/psf_width.ts";
import { repairVariance } from "../../../lib/photometry/aperture/variance_repair.ts";
import { zodiScale } from "../../../lib/photometry/aperture/zodi_scale.ts";
import type { CutoutPixels } from "../../../lib/photometry/cutout_pixels.ts";
import { EFFECTIVE_PSF, OVERSAMPLED_PSF, syntheticCutout } from "../synthetic_cutout.ts";

const SETTINGS = DEFAULT_APERTURE_SETTINGS;
const SOURCE = SETTINGS.sourceFlagMask;

/** The area of overlap by counting the points of a fine grid. */
function countedOverlap(x0: number, y0: number, radius: number): number {
  const steps = 400;
  let inside = 0;
  for (let j = 0; j < steps; j++) {
    for (let i = 0; i < steps; i++) {
      if (Math.hypot(x0 + (i + 0.5) / steps, y0 + (j + 0.5) / steps) <= radius) inside++;
    }
  }
  return inside / steps ** 2;
}

Deno.test("circleOverlap() is the area that a fine grid counts", () => {
  const place = fc.double({ min: -4, max: 4, noNaN: true });
  fc.assert(
    fc.property(place, place, fc.double({ min: 0.02, max: 4, noNaN: true }), (x0, y0, radius) => {
      const area = circleOverlap(x0, y0, x0 + 1, y0 + 1, radius);
      assert(Math.abs(area - countedOverlap(x0, y0, radius)) < 2e-3);
    }),
    { numRuns: 60 },
  );
});

Deno.test("circleOverlap() of a rectangle around the circle is the circle", () => {
  assert(Math.abs(circleOverlap(-3, -5, 4, 2.5, 2) - 4 * Math.PI) < 1e-13);
  assert.equal(circleOverlap(3, 3, 4, 4, 2), 0);
  assert.equal(circleOverlap(-1, -1, 1, 1, 0), 0);
});

Deno.test("psfFwhmPixels() is the width of the PSF", () => {
  const gaussian = (size: number, oversampling: number, sigma: number) => ({
    kind: "oversampled" as const,
    size,
    oversampling,
    planes: [{
      weight: 1,
      samples: Float64Array.from({ length: size * size }, (_, i) => {
        const middle = (size - 1) / 2;
        const squared = (i % size - middle - 0.4) ** 2 + (Math.floor(i / size) - middle + 0.3) ** 2;
        return Math.exp(-squared / 2 / (sigma * oversampling) ** 2);
      }),
    }],
  });
  for (const [size, oversampling, sigma] of [[101, 10, 0.6], [101, 10, 1.2], [33, 5, 0.7]] as const) {
    const wanted = 2 * Math.sqrt(2 * Math.LN2) * sigma;
    const found = psfFwhmPixels(gaussian(size, oversampling, sigma));
    assert(Math.abs(found / wanted - 1) < 0.02, `${found}, expected ${wanted}`);
  }
  assert(Number.isNaN(psfFwhmPixels({ ...gaussian(11, 1, 100), planes: [] })));
  assert(Number.isNaN(psfFwhmPixels(gaussian(11, 1, 100))));
});

/** A plane of 31 pixels a side with the aperture in its middle. */
function plane(flags = new Int32Array(961)) {
  return { values: new Float64Array(961), flags, width: 31, height: 31, x: 15, y: 15 };
}

function flagged(flag: number, where: (distance: number) => boolean): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length: 961 }, (_, i) => {
    return where(Math.hypot(i % 31 - 15, Math.floor(i / 31) - 15)) ? flag : 0;
  });
}

Deno.test("annulusPixels() has the least area, but no more than the largest radius", () => {
  const small = annulusPixels(plane(), 1.5, SETTINGS);
  assert(Math.abs(small.innerRadiusPixels - 2.914) < 1e-12);
  assert(Math.abs(Math.PI * (small.outerRadiusPixels ** 2 - 2.914 ** 2) - 10) < 1e-9);
  const wide = annulusPixels(plane(), 1.5, { ...SETTINGS, minAnnulusAreaPixels: 200 });
  assert.equal(wide.outerRadiusPixels, 5);
});

Deno.test("annulusPixels() grows past bad pixels, and takes sources in the last try only", () => {
  const bad = annulusPixels(plane(flagged(1 << 10, (r) => r < 4)), 1.5, SETTINGS);
  assert(bad.outerRadiusPixels > 4 && !bad.includesSources);
  assert(bad.indices.length >= SETTINGS.minUsablePixels);
  const sources = annulusPixels(plane(flagged(SOURCE, () => true)), 1.5, SETTINGS);
  const first = annulusPixels(plane(), 1.5, SETTINGS).outerRadiusPixels;
  assert(sources.includesSources && sources.indices.length > SETTINGS.minUsablePixels);
  assert(Math.abs(sources.outerRadiusPixels - first - 4 * 0.5) < 1e-12);
  assert.equal(annulusPixels(plane(flagged(1 << 10, () => true)), 1.5, SETTINGS).indices.length, 0);
});

Deno.test("windowPixels() is a box without the aperture", () => {
  const { indices } = windowPixels(plane(), 1.5, { ...SETTINGS, windowSizePixels: [5, 7] });
  // The circle of 2.207 pixels holds 13 + 4 pixel centres at distances up to sqrt(4), and none at sqrt(5).
  assert.equal(indices.length, 35 - 13);
});

Deno.test("repairVariance() puts the median in for flagged pixels only", () => {
  const variance = Float32Array.of(1, NaN, 3, NaN, 5, 0);
  const found = repairVariance(variance, Int32Array.of(0, 4, 0, 0, 0, 4));
  assert.deepEqual([...found.variance], [1, 3, 3, NaN, 5, 3]);
  assert.equal(found.repairedCount, 2);
});

Deno.test("zodiScale() finds the factor beside the target, and is 1 where it cannot", () => {
  const zodi = Float64Array.from({ length: 961 }, (_, i) => 0.2 + 1e-4 * i);
  const image = zodi.map((value, i) => 1.3 * value + (i === 480 ? 500 : 0));
  const planes = {
    ...plane(),
    image,
    zodi,
    variance: new Float64Array(961).fill(1),
    excludedRadiusPixels: 3,
  };
  const found = zodiScale(planes, SETTINGS);
  assert(found.isFitted && Math.abs(found.scale - 1.3) < 1e-12);
  const unscaled = { scale: 1, isFitted: false };
  assert.deepEqual(zodiScale(planes, { ...SETTINGS, zodiScale: "static" }), unscaled);
  assert.deepEqual(zodiScale(planes, { ...SETTINGS, zodiScaleMax: 1.2 }), unscaled);
  assert.deepEqual(zodiScale({ ...planes, flags: flagged(2, (r) => r < 15) }, SETTINGS), unscaled);
});

/** A cutout with one star of 1000 microjansky. */
function star(change: Partial<CutoutPixels> = {}): CutoutPixels {
  const cutout = syntheticCutout({
    width: 25,
    height: 25,
    sources: [{ x: 12.3, y: 11.8, fluxMicroJy: 1000 }],
  });
  return { ...cutout, ...change };
}

function measureStar(change: Partial<CutoutPixels> = {}, settings: Partial<ApertureSettings> = {}) {
  return measureAperture(star(change), { ...SETTINGS, ...settings });
}

Deno.test("measureAperture() gives the flux without noise to 0.3 %, of both kinds of PSF", () => {
  for (const psf of [OVERSAMPLED_PSF, EFFECTIVE_PSF]) {
    const cutout = syntheticCutout({
      width: 25,
      height: 25,
      psf,
      background: [0.3, 0, 0],
      sources: [{ x: 12.3, y: 11.8, fluxMicroJy: 1000 }],
    });
    const found = measureAperture(cutout, SETTINGS);
    assert.equal(found.failure, null);
    assert(Math.abs(found.fluxMicroJy / 1000 - 1) < 3e-3, `${psf.kind} ${found.fluxMicroJy}`);
    assert(Math.abs(found.apertureFluxMicroJy * found.apertureCorrection - found.fluxMicroJy) < 1e-9);
    assert(found.apertureCorrection > 1.001);
    assert.equal(found.apertureMethod, "fwhm");
  }
});

Deno.test("measureAperture() without a PSF falls back to a fixed aperture without correction", () => {
  const found = measureStar({ psf: null });
  assert.equal(found.apertureMethod, "fixed");
  assert.equal(found.apertureRadiusPixels, 1.5);
  assert(Number.isNaN(found.apertureCorrection));
  assert.equal(found.fluxMicroJy, found.apertureFluxMicroJy);
  assert(found.fluxMicroJy < 990 && found.fluxMicroJy > 700);
});

Deno.test("measureAperture() says why there is no flux", () => {
  const { imageMJySr, varianceMJy2Sr2, flags } = star();
  const middle = 12 * 25 + 12;
  const blank = imageMJySr.with(middle, NaN);
  const allBad = new Int32Array(flags.length).fill(1 << 10);
  const failures = [
    measureStar({ targetX: 0.2 }),
    measureStar({ targetX: NaN }),
    measureStar({ imageMJySr: blank }),
    measureStar({ varianceMJy2Sr2: asVariance(varianceMJy2Sr2.with(middle, NaN)) }),
    measureStar({ flags: allBad }),
  ];
  assert.deepEqual(failures.map((found) => found.failure), [
    "outside_image",
    "outside_image",
    "pixel_missing",
    "variance_missing",
    "no_background",
  ]);
  assert(failures.every((found) => Number.isNaN(found.fluxMicroJy) && Number.isNaN(found.fluxErrorMicroJy)));
});

Deno.test("measureAperture() takes the pixel scale of the settings where a solid angle is not known, and says so", () => {
  const { solidAngleArcsec2 } = star();
  const middle = 12 * 25 + 12;
  const known = measureStar({});
  const beyond = measureStar({ solidAngleArcsec2: solidAngleArcsec2.with(3, NaN) });
  assert.deepEqual([known.usesPixelScaleFallback, beyond.usesPixelScaleFallback], [false, false]);
  const inside = measureStar({ solidAngleArcsec2: solidAngleArcsec2.with(middle, 0) }, {
    pixelScaleFallbackArcsec: Math.sqrt(solidAngleArcsec2[middle]!),
  });
  assert(inside.usesPixelScaleFallback);
  assert(Math.abs(inside.fluxMicroJy / known.fluxMicroJy - 1) < 1e-6);
});

Deno.test("measureAperture() collects the flags of the aperture, and repairs the variance of flagged pixels", () => {
  const { flags, varianceMJy2Sr2 } = star();
  const middle = 12 * 25 + 12;
  const found = measureStar({
    flags: flags.with(middle, 4).with(middle + 1, 8).with(middle + 7, 64),
    varianceMJy2Sr2: asVariance(varianceMJy2Sr2.with(middle, NaN)),
  });
  assert.equal(found.flags & 0b1001100, 0b1100);
  assert.equal(found.failure, null);
  assert.equal(found.repairedVarianceCount, 1);
});

Deno.test("measureAperture() tells the flags of a pixel of which a corner lies in the circle", () => {
  const { flags } = star();
  const found = measureStar({}, { method: "fixed", diameterPixels: 4 });
  const [x, y] = [12.3, 11.8];
  const at = (column: number, row: number) => {
    const flagged = measureStar({ flags: flags.with(row * 25 + column, 1 << 10) }, {
      method: "fixed",
      diameterPixels: 4,
    });
    return (flagged.flags & (1 << 10)) !== 0;
  };
  assert.equal(found.flags, 0);
  // The centre of (14, 13) lies 2.08 pixels away, its nearest corner 1.4; those of (15, 12) 2.71 and 2.2.
  assert(Math.hypot(14 - x, 13 - y) > 2 && Math.hypot(13.5 - x, 12.5 - y) < 2);
  assert.deepEqual([at(14, 13), at(15, 12)], [true, false]);
});

Deno.test("measureAperture() subtracts the zodiacal light, which the background would otherwise be", () => {
  const { imageMJySr } = star();
  const zodiMJySr = new Float32Array(imageMJySr.length).fill(0.1);
  const fitted = measureStar({ zodiMJySr });
  const without = measureStar({ zodiMJySr }, { subtractZodi: false });
  assert(fitted.isZodiScaleFitted && fitted.zodiScale > 0);
  assert.equal(without.zodiScale, 0);
  assert(
    Math.abs(fitted.backgroundMJySr + fitted.zodiScale * Math.fround(0.1) - without.backgroundMJySr) < 1e-9,
  );
  assert(Math.abs(fitted.fluxMicroJy - without.fluxMicroJy) < 1e-6);
});
