import { join } from "node:path";
import { isTaggedError } from "../../core/errors.ts";
import { openFileSource } from "../../files/file_source.ts";
import type { ApertureMeasurement } from "../../photometry/aperture/aperture_measurement.ts";
import type { ApertureSettings } from "../../photometry/aperture/aperture_settings.ts";
import { measureAperture } from "../../photometry/aperture/measure_aperture.ts";
import { PsfRenderer } from "../../psf/psf_renderer.ts";
import { readCutoutPixels } from "../../spherex/cutout_pixels.ts";
import { HeadBuffers } from "../../spherex/head_source.ts";
import { openLevel2 } from "../../spherex/level2_file.ts";
import { PsfCache } from "../../spherex/psf_cache.ts";
import { abMagnitude, abMagnitudeError } from "../../spherex/units.ts";
import { cutoutPath } from "./download_stage.ts";
import type { PipelineContext } from "./pipeline_context.ts";
import { apertureSettings } from "./pipeline_parameters.ts";
import type { PipelineObservation, PipelinePhotometry } from "./pipeline_types.ts";

/** A number for a file, null when there is none. */
function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The row of a measurement. */
function photometryRow(
  observation: PipelineObservation,
  mjd: number,
  place: { readonly x: number; readonly y: number },
  found: ApertureMeasurement,
): PipelinePhotometry {
  const { fluxMicroJy: flux, fluxErrorMicroJy: error } = found;
  return {
    obs_id: observation.obs_id,
    band: observation.band,
    mjd: Number.isFinite(mjd) ? mjd : observation.mjd,
    flux: known(flux),
    flux_error: known(error),
    mag_ab: known(abMagnitude(flux)),
    mag_ab_error: known(abMagnitudeError(flux, error)),
    wavelength: known(found.wavelengthMicron),
    bandwidth: known(found.bandwidthMicron),
    flag: found.flags,
    pix_x: known(place.x),
    pix_y: known(place.y),
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

/** Measures cutouts one after the other and keeps what they share. */
class ApertureMeasurer {
  readonly #settings: ApertureSettings;
  readonly #target: { readonly rightAscensionDeg: number; readonly declinationDeg: number };
  readonly #readSize: number;
  readonly #headBuffers = new HeadBuffers();
  readonly #psfCache = new PsfCache();
  readonly #renderer = new PsfRenderer();

  constructor({ parameters }: PipelineContext) {
    this.#settings = apertureSettings(parameters.photometry);
    this.#target = { rightAscensionDeg: parameters.source.ra, declinationDeg: parameters.source.dec };
    this.#readSize = Math.max(63, ...this.#settings.windowSizePixels.map((size) => size + 3));
  }

  /** The row of one cutout. Throws `fits/*`, `spherex/*`, `wcs/*`, `storage/*` when the file is no good. */
  async measure(path: string, observation: PipelineObservation): Promise<PipelinePhotometry> {
    using source = openFileSource(path);
    using level2 = await openLevel2(source, { headBuffers: this.#headBuffers, psfCache: this.#psfCache });
    const options = { zodi: true, maxSizePixels: this.#readSize };
    const pixels = await readCutoutPixels(level2, {}, this.#target, options);
    const found = measureAperture(pixels, this.#settings, this.#renderer);
    const place = { x: pixels.section.x0 + pixels.targetX, y: pixels.section.y0 + pixels.targetY };
    return photometryRow(observation, level2.mjdAverage, place, found);
  }
}

/**
 * Measures the flux in an aperture in each downloaded cutout.
 *
 * A file that is missing or cannot be read is told and left out; a measurement that fails has a row that says why.
 */
export async function processingStage(
  context: PipelineContext,
  observations: readonly PipelineObservation[],
  downloaded: readonly string[],
): Promise<PipelinePhotometry[]> {
  const { outputDirectory, parameters, signal, onEvent } = context;
  const measurer = new ApertureMeasurer(context);
  const files = new Set(downloaded);
  const work = observations.filter((observation) => files.has(cutoutPath(observation)));
  const rows: PipelinePhotometry[] = [];
  let failed = 0;
  for (const observation of work) {
    signal.throwIfAborted();
    try {
      rows.push(await measurer.measure(join(outputDirectory, cutoutPath(observation)), observation));
    } catch (error) {
      if (!isTaggedError(error)) throw error;
      failed++;
      onEvent({
        type: "fit_failed",
        sourceName: parameters.source.name,
        cutoutKey: `${observation.obs_id}${observation.band}`,
        code: error.code,
        message: error.message,
      });
    }
    onEvent({ type: "progress", stage: "measure", done: rows.length, total: work.length, failed });
  }
  return rows;
}
