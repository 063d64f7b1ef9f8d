import assert from "node:assert/strict";
import { PsfRenderer } from "../../lib/psf/psf_renderer.ts";
import {
  convolvedSamples,
  intervalIntegrals,
  psfComponents,
  starStamp,
} from "../../lib/simulator/detector_psf.ts";
import type { DetectorNumber } from "../../lib/spherex/bands.ts";

/** The PSF at one place as the files of a release hold it, and the share of its light that they hold. */
function sampledPsf(
  kind: "oversampled" | "effective",
  detector: DetectorNumber,
  x: number,
  y: number,
) {
  const [size, oversampling] = kind === "effective" ? [33, 5] : [101, 10];
  const step = 1 / oversampling, first = -(size - 1) / 2 * step;
  const samples = new Float64Array(size * size);
  const [inX, inY] = [new Float64Array(size), new Float64Array(size)];
  for (const { weight, offsetX, offsetY, sigmaX, sigmaY } of psfComponents(detector, x, y)) {
    if (kind === "effective") {
      convolvedSamples(sigmaX, offsetX, first, step, 1, inX);
      convolvedSamples(sigmaY, offsetY, first, step, 1, inY);
    } else {
      intervalIntegrals(offsetX, sigmaX, first, step, inX);
      intervalIntegrals(offsetY, sigmaY, first, step, inY);
    }
    for (let k = 0; k < samples.length; k++) {
      samples[k]! += weight * inX[k % size]! * inY[Math.floor(k / size)]!;
    }
  }
  const sum = samples.reduce((total, value) => total + value, 0);
  const share = kind === "effective" ? sum / oversampling ** 2 : sum;
  return { share, psf: { kind, size, oversampling, planes: [{ weight: 1, samples }] } as const };
}

/** Fitted over true flux minus one, of a star without noise, weighted as photons are. */
function fluxError(kind: "oversampled" | "effective", detector: DetectorNumber, x: number, y: number) {
  const { share, psf } = sampledPsf(kind, detector, x, y);
  const { x0, y0, size, fractions } = starStamp(detector, x, y);
  const renderer = new PsfRenderer();
  const template = new Float64Array(size * size);
  renderer.prepare(psf);
  renderer.render(x, y, x0, y0, size, size, template);
  let data = 0, all = 0;
  for (let k = 0; k < template.length; k++) {
    const weight = 1 / (fractions[k]! + 2e-3);
    data += weight * template[k]! * fractions[k]!;
    all += weight * template[k]! * template[k]!;
  }
  return { error: data / all - 1, beyond: 1 - share };
}

Deno.test("the flux of a star without noise comes back to a millionth from a cube, less what is beyond it from a table", () => {
  for (const detector of [1, 2, 3, 4, 5, 6] as const) {
    for (const [x, y] of [[300, 1700.25], [1020.5, 1020.25], [1700.4, 300.1]] as const) {
      const cube = fluxError("oversampled", detector, x, y);
      assert(Math.abs(cube.error) < 1e-6, `D${detector} cube ${cube.error}`);
      const table = fluxError("effective", detector, x, y);
      assert(
        table.error < 5e-6 && table.error > -2.5 * table.beyond - 5e-6,
        `D${detector} table ${table.error}`,
      );
    }
  }
});
