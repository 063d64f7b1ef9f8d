/** Apertures on the simulated survey: known fluxes written to files, read back and measured. */
import assert from "node:assert/strict";
import type { ApertureMeasurement } from "../../../lib/photometry/aperture/aperture_measurement.ts";
import {
  type ApertureSettings,
  DEFAULT_APERTURE_SETTINGS,
} from "../../../lib/photometry/aperture/aperture_settings.ts";
import { fillCircleOverlap } from "../../../lib/photometry/aperture/circle_overlap.ts";
import { measureAperture } from "../../../lib/photometry/aperture/measure_aperture.ts";
import { median } from "../../../lib/math/robust_statistics.ts";
import { starStamp } from "../../../lib/simulator/detector_psf.ts";
import { FluxRecovery, type ReadTarget, type RecoveryOptions } from "../../../lib/simulator/flux_recovery.ts";

const SKY: RecoveryOptions = { seed: 11, targets: 14, fluxRangeMicroJy: [20, 60000], cutoutPixels: 21 };

async function readTargets(): Promise<ReadTarget[]> {
  const recovery = new FluxRecovery(SKY);
  const found: ReadTarget[] = [];
  for (let index = 0; index < SKY.targets; index++) {
    found.push(...await Array.fromAsync(recovery.readTarget(index)));
  }
  return found;
}

/** The share of a star's light in an aperture, from the simulation's own analytic PSF. */
function curveOfGrowth({ truth }: ReadTarget, radius: number): number {
  const stamp = starStamp(truth.detector, truth.detectorX, truth.detectorY);
  const overlap = new Float64Array(stamp.size ** 2);
  const [x, y] = [truth.detectorX - stamp.x0, truth.detectorY - stamp.y0];
  fillCircleOverlap(x, y, radius, stamp.size, stamp.size, overlap);
  return overlap.reduce((sum, share, i) => sum + share * stamp.fractions[i]!, 0);
}

interface Measured {
  readonly read: ReadTarget;
  readonly found: ApertureMeasurement;
}

function measureAll(reads: readonly ReadTarget[], settings: Partial<ApertureSettings> = {}): Measured[] {
  return reads.filter(({ truth, pixels }) => {
    const { targetX: x, targetY: y, width, height } = pixels;
    return truth.fluxMicroJy > 0 && Math.min(x, y, width - 1 - x, height - 1 - y) > 7;
  }).map((read) => ({
    read,
    found: measureAperture(read.pixels, { ...DEFAULT_APERTURE_SETTINGS, ...settings }),
  }));
}

const reads = await readTargets();

for (
  const [name, settings] of Object.entries<Partial<ApertureSettings>>({
    "by the width of the PSF, annulus": {},
    "fixed, window": { method: "fixed", backgroundMethod: "window" },
  })
) {
  Deno.test(`measureAperture() recovers fluxes with aperture correction: ${name}`, () => {
    for (const release of ["QR2", "QR3"]) {
      const good = measureAll(reads.filter((read) => read.truth.release === release), settings)
        .filter(({ found }) => found.fluxMicroJy / found.fluxErrorMicroJy > 50);
      const bias = median(good.map(({ read, found }) => found.fluxMicroJy / read.truth.fluxMicroJy - 1));
      assert(good.length > 120, `${good.length} measurements of ${release}`);
      assert(Math.abs(bias) < 0.005, `median bias of ${release} ${bias}`);
    }
  });

  Deno.test(`measureAperture() has pulls of width 1: ${name}`, () => {
    const pulls = measureAll(reads, settings).map(({ read, found }) =>
      (found.fluxMicroJy - read.truth.fluxMicroJy) / found.fluxErrorMicroJy
    );
    const mean = pulls.reduce((sum, pull) => sum + pull, 0) / pulls.length;
    const width = Math.sqrt(pulls.reduce((sum, pull) => sum + (pull - mean) ** 2, 0) / (pulls.length - 1));
    assert(pulls.length > 1200, `${pulls.length} measurements`);
    assert(Math.abs(width - 1) < 0.05, `width ${width}`);
    assert(Math.abs(mean) < 0.1, `mean ${mean}`);
  });
}

Deno.test("measureAperture() without correction loses what the PSF's curve of growth says", () => {
  const ratios = measureAll(reads).filter(({ found }) => found.fluxMicroJy / found.fluxErrorMicroJy > 50)
    .map(({ read, found }) => ({
      ratio: found.apertureFluxMicroJy / read.truth.fluxMicroJy,
      enclosed: curveOfGrowth(read, found.apertureRadiusPixels),
    }));
  const loss = median(ratios.map(({ enclosed }) => 1 - enclosed));
  assert(loss > 0.02, `light beyond the aperture: ${loss}`);
  const difference = median(ratios.map(({ ratio, enclosed }) => ratio / enclosed - 1));
  assert(Math.abs(difference) < 0.002, `median difference from the curve of growth ${difference}`);
});

Deno.test("measureAperture() knows the PSF's share in the aperture", () => {
  const differences = measureAll(reads).map(({ read, found }) =>
    Math.abs(1 / found.apertureCorrection / curveOfGrowth(read, found.apertureRadiusPixels) - 1)
  );
  assert(median(differences) < 0.001, `median ${median(differences)}`);
  assert(Math.max(...differences) < 0.005, `largest ${Math.max(...differences)}`);
});
