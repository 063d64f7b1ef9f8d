import { assembleMeasurement } from "./assemble_measurement.ts";
import type { CutoutPixels } from "./cutout_pixels.ts";
import { fitTarget, NO_TARGET_FIT } from "./fit_target.ts";
import { MeasureWorkspace } from "./measure_workspace.ts";
import type { Measurement, MeasurementWithModels } from "./measurement.ts";
import { modelPlanes } from "./model_planes.ts";
import type { PhotometryFlagName } from "./photometry_flags.ts";
import { prepareTarget, templateSupport } from "./prepare_target.ts";
import type { PhotometrySettings } from "./settings.ts";

/** What a measurement may reuse and should return. */
export interface MeasureOptions {
  /** Arrays reused from one call to the next; without it they are made anew. */
  readonly workspace?: MeasureWorkspace;
  /** Whether to return the planes for full quality images. */
  readonly keepModels?: boolean;
}

/**
 * Measures the flux of a point source at a known place in a cutout, by a linear fit of the PSF and the
 * background, with neighbours separated where the residual shows them. Fluxes are signed, in microjansky.
 *
 * A measurement that fails is NaN with flags that say why; nothing about the data is ever thrown.
 *
 * @example
 * ```ts
 * import { measureCutout } from "./measure_cutout.ts";
 * import { DEFAULT_PHOTOMETRY_SETTINGS } from "./settings.ts";
 * import { asVariance } from "../core/noise.ts";
 * import assert from "node:assert/strict";
 * const plane = (value: number) => new Float32Array(400).fill(value);
 * const measurement = measureCutout({
 *   width: 20, height: 20, imageMJySr: plane(0.3), varianceMJy2Sr2: asVariance(plane(1e-4)),
 *   flags: new Int32Array(400), solidAngleArcsec2: plane(37.8), wavelengthMicron: plane(1.1),
 *   bandwidthMicron: plane(0.03), targetX: 10.2, targetY: 9.7, detectorX: 1000, detectorY: 1000,
 *   detectorCoordinateMethod: "crpix1a", zoneIndex: 60, zoneCenterX: 1019.5, zoneCenterY: 1019.5,
 *   psf: {
 *     kind: "oversampled", size: 31, oversampling: 10,
 *     planes: [{ weight: 1, samples: new Float32Array(961).fill(1 / 961) }],
 *   },
 * }, DEFAULT_PHOTOMETRY_SETTINGS);
 * assert.equal(measurement.detectionStatus, "non_detection");
 * assert(Math.abs(measurement.selectedFluxMicroJy) < 1e-3);
 * ```
 */
export function measureCutout(
  pixels: CutoutPixels,
  settings: PhotometrySettings,
  options: MeasureOptions & { readonly keepModels: true },
): MeasurementWithModels;
/** Measures the flux of a point source; see the first overload. */
export function measureCutout(
  pixels: CutoutPixels,
  settings: PhotometrySettings,
  options?: MeasureOptions,
): Measurement;
export function measureCutout(
  pixels: CutoutPixels,
  settings: PhotometrySettings,
  options: MeasureOptions = {},
): Measurement | MeasurementWithModels {
  const workspace = options.workspace ?? new MeasureWorkspace();
  const context = { pixels, settings, workspace, flags: new Set<PhotometryFlagName>() };
  const prepared = prepareTarget(context);
  const target = prepared.ready ? fitTarget(context) : NO_TARGET_FIT;
  const left = target.rejectedPixelCount > 0 ? { ...prepared, ...templateSupport(context) } : prepared;
  const measurement = assembleMeasurement(context, left, target);
  return options.keepModels
    ? { ...measurement, models: modelPlanes(pixels, target, workspace) }
    : measurement;
}
