/** The stages in their order. */
export const PIPELINE_STAGES = ["query", "download", "processing", "visualization"] as const;

/** A stage of a pipeline. */
export type PipelineStage = typeof PIPELINE_STAGES[number];

/** Parameters of aperture photometry by their names in state files; lengths are in pixels. */
export interface PhotometryParameters {
  /** Whether the PSF at the source sizes the aperture, or its diameter is fixed. */
  readonly aperture_method: "fwhm" | "fixed";
  /** Diameter of a fixed aperture. */
  readonly aperture_diameter: number;
  /** Diameter of the aperture in widths of the PSF. */
  readonly fwhm_multiplier: number;
  /** Whether the light beyond the aperture is made up for by the PSF. */
  readonly aperture_correction: boolean;
  /** Bits of flags that reject a measurement and keep a pixel out of the background. */
  readonly bad_flags: readonly number[];
  /** Where the background is measured. */
  readonly background_method: "annulus" | "window";
  /** Gap between aperture and annulus. */
  readonly annulus_inner_offset: number;
  /** Least area of the annulus. */
  readonly min_annulus_area: number;
  /** Largest outer radius of the first annulus. */
  readonly max_outer_radius: number;
  /** Pixels that a background needs. */
  readonly min_usable_pixels: number;
  /** Annuli that are tried. */
  readonly max_annulus_attempts: number;
  /** How much the annulus grows each time. */
  readonly annulus_expansion_step: number;
  /** Side of the window, or height and width. */
  readonly window_size: number | readonly [height: number, width: number];
  /** Whether a slope of the background is allowed for. */
  readonly background_slope: boolean;
  /** Standard deviations at which the background is clipped. */
  readonly bg_sigma_clip_sigma: number;
  /** Rounds of clipping. */
  readonly bg_sigma_clip_maxiters: number;
  /** Whether the model of the zodiacal light is subtracted. */
  readonly subtract_zodi: boolean;
  /** Whether that model is taken as it is, and not scaled to the image. */
  readonly static_zodi: boolean;
  /** A fitted scale must be above this. */
  readonly zodi_scale_min: number;
  /** A fitted scale must not be above this. */
  readonly zodi_scale_max: number;
  /** Side of a pixel of which the solid angle is not known, arcseconds. */
  readonly pixel_scale_fallback: number;
}

/** Parameters of the figure, and of the quality control that it shows. */
export interface VisualizationParameters {
  /** Least signal to noise of a good measurement. */
  readonly sigma_threshold: number;
  /** Whether AB magnitudes are drawn. */
  readonly use_magnitude: boolean;
  /** Whether errors and bandwidths are drawn. */
  readonly show_errorbars: boolean;
  /** Colours of wavelengths. */
  readonly wavelength_cmap: "rainbow" | "viridis";
  /** Colours of dates. */
  readonly date_cmap: "rainbow" | "viridis";
  /** Standard deviations beyond which a value does not stretch the axis. */
  readonly sigma_clip_sigma: number;
  /** Rounds of clipping. */
  readonly sigma_clip_maxiters: number;
  /** Percentile at the lower end of the axis. */
  readonly ylim_percentile_min: number;
  /** Percentile at the upper end of the axis. */
  readonly ylim_percentile_max: number;
  /** Air at the ends of the axis, share of its range. */
  readonly ylim_padding_fraction: number;
  /** Radius of good points, points of a seventy-second of an inch. */
  readonly marker_size_good: number;
  /** Size of crosses. */
  readonly marker_size_rejected: number;
  /** Size of triangles. */
  readonly marker_size_upper_limit: number;
  /** Opacity of bars. */
  readonly errorbar_alpha: number;
  /** Opacity of symbols. */
  readonly marker_alpha: number;
  /** Width of bars, points. */
  readonly errorbar_linewidth: number;
  /** Size of the figure, inches. */
  readonly figsize: readonly [width: number, height: number];
  /** Dots per inch of the PNG. */
  readonly dpi: number;
}

/** A source, as state files name it. */
export interface PipelineSource {
  /** Right ascension, ICRS, degrees, at the epoch. */
  readonly ra: number;
  /** Declination, ICRS, degrees, at the epoch. */
  readonly dec: number;
  /** Name. */
  readonly name: string;
  /** Its motion; null for none. */
  readonly proper_motion: PipelineProperMotion | null;
}

/** The proper motion of a source, as state files name it. */
export interface PipelineProperMotion {
  /** In right ascension times cos(declination), mas per year. */
  readonly ra_mas_per_yr: number;
  /** In declination, mas per year. */
  readonly dec_mas_per_yr: number;
  /** Julian epoch of the position, years. */
  readonly epoch_yr: number;
}

