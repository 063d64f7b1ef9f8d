import type { ByteSource } from "../fits/byte_source.ts";
import { type FitsFile, openFits } from "../fits/fits_file.ts";
import type { DetectorNumber } from "./bands.ts";
import { CalibrationMap, firstPlane } from "./calibration_map.ts";
import { ScratchBytes } from "./in_place_source.ts";
import { PsfCache } from "./psf_cache.ts";
import { findPsfHdu, openPsfHdu, type PsfExtension } from "./psf_extension.ts";
import { spherexError } from "./spherex_error.ts";

/** The maps of a `spectral_wcs` product: central wavelength and bandwidth of every pixel, micron. */
export interface SpectralMaps {
  /** CWAVE, micron. */
  readonly wavelength: CalibrationMap;
  /** CBAND, micron. */
  readonly bandwidth: CalibrationMap;
}

/** The detector that a calibration file says it is for, or undefined. */
export async function detectorOfCalibration(fits: FitsFile): Promise<number | undefined> {
  for (let index = 0; index < 3; index++) {
    const hdu = await fits.find(index);
    const value = hdu?.header.get("DETECTOR");
    const number = typeof value === "string" ? Number(value.trim().replace(/^D/, "")) : value;
    if (typeof number === "number" && Number.isInteger(number)) return number;
  }
  return undefined;
}

/** Throws `spherex/wrong-detector` when a calibration file says that it is for another detector. */
async function requireDetector(fits: FitsFile, detector: DetectorNumber | undefined): Promise<void> {
  const found = detector === undefined ? undefined : await detectorOfCalibration(fits);
  if (found === undefined || found === detector) return;
  throw spherexError(
    "wrong-detector",
    `Cannot use the calibration file: it is for detector ${found}, expected ${detector}`,
    {
      context: { found, expected: detector! },
    },
  );
}

/** Opens a `spectral_wcs` product. Throws `spherex/wrong-detector`, `spherex/bad-calibration`, `fits/*`. */
export async function openSpectralMaps(
  source: ByteSource,
  detector?: DetectorNumber,
  scratch: ScratchBytes = new ScratchBytes(),
): Promise<SpectralMaps> {
  const fits = await openFits(source);
  await requireDetector(fits, detector);
  const wavelength = new CalibrationMap(await fits.hdu("CWAVE"), scratch);
  const bandwidth = new CalibrationMap(await fits.hdu("CBAND"), scratch);
  if (wavelength.width !== bandwidth.width || wavelength.height !== bandwidth.height) {
    throw spherexError(
      "bad-calibration",
      `Cannot use the spectral maps: CWAVE is ${wavelength.width} x ${wavelength.height}, ` +
        `CBAND is ${bandwidth.width} x ${bandwidth.height}`,
    );
  }
  return { wavelength, bandwidth };
}

/**
 * Opens a product that is one map over the detector: `solid_angle_pixel_map` (square arcseconds) or
 * `l3_flux_corrections` (factors). Throws `spherex/wrong-detector`, `spherex/bad-calibration`, `fits/*`.
 */
export async function openDetectorMap(
  source: ByteSource,
  detector?: DetectorNumber,
  scratch: ScratchBytes = new ScratchBytes(),
): Promise<CalibrationMap> {
  const fits = await openFits(source);
  await requireDetector(fits, detector);
  const image = await fits.find("IMAGE");
  return new CalibrationMap(image ?? firstPlane(await fits.hdus()), scratch);
}

/** Opens an `average_psf` or `epsf` product. Throws `spherex/wrong-detector`, `spherex/bad-psf`, `fits/*`. */
export async function openCalibrationPsf(
  source: ByteSource,
  detector?: DetectorNumber,
  cache: PsfCache = new PsfCache(),
): Promise<PsfExtension> {
  const fits = await openFits(source);
  await requireDetector(fits, detector);
  const hdu = await findPsfHdu(fits, undefined);
  if (hdu !== undefined) return await openPsfHdu(hdu, cache);
  const names = (await fits.hdus()).map((each) => each.name);
  throw spherexError(
    "bad-psf",
    `Cannot find a PSF: the file has ${names.join(", ")}, expected PSF-DATA-CUBE or EPSF`,
  );
}
