import assert from "node:assert/strict";
import fc from "fast-check";
import { SeededRandom } from "../../lib/core/random.ts";
import { encodeBigEndian } from "../../lib/fits/big_endian.ts";
import { decodedSamples, type PsfSamples } from "../../lib/psf/psf_samples.ts";
import { renderPsf } from "../../lib/psf/render_psf.ts";
import {
  CORE_AND_WING,
  effectivePlane,
  erf,
  type GaussianComponent,
  lightInSquare,
  oversampledPlane,
} from "./analytic_psf.ts";

const SIDE = 15;
const MIDDLE = 7;
const PHASE = fc.double({ noNaN: true, min: -0.5, max: 0.5 });

/** One zone of samples. */
function oneZone(kind: PsfSamples["kind"], samples: Float64Array): PsfSamples {
  const size = Math.sqrt(samples.length);
  return { kind, size, oversampling: kind === "oversampled" ? 10 : 5, planes: [{ weight: 1, samples }] };
}

const CUBE = oneZone("oversampled", oversampledPlane(CORE_AND_WING));
const TABLE = oneZone("effective", effectivePlane(CORE_AND_WING));

/** A template on a window that holds all of it. */
function template(psf: PsfSamples, dx: number, dy: number, options = {}): Float64Array {
  const out = new Float64Array(SIDE * SIDE).fill(NaN);
  renderPsf(psf, MIDDLE + dx, MIDDLE + dy, SIDE, SIDE, out, options);
  return out;
}

/** Sum of a plane. */
function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The largest difference of two planes. */
function largestDifference(a: Float64Array, b: Float64Array): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

/** Every sample's square split by area among the native pixels it covers, the obvious way. */
function areaTwin(samples: ArrayLike<number>, size: number, oversampling: number, x: number, y: number) {
  const out = new Float64Array(SIDE * SIDE);
  const middle = (size - 1) / 2;
  const overlap = (center: number, pixel: number) =>
    Math.max(
      0,
      Math.min(center + 0.5 / oversampling, pixel + 0.5) - Math.max(center - 0.5 / oversampling, pixel - 0.5),
    ) * oversampling;
  for (let j = 0; j < size; j++) {
    const centerY = y + (j - middle) / oversampling;
    for (let i = 0; i < size; i++) {
      const centerX = x + (i - middle) / oversampling;
      for (let row = Math.floor(centerY - 1); row <= centerY + 2; row++) {
        const shareY = overlap(centerY, row);
        if (shareY === 0) continue;
        for (let column = Math.floor(centerX - 1); column <= centerX + 2; column++) {
          const inside = row >= 0 && row < SIDE && column >= 0 && column < SIDE;
          if (inside) out[row * SIDE + column]! += samples[j * size + i]! * shareY * overlap(centerX, column);
        }
      }
    }
  }
  const total = Array.from(samples).reduce((all, value) => all + value, 0);
  return out.map((value) => value / total);
}

/** The exact template: integrals of the Gaussians over native pixels. */
function exactTemplate(components: readonly GaussianComponent[], dx: number, dy: number): Float64Array {
  return Float64Array.from({ length: SIDE * SIDE }, (_, i) => {
    const x = i % SIDE - MIDDLE - dx;
    const y = Math.floor(i / SIDE) - MIDDLE - dy;
    return lightInSquare(components, x, y, 1);
  });
}

/** An elliptical Moffat profile of unit flux over the plane, native pixels. */
function moffat(x: number, y: number): number {
  const alphaX = 0.75, alphaY = 0.85, beta = 4;
  const radius = (x / alphaX) ** 2 + (y / alphaY) ** 2;
  return (beta - 1) / (Math.PI * alphaX * alphaY) * (1 + radius) ** -beta;
}

/** Adaptive quadrature over a rectangle: four quarters by a 3 x 3 Gauss-Legendre rule until they agree. */
function integrate(
  f: (x: number, y: number) => number,
  x0: number,
  x1: number,
  y0: number,
  y1: number,
): number {
  const nodes = [-Math.sqrt(0.6), 0, Math.sqrt(0.6)];
  const weights = [5 / 18, 8 / 18, 5 / 18];
  const rule = (ax: number, bx: number, ay: number, by: number) => {
    let total = 0;
    nodes.forEach((u, i) =>
      nodes.forEach((v, j) => {
        const x = (ax + bx) / 2 + u * (bx - ax) / 2;
        total += weights[i]! * weights[j]! * f(x, (ay + by) / 2 + v * (by - ay) / 2);
      })
    );
    return total * (bx - ax) * (by - ay);
  };
  const refine = (ax: number, bx: number, ay: number, by: number, whole: number, depth: number): number => {
    const mx = (ax + bx) / 2, my = (ay + by) / 2;
    const quarters = [[ax, mx, ay, my], [mx, bx, ay, my], [ax, mx, my, by], [mx, bx, my, by]] as const;
    const parts = quarters.map((quarter) => rule(...quarter));
    const total = parts.reduce((a, b) => a + b, 0);
    if (Math.abs(total - whole) < 1e-9 || depth === 0) return total;
    return quarters.reduce((all, quarter, k) => all + refine(...quarter, parts[k]!, depth - 1), 0);
  };
  return refine(x0, x1, y0, y1, rule(x0, x1, y0, y1), 8);
}

