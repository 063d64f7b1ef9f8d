import { isTaggedError } from "../../core/errors.ts";
import type { ApertureMeasurement } from "../../photometry/aperture/aperture_measurement.ts";
import { measureAperture } from "../../photometry/aperture/measure_aperture.ts";
import type { PhotometryFlagName } from "../../photometry/photometry_flags.ts";
import { PsfRenderer } from "../../psf/psf_renderer.ts";
import { abMagnitude, abMagnitudeError } from "../../spherex/units.ts";
import type { CutoutMeasurer } from "../cutout_measurer.ts";
import { FileCalibrations } from "../file_calibration.ts";
import { positionAt } from "../proper_motion.ts";
import type { ApertureFile, ApertureOutcome, ApertureSetup, MeasuredApertures } from "./aperture_job.ts";
import type { PipelinePhotometry } from "./pipeline_types.ts";

/** A square of this side has room for the background of any annulus. */
const MIN_READ_SIZE = 63;

/** A number for a file, null when there is none. */
function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The cells that come from the pixels. */
function measuredCells(found: ApertureMeasurement) {
  const { fluxMicroJy: flux, fluxErrorMicroJy: error } = found;
  return {
    flux: known(flux),
    flux_error: known(error),
    mag_ab: known(abMagnitude(flux)),
    mag_ab_error: known(abMagnitudeError(flux, error)),
    wavelength: known(found.wavelengthMicron),
    bandwidth: known(found.bandwidthMicron),
    flag: found.flags,
    is_upper_limit: error > flux,
    snr: known(flux / error),
    aperture_flux: known(found.apertureFluxMicroJy),
    aperture_flux_error: known(found.apertureFluxErrorMicroJy),
    aperture_correction: known(found.apertureCorrection),
    aperture_radius: known(found.apertureRadiusPixels),
    aperture_method: found.apertureMethod,
    psf_fwhm: known(found.psfFwhmPixels),
    background: known(found.backgroundMJySr),
    background_error: known(found.backgroundErrorMJySr),
    background_pixels: found.backgroundPixelCount,
    zodi_scale: known(found.zodiScale),
    zodi_scale_fitted: found.isZodiScaleFitted,
    failure: found.failure,
  };
}

/** Measures cutouts of one source, one after the other. */
class ApertureBatch {
  readonly #setup: ApertureSetup;
  readonly #measurer: CutoutMeasurer;
  readonly #calibrations: FileCalibrations;
  readonly #renderer = new PsfRenderer();

  constructor(setup: ApertureSetup, measurer: CutoutMeasurer) {
    this.#setup = setup;
    this.#measurer = measurer;
    this.#calibrations = new FileCalibrations(setup.calibration);
  }

  /** The row of one cutout. Throws `fits/*`, `spherex/*`, `wcs/*`, `storage/*` when the file is no good. */
  measure({ path, observation }: ApertureFile): Promise<PipelinePhotometry> {
    const { settings, calibration, target } = this.#setup;
    const { zoneMode, psfSource } = calibration.choices;
    const maxSizePixels = Math.max(MIN_READ_SIZE, ...settings.windowSizePixels.map((size) => size + 3));
    return this.#measurer.open(path, async (level2) => {
      const { image, match } = this.#calibrations.of(level2);
      const position = positionAt(target, level2.mjdAverage);
      const { pixels } = await this.#measurer.prepare(level2, position, image, {
        zoneMode,
        psfSource,
        zodi: true,
        maxSizePixels,
      });
      const found = measureAperture(pixels, settings, this.#renderer);
      const flags = new Set<PhotometryFlagName>(pixels.initialFlags);
      if (found.usesPixelScaleFallback) flags.add("SAPM_INVALID");
      return {
        obs_id: observation.obs_id,
        band: observation.band,
        mjd: Number.isFinite(level2.mjdAverage) ? level2.mjdAverage : observation.mjd,
        ...measuredCells(found),
        pix_x: known(pixels.section.x0 + pixels.targetX),
        pix_y: known(pixels.section.y0 + pixels.targetY),
        photometry_flags: [...flags].join(";"),
        spectral_wcs_calibration_id: match.spectral_wcs_calibration_id,
        solid_angle_calibration_id: match.solid_angle_calibration_id,
      };
    });
  }
}

/** Measures cutouts of one source in apertures. A file that is no good gives the reason in place of a row. */
export async function measureApertures(
  files: readonly ApertureFile[],
  setup: ApertureSetup,
  measurer: CutoutMeasurer,
): Promise<MeasuredApertures> {
  const batch = new ApertureBatch(setup, measurer);
  const outcomes: ApertureOutcome[] = [];
  for (const file of files) {
    try {
      outcomes.push({ row: await batch.measure(file) });
    } catch (error) {
      if (!isTaggedError(error)) throw error;
      outcomes.push({ code: error.code, message: error.message });
    }
  }
  return { kind: "measured_apertures", outcomes };
}
