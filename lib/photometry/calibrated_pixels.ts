import { bilinearAt } from "../math/interpolation.ts";
import type { CutoutPixels } from "./cutout_pixels.ts";
import { MICROJY_PER_MJYSR_ARCSEC2 } from "./flux_units.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";

/** Offset from the target's wavelength of which the square is 1 in the bend of the background, micron. */
const BEND_SCALE_MICRON = 0.001;

/**
 * Turns surface brightness into microjansky per pixel and marks the usable pixels: finite, with a positive
 * variance and solid angle, and none of the flags in `fitExcludeMask`. Fills data, variance, flux per rate,
 * background columns and (from scratch) roles of the workspace; unusable pixels get data and variance 0.
 * Returns the number of usable pixels.
 */
export function calibratePixels(
  pixels: CutoutPixels,
  fitExcludeMask: number,
  workspace: MeasureWorkspace,
): number {
  const { width, height, imageMJySr, varianceMJy2Sr2, solidAngleArcsec2, flags } = pixels;
  workspace.reserve(width * height);
  const { data, observedVariance, variance, fluxPerRate, roles } = workspace;
  const [ones, offsetX, offsetY, bend] = workspace.basis as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const center = bilinearAt(pixels.wavelengthMicron, width, height, pixels.targetX, pixels.targetY);
  const scale = 1 / BEND_SCALE_MICRON;
  workspace.hasWavelengths = true;
  let usableCount = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const factor = solidAngleArcsec2[i]! * MICROJY_PER_MJYSR_ARCSEC2;
      const value = imageMJySr[i]! * factor;
      const spread = varianceMJy2Sr2[i]! * factor * factor;
      const usable = factor > 0 && spread > 0 && Number.isFinite(value) && spread < Infinity &&
        (flags[i]! & fitExcludeMask) === 0;
      fluxPerRate[i] = factor;
      data[i] = usable ? value : 0;
      observedVariance[i] = usable ? spread : 0;
      variance[i] = observedVariance[i]!;
      roles[i] = usable ? PIXEL_ROLE.usable : 0;
      ones[i] = 1;
      offsetX[i] = x - pixels.targetX;
      offsetY[i] = y - pixels.targetY;
      const offset = (pixels.wavelengthMicron[i]! - center) * scale;
      const isKnown = Number.isFinite(offset);
      bend[i] = isKnown ? offset * offset : 0;
      if (usable && !isKnown) workspace.hasWavelengths = false;
      if (usable) usableCount++;
    }
  }
  return usableCount;
}
