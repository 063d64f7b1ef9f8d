import type { TableColumn, TableColumnType } from "../table/table_source.ts";
import { UCD_OF_COLUMN } from "./column_ucds.ts";
import { SPECTRUM_COLUMNS } from "./spectrum_columns.ts";

/** A table that can be exported. */
export type ExportedTable =
  | "spectra"
  | "measurements"
  | "binned"
  | "light_curves"
  | "band_light_curves"
  | "sources"
  | "failures"
  | "manifests"
  | "images"
  | "cutouts";

type ColumnLine = readonly [
  name: string,
  type: TableColumnType,
  unit: string,
  ucd: string,
  description: string,
];

function columns(lines: readonly ColumnLine[]): TableColumn[] {
  return lines.map(([name, type, unit, ucd, description]) => ({ name, type, unit, description, ucd }));
}

const SPECTRA: readonly TableColumn[] = [
  ...SPECTRUM_COLUMNS.map(({ name, type, unit, description }) => ({
    name,
    type,
    unit,
    description,
    ucd: UCD_OF_COLUMN.get(name) ?? "",
  })),
  ...columns([
    [
      "image_flags_footprint_names",
      "text",
      "",
      "meta.code.qual",
      "Names of the bits of image_flags_footprint, joined by semicolons",
    ],
  ]),
];

const MEASUREMENTS: readonly TableColumn[] = [
  ...SPECTRA,
  ...columns([
    [
      "is_published",
      "boolean",
      "",
      "meta.code",
      "Whether the row is part of the published spectrum: current and on the newest processing of its image",
    ],
    ["measured_at", "text", "", "time.processing", "When the row was measured, ISO 8601 in UTC"],
    ["run_id", "text", "", "meta.id", "Run that measured the row"],
  ]),
];

const SOURCE_AND_NAME: readonly ColumnLine[] = [
  ["source_id", "text", "", "meta.id", "Identifier of the source in the project"],
  ["source_name", "text", "", "meta.id;meta.main", "Name of the source in the catalog"],
];

const BINNED = columns([
  ...SOURCE_AND_NAME,
  ["ra_deg", "number", "deg", "pos.eq.ra;meta.main", "Right ascension in the catalog, ICRS"],
  ["dec_deg", "number", "deg", "pos.eq.dec;meta.main", "Declination in the catalog, ICRS"],
  [
    "channel",
    "integer",
    "",
    "meta.id;em.wl",
    "Number of the channel, 1 to 102, from short to long wavelengths",
  ],
  ["detector_id", "integer", "", "meta.id;instr.det", "Detector, 1 to 6"],
  ["channel_center_um", "number", "um", "em.wl;meta.main", "Central wavelength of the channel"],
  ["channel_width_um", "number", "um", "instr.bandwidth", "Width of the channel"],
  ["n_measurements", "integer", "", "meta.number", "Measurements that were combined"],
  ["n_rejected", "integer", "", "meta.number", "Measurements of the channel that were left out as outliers"],
  ["wavelength_um", "number", "um", "em.wl", "Inverse-variance mean of the wavelengths"],
  [
    "flux_uJy",
    "number",
    "uJy",
    "phot.flux.density;em.IR;meta.main",
    "Inverse-variance mean of the fluxes, signed",
  ],
  [
    "flux_err_uJy",
    "number",
    "uJy",
    "stat.error;phot.flux.density;em.IR;meta.main",
    "Standard error of flux_uJy from the errors of the fluxes",
  ],
  [
    "scatter_uJy",
    "number",
    "uJy",
    "stat.stdev;phot.flux.density",
    "Weighted standard deviation of the fluxes about their mean; absent below two",
  ],
  [
    "chi2_reduced",
    "number",
    "",
    "stat.fit.chi2",
    "Chi-square of the fluxes about their mean per degree of freedom; absent below two",
  ],
  ["mjd_first", "number", "d", "time.start", "Middle of the first exposure, modified Julian date, UTC"],
  ["mjd_last", "number", "d", "time.end", "Middle of the last exposure, modified Julian date, UTC"],
]);

const TIME_SCALE: ColumnLine = ["mjd_time_scale", "text", "", "time.scale", "Time scale of the dates"];

