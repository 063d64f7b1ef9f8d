import type { MeasurementInputs } from "../store/measurements.ts";

/** What each stored input is called when it has changed. */
const INPUT_NAMES: readonly (readonly [keyof MeasurementInputs, string])[] = [
  ["codeVersion", "the photometry code"],
  ["photometryConfigHash", "the photometry configuration"],
  ["schemaVersion", "the output columns"],
  ["spectralWcsCalibrationId", "the wavelength calibration"],
  ["solidAngleCalibrationId", "the solid-angle calibration"],
  ["cutoutKey", "the place or size of the cutout"],
  ["cutoutSha256", "the image"],
];

/**
 * Says in words which inputs of a measurement have changed since it was stored. When none of the stored ones has, it
 * is something that is part of the identity alone: the target, its neighbours, or a PSF or flux product.
 */
export function changedInputs(stored: MeasurementInputs, now: MeasurementInputs): string {
  const changed = INPUT_NAMES.filter(([input]) => stored[input] !== now[input]).map(([, name]) => name);
  return changed.length === 0 ? "the target, its neighbours, or a PSF or flux product" : changed.join(", ");
}
