/** Galaxies, moving stars, airglow, full pixels and hits without flags: each is where and what it should be. */
import assert from "node:assert/strict";
import { PIXEL_FLAGS } from "../../lib/spherex/pixel_flags.ts";
import { solidAngleArcsec2 } from "../../lib/simulator/exposure_wcs.ts";
import type { SimulatedTarget } from "../../lib/simulator/simulated_target.ts";
import { Simulation } from "../../lib/simulator/simulation.ts";
import type { SimulationOptions } from "../../lib/simulator/simulation_options.ts";
import { spectralMap } from "../../lib/simulator/spectral_map.ts";
import type { TruthRow } from "../../lib/simulator/truth.ts";

const QUIET: SimulationOptions = {
  seed: 3,
  visitsPerDetector: 6,
  fieldStarsPerSquareDegree: 0,
  noise: false,
  defects: false,
};
const PLACE = { rightAscensionDeg: 68.05, declinationDeg: -5.37 };

function target(changes: Partial<SimulatedTarget>): SimulatedTarget {
  return {
    name: "t",
    ...PLACE,
    neighbours: [],
    spectrum: { kind: "power-law", fluxAtTwoMicronMicroJy: 5000, slope: 0 },
    ...changes,
  };
}

/** The planes around a target in an image, and the same without the target. */
function around(options: SimulationOptions, changes: Partial<SimulatedTarget>, truth: TruthRow, half = 20) {
  const window = {
    x0: Math.round(truth.detectorX) - half,
    y0: Math.round(truth.detectorY) - half,
    width: 2 * half + 1,
    height: 2 * half + 1,
  };
  const planes = (spectrum: Partial<SimulatedTarget>) => {
    const simulation = new Simulation({
      ...QUIET,
      ...options,
      targets: [target({ ...changes, ...spectrum })],
    });
    const image = simulation.survey.imageOfFile(truth.fileName)!;
    const { image: rate, flags } = simulation.renderer(image).render(window);
    return { rate, flags, image, window };
  };
  return { bright: planes({}), dark: planes({ spectrum: null }) };
}

/** The truth of a target in the images whose window lies on the detector. */
function truthOf(changes: Partial<SimulatedTarget>): TruthRow[] {
  return new Simulation({ ...QUIET, targets: [target(changes)] }).truth("t").filter((
    { detectorX, detectorY },
  ) => Math.min(detectorX, detectorY) > 30 && Math.max(detectorX, detectorY) < 2009);
}

/** Flux and centroid of what the target adds to an image. */
function moments({ bright, dark }: ReturnType<typeof around>) {
  const { window, image } = bright;
  let flux = 0, sumX = 0, sumY = 0;
  for (let i = 0; i < bright.flags.length; i++) {
    const x = window.x0 + i % window.width, y = window.y0 + Math.floor(i / window.width);
    const omega = solidAngleArcsec2(image.detector, image.wcs.pc, x, y);
    const light = (bright.rate[i]! - dark.rate[i]!) * omega * 23.504430539;
    flux += light;
    sumX += light * x;
    sumY += light * y;
  }
  return { flux, x: sumX / flux, y: sumY / flux };
}

Deno.test("a galaxy has its flux and its place, and is wider along its major axis", () => {
  const profile = { sersicIndex: 1, effectiveRadiusArcsec: 8, axisRatio: 0.3, positionAngleDeg: 40 };
  const truth = truthOf({})[0]!;
  const planes = around({}, { profile }, truth);
  const { flux, x, y } = moments(planes);
  assert.ok(Math.abs(flux / truth.fluxMicroJy - 1) < 0.01, `flux ${flux} of ${truth.fluxMicroJy}`);
  assert.ok(Math.hypot(x - truth.detectorX, y - truth.detectorY) < 0.05);
  const { wcs } = planes.bright.image;
  const turn = 40 * Math.PI / 180;
  const away = (angle: number) => {
    const place = wcs.skyToPixel(
      PLACE.rightAscensionDeg + 15 * Math.sin(angle) / 3600 / Math.cos(PLACE.declinationDeg * Math.PI / 180),
      PLACE.declinationDeg + 15 * Math.cos(angle) / 3600,
    )!;
    const { window, rate } = planes.bright;
    const i = (Math.round(place.y) - window.y0) * window.width + Math.round(place.x) - window.x0;
    return rate[i]! - planes.dark.rate[i]!;
  };
  assert.ok(away(turn) > 3 * away(turn + Math.PI / 2));
});