/** All parameters of a pipeline, as its state file keeps them. */
export interface PipelineParameters {
  /** The source. */
  readonly source: PipelineSource;
  /** The service that is asked for images. */
  readonly query_service: "sia2" | "tap";
  /** Folder of the cutouts, relative to the output folder. */
  readonly data_dir: string;
  /** Detectors to use; null for all. */
  readonly bands: readonly number[] | null;
  /** Radius of the query, arcseconds. */
  readonly search_radius_arcsec: number;
  /** Side of the cutouts, or width and height, with the unit. */
  readonly cutout_size: string;
  /** Centre of the cutouts, degrees; null for the source. */
  readonly cutout_center: string | null;
  /** Cutouts fetched at once. */
  readonly max_download_workers: number;
  /** Workers that measure, at most; never more than the machine has processors. */
  readonly max_processing_workers: number;
  /** Folder of calibration products; null for `calibrations` in the output folder when they are synced, else none. */
  readonly calibration_dir: string | null;
  /** Whether the calibration products that the images need are brought into that folder. */
  readonly sync_calibration: boolean;
  /** Photometry. */
  readonly photometry: PhotometryParameters;
  /** Figure. */
  readonly visualization: VisualizationParameters;
  /** Values of the program's configuration. */
  readonly archive: Readonly<Record<string, unknown>>;
}

/** One image that covers the source. */
export interface PipelineObservation {
  /** Observation, such as `2025W51_1A_0684_2`. */
  readonly obs_id: string;
  /** Band, `D1` to `D6`. */
  readonly band: string;
  /** Detector, 1 to 6. */
  readonly detector: number;
  /** Collection of the archive. */
  readonly collection: string;
  /** Processing version. */
  readonly processing_version: string;
  /** Middle of the exposure, modified Julian date. */
  readonly mjd: number;
  /** Where the image is. */
  readonly access_url: string;
  /** Size of the whole image, kB. */
  readonly size_kb: number | null;
}

/** One measured image: fluxes in microjansky, wavelengths in micron, lengths in pixels; null is not measured. */
export interface PipelinePhotometry {
  /** Observation. */
  readonly obs_id: string;
  /** Band, `D1` to `D6`. */
  readonly band: string;
  /** Middle of the exposure, modified Julian date. */
  readonly mjd: number;
  /** Flux, corrected for the light beyond the aperture unless that is switched off. */
  readonly flux: number | null;
  /** Standard error of the flux. */
  readonly flux_error: number | null;
  /** AB magnitude. */
  readonly mag_ab: number | null;
  /** Standard error of the magnitude. */
  readonly mag_ab_error: number | null;
  /** Central wavelength at the source. */
  readonly wavelength: number | null;
  /** Bandwidth at the source. */
  readonly bandwidth: number | null;
  /** All flags of the pixels that the aperture has any part of. */
  readonly flag: number;
  /** Source in the cutout, 0-based. */
  readonly pix_x: number | null;
  /** Source in the cutout, 0-based. */
  readonly pix_y: number | null;
  /** Whether the error exceeds the flux. */
  readonly is_upper_limit: boolean;
  /** Flux over its error. */
  readonly snr: number | null;
  /** Flux inside of the aperture. */
  readonly aperture_flux: number | null;
  /** Standard error of the flux inside of the aperture. */
  readonly aperture_flux_error: number | null;
  /** Flux over aperture flux. */
  readonly aperture_correction: number | null;
  /** Radius of the aperture. */
  readonly aperture_radius: number | null;
  /** How the aperture was sized. */
  readonly aperture_method: "fwhm" | "fixed";
  /** Full width at half maximum of the PSF at the source. */
  readonly psf_fwhm: number | null;
  /** Background, MJy/sr. */
  readonly background: number | null;
  /** Standard error of the background, MJy/sr. */
  readonly background_error: number | null;
  /** Pixels of the background. */
  readonly background_pixels: number;
  /** Factor of the subtracted zodiacal light; 0 for none. */
  readonly zodi_scale: number | null;
  /** Whether that factor was fitted. */
  readonly zodi_scale_fitted: boolean;
  /** Why there is no flux. */
  readonly failure: string | null;
  /** Names of what stood in for what, and of what is doubtful, joined by semicolons. */
  readonly photometry_flags: string;
  /** File of the map of wavelengths; null when the image's own table gave them. */
  readonly spectral_wcs_calibration_id: string | null;
  /** File of the map of solid angles; null when the image's own coordinates gave them. */
  readonly solid_angle_calibration_id: string | null;
}

/** What the query found. */
export interface PipelineQueryResults {
  /** The images, in order of time. */
  readonly observations: readonly PipelineObservation[];
  /** Days from the first to the last image. */
  readonly time_span_days: number;
  /** Estimated size of the cutouts, gigabytes. */
  readonly total_size_gb: number;
  /** Images of each band. */
  readonly band_counts: Readonly<Record<string, number>>;
}

/** What a pipeline knows after each stage: the content of its state file. */
export interface PipelineState {
  /** Version of the file's layout. */
  readonly schema_version: 2;
  /** The stage that comes next. */
  readonly stage: PipelineStage | "complete";
  /** The stages that are done. */
  readonly completed_stages: readonly PipelineStage[];
  /** The stages that were asked for. */
  readonly pipeline_stages: readonly PipelineStage[];
  /** All parameters. */
  readonly parameters: PipelineParameters;
  /** What the query found; null before it. */
  readonly query_results: PipelineQueryResults | null;
  /** The cutouts, relative to the output folder. */
  readonly downloaded_files: readonly string[];
  /** The measurements. */
  readonly photometry_results: readonly PipelinePhotometry[];
}
