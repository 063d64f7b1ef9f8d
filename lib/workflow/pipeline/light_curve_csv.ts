import type { PipelineParameters, PipelinePhotometry } from "./pipeline_types.ts";

/** The columns of the light curve, in their order, with unit and meaning. */
export const LIGHT_CURVE_COLUMNS = [
  ["obs_id", "", "observation"],
  ["mjd", "d", "modified Julian date of the middle of the exposure, UTC"],
  ["flux", "uJy", "flux density, corrected for the light beyond the aperture unless that is switched off"],
  ["flux_error", "uJy", "standard error of flux"],
  ["mag_ab", "mag", "AB magnitude of flux; empty when flux is not positive"],
  ["mag_ab_error", "mag", "standard error of mag_ab"],
  ["wavelength", "um", "central wavelength at the source"],
  ["bandwidth", "um", "bandwidth at the source"],
  ["band", "", "D1 to D6"],
  ["flag", "", "all flags of the pixels that the aperture has any part of"],
  ["flag_binary", "", "flag as 30 bits, bit 0 last"],
  ["pix_x", "px", "source in the cutout, 0-based"],
  ["pix_y", "px", "source in the cutout, 0-based"],
  ["is_upper_limit", "", "whether flux_error exceeds flux"],
  ["snr", "", "flux over flux_error"],
  ["aperture_flux", "uJy", "flux density inside of the aperture"],
  ["aperture_flux_error", "uJy", "standard error of aperture_flux"],
  ["aperture_correction", "", "flux over aperture_flux"],
  ["aperture_radius", "px", "radius of the aperture"],
  ["psf_fwhm", "px", "full width at half maximum of the PSF at the source"],
  ["failure", "", "why there is no flux"],
  ["photometry_flags", "", "what stood in for what is missing, joined by semicolons"],
] as const;

const FLAG_BITS = 30;

function cell(row: PipelinePhotometry, name: typeof LIGHT_CURVE_COLUMNS[number][0]): string {
  if (name === "flag_binary") return row.flag.toString(2).padStart(FLAG_BITS, "0");
  const value = row[name];
  if (value === null) return "";
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The light curve as CSV, in order of time, with a header of lines that begin with `#`. */
export function lightCurveCsv(rows: readonly PipelinePhotometry[], parameters: PipelineParameters): string {
  const { source, photometry } = parameters;
  const lines = [
    `# Light curve of ${source.name.replace(/\s+/g, " ")}`,
    `# ra_deg = ${source.ra}`,
    `# dec_deg = ${source.dec}`,
    `# aperture: ${photometry.aperture_method}, background: ${photometry.background_method}, ` +
    `aperture correction: ${photometry.aperture_correction ? "on" : "off"}`,
    "# Columns:",
    ...LIGHT_CURVE_COLUMNS.map(([name, unit, meaning]) =>
      `#   ${name}${unit === "" ? "" : ` (${unit})`}: ${meaning}`
    ),
    LIGHT_CURVE_COLUMNS.map(([name]) => name).join(","),
    ...rows.toSorted((a, b) => a.mjd - b.mjd || (a.band < b.band ? -1 : 1))
      .map((row) => LIGHT_CURVE_COLUMNS.map(([name]) => cell(row, name)).join(",")),
  ];
  return lines.join("\n") + "\n";
}