const LIGHT_CURVES = columns([
  ...SOURCE_AND_NAME,
  ["observation_id", "text", "", "meta.id;obs", "Observation: planning period, large slew and small slew"],
  ["detector_id", "integer", "", "meta.id;instr.det", "Detector, 1 to 6"],
  ["channel", "integer", "", "meta.id;em.wl", "Number of the channel, 1 to 102; absent outside of all"],
  ["epoch", "integer", "", "meta.id;obs", "Number of the visit: a pause of more than 15 days ends one"],
  ["mjd", "number", "d", "time.epoch;obs;meta.main", "Middle of the exposure, modified Julian date"],
  TIME_SCALE,
  ["wavelength_um", "number", "um", "em.wl;meta.main", "Effective wavelength"],
  ["bandwidth_um", "number", "um", "instr.bandwidth", "Effective bandwidth"],
  ["flux_uJy", "number", "uJy", "phot.flux.density;em.IR;meta.main", "Flux density, signed"],
  [
    "flux_err_uJy",
    "number",
    "uJy",
    "stat.error;phot.flux.density;em.IR;meta.main",
    "Standard error of flux_uJy",
  ],
  [
    "science_recommended",
    "boolean",
    "",
    "meta.code.qual",
    "Whether the flux is detected and free of blocking flags",
  ],
  ["qa_grade", "text", "", "meta.code.qual", "A, non_detection or reject"],
  ["photometry_flags", "text", "", "meta.code.qual", "Names of the photometry flags, joined by semicolons"],
]);

const BAND_LIGHT_CURVES = columns([
  ...SOURCE_AND_NAME,
  ["detector_id", "integer", "", "meta.id;instr.det", "Detector, 1 to 6"],
  ["epoch", "integer", "", "meta.id;obs", "Number of the visit: a pause of more than 15 days ends one"],
  ["n_measurements", "integer", "", "meta.number", "Measurements without blocking flags in the visit"],
  [
    "mjd",
    "number",
    "d",
    "time.epoch;obs;meta.main",
    "Inverse-variance mean of the dates, modified Julian date",
  ],
  ["mjd_first", "number", "d", "time.start", "Middle of the first exposure, modified Julian date"],
  ["mjd_last", "number", "d", "time.end", "Middle of the last exposure, modified Julian date"],
  TIME_SCALE,
  [
    "relative_flux",
    "number",
    "",
    "phot.flux;arith.ratio;meta.main",
    "Brightness over that of all visits, with the spectrum taken out; absent where the band is too faint",
  ],
  ["relative_flux_err", "number", "", "stat.error;phot.flux;arith.ratio", "Standard error of relative_flux"],
  [
    "chi2_reduced",
    "number",
    "",
    "stat.fit.chi2",
    "Chi-square of the fluxes about the scaled spectrum per degree of freedom; absent below two",
  ],
]);

const SOURCES = columns([
  ...SOURCE_AND_NAME,
  ["ra_deg", "number", "deg", "pos.eq.ra;meta.main", "Right ascension at the reference epoch, ICRS"],
  ["dec_deg", "number", "deg", "pos.eq.dec;meta.main", "Declination at the reference epoch, ICRS"],
  ["pm_ra_masyr", "number", "mas/yr", "pos.pm;pos.eq.ra", "Proper motion in right ascension times cos(dec)"],
  ["pm_dec_masyr", "number", "mas/yr", "pos.pm;pos.eq.dec", "Proper motion in declination"],
  ["reference_epoch_yr", "number", "yr", "time.epoch", "Julian epoch of the position"],
  [
    "cutout_size_arcsec",
    "number",
    "arcsec",
    "pos.angDistance",
    "Size of the cutouts asked for in the catalog",
  ],
  ["state", "text", "", "meta.code.status", "How far the source is; not_run before its first run"],
  ["reason", "text", "", "meta.note", "Why, where the state does not say it all"],
  ["n_images", "integer", "", "meta.number", "Images that cover the source"],
  ["n_measured", "integer", "", "meta.number", "Current measurements"],
  ["n_detected", "integer", "", "meta.number", "Measurements with a detection"],
  ["n_recommended", "integer", "", "meta.number", "Measurements recommended for science"],
  ["n_failed", "integer", "", "meta.number", "Images whose last try failed"],
  ["published_at", "text", "", "time.processing", "When the outputs were written, ISO 8601 in UTC"],
  ["file_name", "text", "", "meta.file", "The name in the names of the source's files"],
  ["catalog_columns", "text", "", "meta.note", "The other columns of the catalog row, as JSON"],
]);

const FAILURES = columns([
  ...SOURCE_AND_NAME,
  ["product_id", "text", "", "meta.id", "Image concerned; absent when the failure is of the source"],
  ["phase", "text", "", "meta.code", "discovery, download, validation, fit or output"],
  ["code", "text", "", "meta.code.error", "Stable code of the failure"],
  ["message", "text", "", "meta.note", "What went wrong"],
  ["hint", "text", "", "meta.note", "What to do about it"],
  ["failed_at", "text", "", "time.processing", "When it failed, ISO 8601 in UTC"],
  [
    "resolved_at",
    "text",
    "",
    "time.processing",
    "When a later try succeeded, ISO 8601 in UTC; absent while open",
  ],
  ["run_id", "text", "", "meta.id", "Run in which it failed"],
]);