Deno.test("erf() of the analytic PSF is right where tables print it", () => {
  assert.ok(Math.abs(erf(0.5) - 0.5204998778130465) < 1e-15);
  assert.ok(Math.abs(erf(2) - 0.9953222650189527) < 1e-15);
  assert.ok(Math.abs(erf(3) - 0.9999779095030014) < 1e-15);
});

Deno.test("renderPsf() by area equals splitting every sample by hand, at any phase", () => {
  const random = new SeededRandom(21);
  const samples = Float64Array.from({ length: 21 * 21 }, () => random.uniform() - 0.1);
  const psf: PsfSamples = {
    kind: "oversampled",
    size: 21,
    oversampling: 10,
    planes: [{ weight: 1, samples }],
  };
  fc.assert(
    fc.property(PHASE, PHASE, (dx, dy) => {
      const rendered = template(psf, dx, dy, { integration: "area" });
      assert.ok(largestDifference(rendered, areaTwin(samples, 21, 10, MIDDLE + dx, MIDDLE + dy)) < 1e-12);
    }),
    { seed: 9, numRuns: 60 },
  );
});

Deno.test("renderPsf() gives the exact integrals of a Gaussian mixture to 1e-4 of the peak", () => {
  fc.assert(
    fc.property(PHASE, PHASE, (dx, dy) => {
      const exact = exactTemplate(CORE_AND_WING, dx, dy);
      assert.ok(largestDifference(template(CUBE, dx, dy), exact) < 1e-4 * Math.max(...exact));
    }),
    { seed: 10, numRuns: 200 },
  );
});

Deno.test("renderPsf() gives the exact integrals of a Moffat profile to 1e-4 of the peak", () => {
  const size = 101;
  const samples = Float64Array.from({ length: size * size }, (_, i) => {
    const x = (i % size - 50) / 10, y = (Math.floor(i / size) - 50) / 10;
    return integrate(moffat, x - 0.05, x + 0.05, y - 0.05, y + 0.05);
  });
  const total = sum(samples);
  const psf = oneZone("oversampled", samples);
  const random = new SeededRandom(22);
  for (let run = 0; run < 6; run++) {
    const dx = random.uniform() - 0.5, dy = random.uniform() - 0.5;
    const rendered = template(psf, dx, dy);
    const peak = Math.max(...rendered);
    for (let y = MIDDLE - 3; y <= MIDDLE + 3; y++) {
      for (let x = MIDDLE - 3; x <= MIDDLE + 3; x++) {
        const u = x - MIDDLE - dx, v = y - MIDDLE - dy;
        const exact = integrate(moffat, u - 0.5, u + 0.5, v - 0.5, v + 0.5) / total;
        assert.ok(Math.abs(rendered[y * SIDE + x]! - exact) < 1e-4 * peak);
      }
    }
  }
});

Deno.test("renderPsf() is smoother than splitting by area: ten times nearer to the exact integrals", () => {
  const exact = exactTemplate(CORE_AND_WING, 0.23, -0.37);
  const byArea = largestDifference(template(CUBE, 0.23, -0.37, { integration: "area" }), exact);
  const smooth = largestDifference(template(CUBE, 0.23, -0.37), exact);
  assert.ok(smooth < byArea / 10, `${smooth} against ${byArea}`);
});

Deno.test("renderPsf() interpolates an effective PSF at pixel centres to 1e-4 of the peak", () => {
  // Narrow enough to lie inside the table, which reaches 3.2 pixels.
  const narrow = [{ share: 1, sigmaX: 0.5, sigmaY: 0.55, offsetX: 0.02, offsetY: -0.03 }];
  const psf = oneZone("effective", effectivePlane(narrow));
  fc.assert(
    fc.property(PHASE, PHASE, (dx, dy) => {
      const exact = exactTemplate(narrow, dx, dy);
      assert.ok(largestDifference(template(psf, dx, dy), exact) < 1e-4 * Math.max(...exact));
    }),
    { seed: 11, numRuns: 200 },
  );
});

Deno.test("renderPsf() does not integrate an effective PSF again: its width stays", () => {
  const exact = exactTemplate(CORE_AND_WING, 0, 0);
  const rendered = template(TABLE, 0, 0);
  const effectiveArea = (plane: Float64Array) => 1 / plane.reduce((total, value) => total + value * value, 0);
  assert.ok(Math.abs(effectiveArea(rendered) / effectiveArea(exact) - 1) < 2e-3);
});

Deno.test("renderPsf() sums to 1 over a whole stamp at every phase", () => {
  fc.assert(
    fc.property(PHASE, PHASE, fc.constantFrom(CUBE, TABLE), (dx, dy, psf) => {
      assert.ok(Math.abs(sum(template(psf, dx, dy)) - 1) < 1e-12);
    }),
    { seed: 12 },
  );
});

