import { TaggedError } from "../../core/errors.ts";
import type { ForeignColumn, ForeignTable } from "../../table/foreign_table.ts";

/** What a column of a spectrum may mean. */
export type SpectrumRole =
  | "sourceName"
  | "rightAscensionDeg"
  | "declinationDeg"
  | "observation"
  | "detector"
  | "wavelengthMicron"
  | "bandwidthMicron"
  | "fluxMicroJy"
  | "fluxErrorMicroJy"
  | "flags"
  | "isClean";

/** How one program names the columns of its spectra. */
export interface SpectrumDialect {
  /** Whose tables they are. */
  readonly name: string;
  /** Columns by meaning; those of wavelength, flux and error must be there. */
  readonly columns: Readonly<Partial<Record<SpectrumRole, string>>>;
}

/** The tables that are understood; the first one whose wavelength, flux and error are there holds. */
export const SPECTRUM_DIALECTS: readonly SpectrumDialect[] = [
  {
    name: "spxcutdb spectra",
    columns: {
      sourceName: "source_name",
      rightAscensionDeg: "ra_deg",
      declinationDeg: "dec_deg",
      observation: "observation_id",
      detector: "detector_id",
      wavelengthMicron: "wavelength_um",
      bandwidthMicron: "bandwidth_um",
      fluxMicroJy: "selected_flux_uJy",
      fluxErrorMicroJy: "selected_flux_err_uJy",
      isClean: "qa_grade",
    },
  },
  {
    name: "IRSA Spectrophotometry Tool",
    columns: {
      rightAscensionDeg: "ra",
      declinationDeg: "dec",
      observation: "obs_publisher_did",
      detector: "det_id",
      wavelengthMicron: "lambda",
      bandwidthMicron: "lambda_width",
      fluxMicroJy: "flux",
      fluxErrorMicroJy: "flux_err",
      flags: "flags",
    },
  },
  {
    name: "SPXQuery light curve",
    columns: {
      observation: "obs_id",
      detector: "band",
      wavelengthMicron: "wavelength",
      bandwidthMicron: "bandwidth",
      fluxMicroJy: "flux",
      fluxErrorMicroJy: "flux_error",
    },
  },
  {
    name: "SPIFF",
    columns: {
      sourceName: "target_name",
      rightAscensionDeg: "reference_ra_deg",
      declinationDeg: "reference_dec_deg",
      observation: "obsid",
      detector: "detector_id",
      wavelengthMicron: "psf_un_wv_um",
      bandwidthMicron: "psf_un_wv_width_um",
      fluxMicroJy: "psf_un_flux_uJy",
      fluxErrorMicroJy: "psf_un_flux_uJy_err",
    },
  },
  {
    name: "SPIFF without nested sampling",
    columns: {
      sourceName: "target_name",
      rightAscensionDeg: "reference_ra_deg",
      declinationDeg: "reference_dec_deg",
      observation: "obsid",
      detector: "detector_id",
      wavelengthMicron: "com_wv_um",
      bandwidthMicron: "com_wv_width_um",
      fluxMicroJy: "psf_scipy_flux_uJy",
      fluxErrorMicroJy: "psf_scipy_flux_uJy_err",
    },
  },
  {
    name: "SPIFF binned",
    columns: {
      wavelengthMicron: "bin_center_um",
      bandwidthMicron: "bin_width_um",
      fluxMicroJy: "flux_ujy_weighted_mean",
      fluxErrorMicroJy: "flux_ujy_weighted_sem",
    },
  },
  {
    name: "spectrum",
    columns: {
      sourceName: "source_name",
      rightAscensionDeg: "ra_deg",
      declinationDeg: "dec_deg",
      observation: "observation_id",
      detector: "detector_id",
      wavelengthMicron: "wavelength_um",
      bandwidthMicron: "bandwidth_um",
      fluxMicroJy: "flux_uJy",
      fluxErrorMicroJy: "flux_err_uJy",
    },
  },
];

const NEEDED = ["wavelengthMicron", "fluxMicroJy", "fluxErrorMicroJy"] as const;

/** The column of a name, without regard to case. */
export function columnByName(table: ForeignTable, name: string | undefined): ForeignColumn | undefined {
  const wanted = name?.toLowerCase();
  return table.columns.find((column) => column.name.toLowerCase() === wanted);
}

/** Whose columns a table has. Throws `usage/not-a-spectrum`, which names the columns that were expected. */
export function dialectOf(table: ForeignTable, path: string): SpectrumDialect {
  const dialect = SPECTRUM_DIALECTS.find(({ columns }) =>
    NEEDED.every((role) => columnByName(table, columns[role]) !== undefined)
  );
  if (dialect !== undefined) return dialect;
  const found = table.columns.slice(0, 12).map(({ name }) => name).join(", ");
  throw new TaggedError(
    "usage/not-a-spectrum",
    `Cannot find wavelength, flux and error in ${path}: its columns are ${found}${
      table.columns.length > 12 ? ", \u2026" : ""
    }`,
    {
      context: { path, columns: table.columns.map(({ name }) => name) },
      hint: "Expected lambda, flux and flux_err as in tables of the IRSA Spectrophotometry Tool, or " +
        "wavelength_um, flux_uJy and flux_err_uJy",
    },
  );
}
