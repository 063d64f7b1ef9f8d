import assert from "node:assert/strict";
import fc from "fast-check";
import { median } from "./statistics.ts";
import { PIXEL_FLAGS } from "../../lib/spherex/pixel_flags.ts";
import { pixelFluxMicroJy } from "../../lib/spherex/units.ts";
import type { PixelWindow } from "../../lib/simulator/image_renderer.ts";
import { Simulation } from "../../lib/simulator/simulation.ts";

const TARGET = {
  name: "flat",
  rightAscensionDeg: 68.0516625,
  declinationDeg: -5.3776417,
  spectrum: { kind: "power-law", fluxAtTwoMicronMicroJy: 4000, slope: 0 },
  neighbours: [],
} as const;
const { rightAscensionDeg: RA, declinationDeg: DEC } = TARGET;

/** A window of 40 pixels around a place, on the detector. */
function windowAround(x: number, y: number): PixelWindow {
  const start = (c: number) => Math.max(0, Math.min(2000, Math.round(c) - 20));
  return { x0: start(x), y0: start(y), width: 40, height: 40 };
}

Deno.test("render() gives the same pixels to the bit in every window that holds them", () => {
  const simulation = new Simulation({ seed: 3, targets: [TARGET] });
  const covering = simulation.survey.imagesCovering(RA, DEC);
  fc.assert(
    fc.property(
      fc.nat(covering.length - 1),
      fc.record({ dx: fc.integer({ min: -90, max: 50 }), dy: fc.integer({ min: -40, max: 10 }) }),
      fc.record({ width: fc.integer({ min: 1, max: 300 }), height: fc.integer({ min: 1, max: 60 }) }),
      (index, { dx, dy }, size) => {
        const { image, x, y } = covering[index]!;
        const renderer = simulation.renderer(image);
        const small = windowAround(x, y);
        const x0 = Math.max(0, Math.min(2039, small.x0 + dx));
        const y0 = Math.max(0, Math.min(2039, small.y0 + dy));
        const other = {
          x0,
          y0,
          width: Math.min(size.width, 2040 - x0),
          height: Math.min(size.height, 2040 - y0),
        };
        const [a, b] = [renderer.render(small), renderer.render(other)];
        for (let row = 0; row < other.height; row++) {
          for (let column = 0; column < other.width; column++) {
            const [i, j] = [x0 + column - small.x0, y0 + row - small.y0];
            if (i < 0 || j < 0 || i >= small.width || j >= small.height) continue;
            for (const plane of ["image", "flags", "variance", "zodi"] as const) {
              assert(
                Object.is(a[plane][j * 40 + i], b[plane][row * other.width + column]),
                `${plane} ${i} ${j}`,
              );
            }
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("render() puts the true flux of a target into its pixels", () => {
  const options = { targets: [TARGET], fieldStarsPerSquareDegree: 0, noise: false, defects: false };
  const simulation = new Simulation(options);
  const empty = new Simulation({ ...options, targets: [{ ...TARGET, spectrum: null }] });
  const truth = new Map(simulation.truth("flat").map((row) => [row.fileName, row]));
  let checked = 0;
  for (const { image, x, y } of simulation.survey.imagesCovering(RA, DEC)) {
    if (Math.min(x, y) < 10 || Math.max(x, y) > 2029) continue;
    const window = windowAround(x, y);
    const withStar = simulation.renderer(image).render(window).image;
    const without = empty.renderer(image).render(window).image;
    let flux = 0;
    let moment = 0;
    withStar.forEach((value, k) => {
      const [column, row] = [window.x0 + k % 40, window.y0 + Math.floor(k / 40)];
      const pixel = pixelFluxMicroJy(value - without[k]!, image.wcs.solidAngleArcsec2(column, row));
      flux += pixel;
      moment += pixel * column;
    });
    const row = truth.get(image.fileName)!;
    assert(Math.abs(flux / row.fluxMicroJy - 1) < 1e-5, `${flux} against ${row.fluxMicroJy}`);
    assert(Math.abs(moment / flux - row.detectorX) < 0.06, "undersampled, the centroid follows roughly");
    assert(Math.abs(row.detectorX - row.phaseX - Math.round(row.detectorX)) < 1e-9);
    checked++;
  }
  assert(checked > 100);
});

Deno.test("render() has the noise that VARIANCE states", () => {
  const options = { seed: 9, fieldStarsPerSquareDegree: 0, defects: false, variance: "true" } as const;
  const noisy = new Simulation(options);
  const clean = new Simulation({ ...options, noise: false });
  const window = { x0: 700, y0: 900, width: 200, height: 200 };
  for (const detector of [1, 4, 6]) {
    const { image } = noisy.survey.imagesCovering(200, 20).find((each) => each.image.detector === detector)!;
    const [a, b] = [noisy.renderer(image).render(window), clean.renderer(image).render(window)];
    const pulls = a.image.map((value, k) => (value - b.image[k]!) / Math.sqrt(a.variance[k]!));
    const mean = pulls.reduce((sum, value) => sum + value, 0) / pulls.length;
    const width = Math.sqrt(pulls.reduce((sum, value) => sum + value * value, 0) / pulls.length);
    assert(Math.abs(mean) < 0.02, `mean ${mean}`);
    assert(Math.abs(width - 1) < 0.015, `width ${width}`);
    const beyondThree = pulls.filter((value) => Math.abs(value) > 3).length / pulls.length;
    assert(Math.abs(beyondThree - 0.0027) < 0.0012, `${beyondThree} beyond three sigma`);
  }
});

Deno.test("render() draws noise anew for every exposure and detector", () => {
  const simulation = new Simulation({ fieldStarsPerSquareDegree: 0, defects: false });
  const clean = new Simulation({ fieldStarsPerSquareDegree: 0, defects: false, noise: false });
  const window = { x0: 100, y0: 100, width: 50, height: 50 };
  const noises = simulation.survey.imagesCovering(50, 50).slice(0, 6).map(({ image }) => {
    const reference = clean.renderer(image).render(window).image;
    return simulation.renderer(image).render(window).image.map((value, k) => value - reference[k]!);
  });
  for (let i = 0; i < noises.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [noises[i]!, noises[j]!];
      const product = (p: Float32Array, q: Float32Array) =>
        p.reduce((sum, value, k) => sum + value * q[k]!, 0);
      const correlation = product(a, b) / Math.sqrt(product(a, a) * product(b, b));
      assert(Math.abs(correlation) < 0.1, `exposures ${i} and ${j}: ${correlation}`);
    }
  }
});

Deno.test("render() flags defects at about the rates of real images, NaN variance only where flagged", () => {
  const simulation = new Simulation({ fieldStarsPerSquareDegree: 0 });
  const { image } = simulation.survey.imagesCovering(200, 20)[0]!;
  const planes = simulation.renderer(image).render({ x0: 200, y0: 400, width: 600, height: 600 });
  const share = (name: Parameters<typeof PIXEL_FLAGS.value>[0]) =>
    planes.flags.filter((word) => (word & PIXEL_FLAGS.value(name)) !== 0).length / planes.flags.length;
  for (
    const [name, low, high] of [
      ["NONFUNC", 0.002, 0.004],
      ["COLD", 0.0002, 0.001],
      ["HOT", 0.0001, 0.0004],
      ["TRANSIENT", 0.004, 0.006],
      ["OUTLIER", 0.0015, 0.0025],
      ["PERSIST", 0.0015, 0.0025],
      ["SUR_ERROR", 0.0028, 0.0042],
    ] as const
  ) {
    assert(share(name) > low && share(name) < high, `${name}: ${share(name)}`);
  }
  const blind = planes.variance.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  assert(blind > 0);
  planes.variance.forEach((value, k) =>
    assert(value > 0 || planes.flags[k] !== 0, `variance ${value} at ${k}`)
  );
  const outliers = planes.image.filter((_, k) => (planes.flags[k]! & PIXEL_FLAGS.value("OUTLIER")) !== 0);
  assert(median(outliers) > median(planes.image) + 0.1);
});

Deno.test("render() keeps lasting defects in place and moves passing ones", () => {
  const simulation = new Simulation({ fieldStarsPerSquareDegree: 0 });
  const window = { x0: 200, y0: 400, width: 300, height: 300 };
  const [first, second] = simulation.survey.imagesCovering(200, 20).filter(({ image }) =>
    image.detector === 2
  );
  const [a, b] = [first!, second!].map(({ image }) => simulation.renderer(image).render(window).flags);
  const places = (flags: Int32Array, name: "NONFUNC" | "OUTLIER") =>
    [...flags.keys()].filter((k) => (flags[k]! & PIXEL_FLAGS.value(name)) !== 0).join();
  assert.equal(places(a!, "NONFUNC"), places(b!, "NONFUNC"));
  assert.notEqual(places(a!, "OUTLIER"), places(b!, "OUTLIER"));
});

Deno.test("render() flags SOURCE around stars, wider for brighter ones, and OVERFLOW in bright cores", () => {
  const counts = [1000, 20000].map((fluxAtTwoMicronMicroJy) => {
    const spectrum = { kind: "power-law", fluxAtTwoMicronMicroJy, slope: 0 } as const;
    const simulation = new Simulation({
      targets: [{ ...TARGET, spectrum }],
      fieldStarsPerSquareDegree: 0,
      defects: false,
    });
    const { image, x, y } = simulation.survey.imagesCovering(RA, DEC).find((each) =>
      each.image.detector === 1
    )!;
    const { flags } = simulation.renderer(image).render(windowAround(x, y));
    const count = (name: "SOURCE" | "OVERFLOW") =>
      flags.filter((word) => (word & PIXEL_FLAGS.value(name)) !== 0).length;
    return [count("SOURCE"), count("OVERFLOW")] as const;
  });
  const [[faintSource, faintOverflow], [brightSource, brightOverflow]] = counts as [
    [number, number],
    [number, number],
  ];
  assert(faintSource > 8 && brightSource > faintSource * 1.5, `${faintSource} and ${brightSource}`);
  assert.equal(faintOverflow, 0);
  assert(brightOverflow >= 1);
});