Deno.test("a moving star is where its motion has taken it at the time of each image", () => {
  const motion = { raMasPerYear: 900, decMasPerYear: -1500, epochYear: 2016 };
  const still = truthOf({}), moved = truthOf({ motion });
  for (const [k, truth] of [[0, moved[0]!], [moved.length - 1, moved.at(-1)!]] as const) {
    const { x, y } = moments(around({}, { motion }, truth));
    assert.ok(Math.hypot(x - truth.detectorX, y - truth.detectorY) < 0.05);
    const before = still[k === 0 ? 0 : still.length - 1]!;
    // Ten years at 1.75 arcseconds a year are three pixels.
    const distance = Math.hypot(truth.detectorX - before.detectorX, truth.detectorY - before.detectorY);
    assert.ok(distance > 2.4 && distance < 3.5, `${distance} pixels`);
  }
});

Deno.test("airglow follows the wavelength: pixels of one wavelength have one brightness", () => {
  const simulation = new Simulation({ ...QUIET, airglowMJySr: 20 });
  const plain = new Simulation(QUIET);
  const image =
    simulation.survey.imagesCovering(68.05, -5.37).find((each) => each.image.detector === 1)!.image;
  const map = spectralMap(1, image.solution);
  // The row where the middle of the detector sees the line of helium.
  let y = 0;
  while (map.wavelengthMicron(1020, y) > 1.083) y++;
  const window = { x0: 0, y0: y - 20, width: 2040, height: 80 };
  const dark = plain.renderer(image).render(window).image;
  const glow = simulation.renderer(image).render(window).image.map((value, i) => value - dark[i]!);
  const at = (x: number, wavelength: number) => {
    let row = window.y0;
    while (map.wavelengthMicron(x, row) > wavelength) row++;
    return glow[(row - window.y0) * window.width + x]!;
  };
  const middle = at(1020, 1.083);
  assert.ok(middle > 4 && middle <= 20, `${middle} MJy/sr`);
  for (const x of [700, 1300]) assert.ok(Math.abs(at(x, 1.083) / middle - 1) < 0.02);
});

Deno.test("full pixels hold no more light, are flagged, and bleed along their column", () => {
  const bright = { spectrum: { kind: "power-law", fluxAtTwoMicronMicroJy: 2e6, slope: 0 } } as const;
  const truth = truthOf(bright)[0]!;
  const { bright: full } = around({ saturation: true }, bright, truth, 10);
  const center = 10 * 21 + 10;
  const flags = PIXEL_FLAGS.decode(full.flags[center]!);
  assert.ok(flags.includes("OVERFLOW") && flags.includes("NONLINEAR") && flags.includes("BLOOM"));
  assert.ok(Math.max(...full.rate) < 70);
  const bloomed = (i: number) => PIXEL_FLAGS.decode(full.flags[i]!).includes("BLOOM");
  assert.ok(bloomed(center + 21) && bloomed(center - 21) && !bloomed(center + 1) && !bloomed(center - 1));
});

Deno.test("SOURCE can be everywhere, and some hits have no flag", () => {
  const image = new Simulation(QUIET).survey.imagesCovering(68.05, -5.37)[0]!.image;
  const window = { x0: 100, y0: 100, width: 100, height: 100 };
  const render = (options: SimulationOptions) =>
    new Simulation({ ...QUIET, ...options }).renderer(image).render(window);
  const source = PIXEL_FLAGS.value("SOURCE");
  assert.ok(render({ sourceFlags: "everywhere" }).flags.every((flags) => (flags & source) !== 0));
  assert.ok(render({}).flags.every((flags) => flags === 0));
  const clean = render({}), hit = render({ missedCosmicRays: 0.01 });
  const hits = hit.image.filter((value, i) => value > clean.image[i]!).length;
  assert.ok(hits > 60 && hits < 140, `${hits} hits in 10,000 pixels`);
  assert.deepEqual(hit.flags, clean.flags);
});
