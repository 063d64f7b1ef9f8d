import type { CutoutPixels } from "./cutout_pixels.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import type { Measurement, MeasurementWithModels } from "./measurement.ts";
import type { PhotometrySettings } from "./settings.ts";

/** What a measurement may reuse and should return. */
export interface MeasureOptions {
  /** Arrays reused from one call to the next. */
  readonly workspace?: MeasureWorkspace;
  /** Whether to return the planes for full quality images. */
  readonly keepModels?: boolean;
}

/** Measures. */
export function measureCutout(
  pixels: CutoutPixels,
  settings: PhotometrySettings,
  options: MeasureOptions & { readonly keepModels: true },
): MeasurementWithModels;
/** Measures. */
export function measureCutout(
  pixels: CutoutPixels,
  settings: PhotometrySettings,
  options?: MeasureOptions,
): Measurement;
export function measureCutout(): Measurement {
  throw new RangeError("Not built");
}