Deno.test("renderPsf() keeps the light that a cutout's edge cuts off out of the rest", () => {
  const whole = template(CUBE, 0, 0);
  const cut = new Float64Array(SIDE * 8);
  renderPsf(CUBE, MIDDLE, MIDDLE, SIDE, 8, cut);
  assert.deepEqual(cut, whole.slice(0, SIDE * 8));
  assert.ok(sum(cut) < 0.9);
});

Deno.test("renderPsf() moves the centroid as the source moves", () => {
  // The centroid over pixels of so sharp a PSF does not follow the source evenly; the exact one shows how.
  const centroid = (plane: Float64Array) =>
    plane.reduce((total, value, i) => total + value * (i % SIDE - MIDDLE), 0);
  fc.assert(
    fc.property(PHASE, (dx) => {
      const exact = centroid(exactTemplate(CORE_AND_WING, dx, 0.2));
      assert.ok(Math.abs(centroid(template(CUBE, dx, 0.2)) - exact) < 1e-4);
      assert.ok(Math.abs(exact - dx) < 0.03);
    }),
    { seed: 13, numRuns: 30 },
  );
});

Deno.test("renderPsf() adds the core shift to the place of the source", () => {
  const shifted = template(CUBE, 0.1, 0.2, { coreShiftPixels: [0.05, -0.03] });
  assert.ok(largestDifference(shifted, template(CUBE, 0.15, 0.17)) < 1e-12);
});

Deno.test("renderPsf() moves by whole pixels without any change", () => {
  const here = template(CUBE, 0.3, -0.2);
  const there = template(CUBE, 1.3, -0.2);
  for (let i = SIDE; i < here.length; i++) {
    if (i % SIDE > 0) assert.ok(Math.abs(there[i]! - here[i - 1]!) < 1e-13);
  }
});

Deno.test("renderPsf() blends zones by their shares", () => {
  const wide = oversampledPlane([{ share: 1, sigmaX: 0.7, sigmaY: 0.7, offsetX: 0.1, offsetY: 0 }]);
  const narrow = decodedSamples(CUBE.planes[0]!.samples);
  const planes = [{ weight: 0.25, samples: wide }, { weight: 0.75, samples: narrow }];
  const blended = template({ ...CUBE, planes }, 0.1, 0.4);
  const a = template(oneZone("oversampled", wide), 0.1, 0.4);
  const b = template(CUBE, 0.1, 0.4);
  assert.ok(largestDifference(blended, a.map((value, i) => 0.25 * value + 0.75 * b[i]!)) < 1e-4);
});

Deno.test("renderPsf() makes the same bits of samples as FITS stores them", () => {
  const widths = [0.6, 0.7, 0.8, 0.9, 1];
  const numbers = widths.map((sigma) =>
    Float32Array.from(
      oversampledPlane([{ share: 1, sigmaX: sigma, sigmaY: sigma, offsetX: 0.1, offsetY: 0 }]),
    )
  );
  for (let count = 1; count <= widths.length; count++) {
    const planes = numbers.slice(0, count).map((samples, k) => ({ weight: 0.1 + 0.2 * k, samples }));
    const stored = planes.map(({ weight, samples }) => ({
      weight,
      samples: new DataView(encodeBigEndian(samples).buffer),
    }));
    assert.deepEqual(
      template({ ...CUBE, planes: stored }, 0.1, 0.4),
      template({ ...CUBE, planes }, 0.1, 0.4),
    );
    assert.deepEqual(stored.map(({ samples }) => decodedSamples(samples)), numbers.slice(0, count));
  }
});

Deno.test("renderPsf() keeps negative samples unless told to clip them", () => {
  const samples = oversampledPlane(CORE_AND_WING);
  samples[0] = -1e-4;
  const psf = oneZone("oversampled", samples);
  assert.ok(template(psf, 0, 0)[2 * SIDE + 2]! < -5e-5);
  assert.ok(template(psf, 0, 0, { negativeSamples: "clip", integration: "area" })[2 * SIDE + 2]! >= 0);
});

Deno.test("renderPsf() is zero beyond the template radius, and does not make up for it", () => {
  const narrow = template(CUBE, 0.2, 0.1, { templateRadiusPixels: 1 });
  assert.equal(narrow[MIDDLE * SIDE + MIDDLE + 2], 0);
  assert.equal(narrow[MIDDLE * SIDE + MIDDLE], template(CUBE, 0.2, 0.1)[MIDDLE * SIDE + MIDDLE]);
});

Deno.test("renderPsf() gives NaN for samples that make no template", () => {
  for (const samples of [new Float64Array(9), new Float64Array(9).fill(NaN), new Float64Array(4)]) {
    const psf: PsfSamples = {
      kind: "oversampled",
      size: 3,
      oversampling: 3,
      planes: [{ weight: 1, samples }],
    };
    assert.ok(template(psf, 0, 0).every(Number.isNaN));
  }
  assert.ok(template({ ...CUBE, planes: [] }, 0, 0).every(Number.isNaN));
  assert.ok(template(CUBE, NaN, 0).every(Number.isNaN));
});

Deno.test("renderPsf() throws RangeError for a sampling that is not a whole number", () => {
  assert.throws(() => template({ ...CUBE, oversampling: 2.5 }, 0, 0), RangeError);
});
