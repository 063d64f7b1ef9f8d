import type { VarianceArray } from "../core/noise.ts";
import type { PsfSamples } from "../psf/psf_samples.ts";
import type { ExtendedProfile } from "./extended_profile.ts";
import type { PhotometryFlagName } from "./photometry_flags.ts";

/**
 * Calibrated pixels around one target: everything that a measurement needs, and nothing about files.
 *
 * All planes have `width * height` values, row by row. NaN marks a value that is missing.
 */
export interface CutoutPixels {
  /** Pixels along x. */
  readonly width: number;
  /** Pixels along y. */
  readonly height: number;
  /** Surface brightness, MJy/sr; zodiacal light not subtracted. */
  readonly imageMJySr: Float32Array;
  /** Variance of the surface brightness, (MJy/sr)^2. */
  readonly varianceMJy2Sr2: VarianceArray<Float32Array>;
  /** Model of the zodiacal light, MJy/sr; absent when it was not asked for or the file has none. */
  readonly zodiMJySr?: Float32Array | undefined;
  /** Pixel flag words. */
  readonly flags: Int32Array;
  /** Solid angle of each pixel, arcsec^2. */
  readonly solidAngleArcsec2: Float32Array;
  /** Central wavelength of each pixel, micron. */
  readonly wavelengthMicron: Float32Array;
  /** Bandwidth of each pixel, micron. */
  readonly bandwidthMicron: Float32Array;
  /** Target in the cutout, 0-based pixels, centres at integers. */
  readonly targetX: number;
  /** Target in the cutout, 0-based pixels, centres at integers. */
  readonly targetY: number;
  /** Target on the parent detector, 0-based pixels. */
  readonly detectorX: number;
  /** Target on the parent detector, 0-based pixels. */
  readonly detectorY: number;
  /** `crpix1a` when the parent pixel comes from the header, `cutout` when cutout pixels had to stand in. */
  readonly detectorCoordinateMethod: "crpix1a" | "cutout";
  /** The PSF at the target; null when the file has none that can be used. */
  readonly psf: PsfSamples | null;
  /** Index of the PSF zone of largest weight; -1 when there is none. */
  readonly zoneIndex: number;
  /** Centre of that zone on the parent detector, 0-based pixels. */
  readonly zoneCenterX: number;
  /** Centre of that zone on the parent detector, 0-based pixels. */
  readonly zoneCenterY: number;
  /** The shape of the target; a point source when absent. */
  readonly profile?: ExtendedProfile | undefined;
  /** Sources of a catalogue other than the target, 0-based pixels of the cutout; fitted jointly at these places. */
  readonly knownNeighbors?: readonly { readonly x: number; readonly y: number }[];
  /** What was already known to be wrong when the pixels were read, such as a calibration mismatch. */
  readonly initialFlags?: readonly PhotometryFlagName[];
}