const MANIFESTS = columns([
  ...SOURCE_AND_NAME,
  ["manifest_path", "text", "", "meta.file", "The manifest, relative to the project folder"],
  ["manifest_hash", "text", "", "meta.checksum", "SHA-256 of the content of the manifest"],
  ["n_measurements", "integer", "", "meta.number", "Rows of the published spectrum"],
  ["rows_hash", "text", "", "meta.checksum", "SHA-256 of the rows of the published spectrum"],
  ["config_hash", "text", "", "meta.checksum", "Hash of the effective configuration"],
  ["published_at", "text", "", "time.processing", "When the outputs were written, ISO 8601 in UTC"],
  ["run_id", "text", "", "meta.id", "Run that wrote the outputs"],
]);

const IMAGES = columns([
  ...SOURCE_AND_NAME,
  ["product_id", "text", "", "meta.id;meta.dataset", "Identifier of the image in the project"],
  ["collection", "text", "", "meta.id", "Collection of the archive that offers it"],
  ["release", "text", "", "meta.version", "Data release"],
  ["observation_id", "text", "", "meta.id;obs", "Observation: planning period, large slew and small slew"],
  ["detector_id", "integer", "", "meta.id;instr.det", "Detector, 1 to 6"],
  ["processing_version", "text", "", "meta.version", "Version of the processing"],
  ["parent_filename", "text", "", "meta.file", "Name of the whole file in the archive"],
  ["mjd_start", "number", "d", "time.start", "Start of the exposure, modified Julian date, UTC"],
  ["mjd_end", "number", "d", "time.end", "End of the exposure, modified Julian date, UTC"],
  ["access_url", "text", "", "meta.ref.url", "Address of the whole file"],
  ["cloud_key", "text", "", "meta.ref", "Key of the file in the object store"],
]);

const CUTOUTS = columns([
  ...SOURCE_AND_NAME,
  ["cutout_key", "text", "", "meta.id", "Key of the cutout"],
  ["product_id", "text", "", "meta.id;meta.dataset", "Identifier of the image in the project"],
  ["state", "text", "", "meta.code.status", "valid, invalid, or deleted after it was measured"],
  ["local_path", "text", "", "meta.file", "The file, relative to the project folder"],
  ["size_arcsec", "number", "arcsec", "phys.angSize", "Side of the square"],
  ["file_size_bytes", "integer", "byte", "phys.size;meta.file", "Size of the file"],
  ["sha256", "text", "", "meta.checksum", "SHA-256 of the file"],
  ["content_sha256", "text", "", "meta.checksum", "SHA-256 of what is measured in it, on any route"],
  ["access", "text", "", "meta.code", "The route that brought it: cutout, truncated or cloud"],
  ["validation_status", "text", "", "meta.code.qual", "Outcome of the validation"],
  ["validation_reason", "text", "", "meta.note", "Why the validation failed"],
]);

/** The columns of each table that can be exported, in order. */
export const EXPORTED_COLUMNS: Readonly<Record<ExportedTable, readonly TableColumn[]>> = {
  spectra: SPECTRA,
  measurements: MEASUREMENTS,
  binned: BINNED,
  light_curves: LIGHT_CURVES,
  band_light_curves: BAND_LIGHT_CURVES,
  sources: SOURCES,
  failures: FAILURES,
  manifests: MANIFESTS,
  images: IMAGES,
  cutouts: CUTOUTS,
};

/** The tables that can be exported. */
export const EXPORTED_TABLES: readonly ExportedTable[] = Object.keys(EXPORTED_COLUMNS) as ExportedTable[];

/** What each table holds, in one sentence. */
export const EXPORTED_DESCRIPTIONS: Readonly<Record<ExportedTable, string>> = {
  spectra: "Published spectra: one row for each source and image",
  measurements: "All measurements of the project, those that newer ones replaced included",
  binned: "Spectra on the 102 channels: inverse-variance means of the measurements recommended for science",
  light_curves: "Light curves by channel: fluxes in the order of detector, channel and time",
  band_light_curves:
    "Light curves by band: brightness at each visit relative to all, with the spectrum taken out",
  sources: "Sources of the catalog with what was found and measured",
  failures: "Failures, open and resolved",
  manifests: "Manifests of the published outputs",
  images: "Images that cover the sources, the newest processing of each",
  cutouts: "Cutouts that were fetched, those included that are deleted by now",
};
