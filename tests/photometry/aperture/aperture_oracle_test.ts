/** Aperture sums and annuli against photutils, astropy and SEP; see tests/fixtures/aperture/make_oracle.py. */
import assert from "node:assert/strict";
import { memorySource } from "../../../lib/fits/byte_source.ts";
import { openFits } from "../../../lib/fits/fits_file.ts";
import { readImage } from "../../../lib/fits/read_image.ts";
import { DEFAULT_APERTURE_SETTINGS } from "../../../lib/photometry/aperture/aperture_settings.ts";
import { annulusPixels } from "../../../lib/photometry/aperture/background_pixels.ts";
import { fillCircleOverlap } from "../../../lib/photometry/aperture/circle_overlap.ts";
import { clippedMedianInPlace } from "../../../lib/photometry/aperture/clipped_median.ts";

interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly sum: number;
}

interface Annulus {
  readonly x: number;
  readonly y: number;
  readonly inner: number;
  readonly outer: number;
  readonly sigma: number;
  readonly iterations: number;
  readonly pixels: number;
  readonly median: number;
  readonly std: number;
  readonly count: number;
}

interface Oracle {
  readonly width: number;
  readonly height: number;
  readonly image: number[];
  readonly contaminated: number[];
  readonly apertures: readonly (Circle & { readonly area: number })[];
  readonly annuli: readonly Annulus[];
  readonly stars: readonly Circle[];
}

const FIXTURES = new URL("../../fixtures/aperture/", import.meta.url);
const oracle: Oracle = JSON.parse(await Deno.readTextFile(new URL("oracle.json", FIXTURES)));

/** SEP adds up in single precision. */
const SEP_TOLERANCE = 3e-8;

function near(actual: number, wanted: number, what: string, tolerance = 1e-9): void {
  assert(Math.abs(actual - wanted) <= tolerance * Math.abs(wanted), `${what}: ${actual}, expected ${wanted}`);
}

function apertureSum(image: ArrayLike<number>, width: number, height: number, circle: Circle) {
  const overlap = new Float64Array(width * height);
  const area = fillCircleOverlap(circle.x, circle.y, circle.radius, width, height, overlap);
  return { area, sum: overlap.reduce((sum, share, i) => sum + share * image[i]!, 0) };
}

Deno.test("fillCircleOverlap() gives the sums and areas of photutils", () => {
  const { image, width, height, apertures } = oracle;
  assert.equal(apertures.length, 10);
  for (const [index, circle] of apertures.entries()) {
    const { sum, area } = apertureSum(image, width, height, circle);
    near(sum, circle.sum, `sum ${index}`);
    near(area, circle.area, `area ${index}`);
  }
});

Deno.test("fillCircleOverlap() gives SEP's fluxes on its test image", async () => {
  const fits = await openFits(memorySource(await Deno.readFile(new URL("sep_image.fits", FIXTURES))));
  const { data, shape: [width, height] } = await readImage(await fits.hdu(0));
  assert(oracle.stars.length > 20);
  for (const [index, star] of oracle.stars.entries()) {
    const { sum } = apertureSum(data as ArrayLike<number>, width!, height!, star);
    near(sum, star.sum, `star ${index}`, SEP_TOLERANCE);
  }
});

Deno.test("annulusPixels() and clippedMedianInPlace() give photutils' and astropy's annuli", () => {
  const { contaminated, width, height, annuli } = oracle;
  for (const [index, wanted] of annuli.entries()) {
    const { x, y, inner, outer } = wanted;
    const { indices, outerRadiusPixels } = annulusPixels(
      { values: contaminated, flags: new Int32Array(width * height), width, height, x, y },
      0,
      {
        ...DEFAULT_APERTURE_SETTINGS,
        annulusInnerOffsetPixels: inner,
        minAnnulusAreaPixels: Math.PI * (outer * outer - inner * inner),
        maxOuterRadiusPixels: 100,
        minUsablePixels: 1,
      },
    );
    near(outerRadiusPixels, outer, `outer radius ${index}`);
    assert.equal(indices.length, wanted.pixels, `pixels of annulus ${index}`);
    const values = Float64Array.from(indices, (i) => contaminated[i]!);
    const clipped = clippedMedianInPlace(values, values.length, wanted.sigma, wanted.iterations);
    assert.equal(clipped.count, wanted.count, `count ${index}`);
    near(clipped.median, wanted.median, `median ${index}`);
    near(clipped.standardDeviation, wanted.std, `deviation ${index}`);
  }
});
