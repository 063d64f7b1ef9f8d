import { bilinearAt } from "../math/interpolation.ts";
import type { CutoutPixels } from "./cutout_pixels.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";

/** Wavelength and bandwidth of a measurement, micron. */
export interface MeasuredWavelength {
  /** Wavelength that the measurement stands for. */
  readonly wavelengthMicron: number;
  /** Bandwidth that the measurement stands for. */
  readonly bandwidthMicron: number;
  /** How these were found. */
  readonly method: "spectral_wcs_psf_weighted" | "spectral_wcs_center" | "none";
  /** Wavelength at the target, bilinear between pixels; NaN outside of the cutout. */
  readonly centerWavelengthMicron: number;
  /** Bandwidth at the target, bilinear between pixels; NaN outside of the cutout. */
  readonly centerBandwidthMicron: number;
}

/**
 * The wavelength of the light that the fit weighs: each fitted pixel counts with template^2 / variance, its
 * share in the flux. Falls back to the target's place when no fitted pixel has a wavelength; NaN and `none`
 * when that has none either.
 */
export function measureWavelength(pixels: CutoutPixels, workspace: MeasureWorkspace): MeasuredWavelength {
  const { pointWindow: window, roles, variance } = workspace;
  const { wavelengthMicron, bandwidthMicron, width, height, targetX, targetY } = pixels;
  const isInside = targetX >= -0.5 && targetX < width - 0.5 && targetY >= -0.5 && targetY < height - 0.5;
  const atTarget = (plane: Float32Array) =>
    isInside ? bilinearAt(plane, width, height, targetX, targetY) : NaN;
  const centerWavelengthMicron = atTarget(wavelengthMicron);
  const centerBandwidthMicron = atTarget(bandwidthMicron);
  const center = { centerWavelengthMicron, centerBandwidthMicron };
  const fitted = PIXEL_ROLE.usable | PIXEL_ROLE.fitBox;
  let all = 0, wavelength = 0, bandwidth = 0;
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, width); x < window.width; x++, k++, i++) {
      if ((roles[i]! & fitted) !== fitted) continue;
      if (!(Number.isFinite(wavelengthMicron[i]!) && Number.isFinite(bandwidthMicron[i]!))) continue;
      const template = window.template(0)[k]!;
      const weight = template * template / variance[i]!;
      all += weight;
      wavelength += weight * wavelengthMicron[i]!;
      bandwidth += weight * bandwidthMicron[i]!;
    }
  }
  if (all > 0) {
    const weighted = { wavelengthMicron: wavelength / all, bandwidthMicron: bandwidth / all };
    return { ...weighted, method: "spectral_wcs_psf_weighted", ...center };
  }
  const method = Number.isFinite(centerWavelengthMicron) ? "spectral_wcs_center" : "none";
  return {
    wavelengthMicron: centerWavelengthMicron,
    bandwidthMicron: centerBandwidthMicron,
    method,
    ...center,
  };
}
