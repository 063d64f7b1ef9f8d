import { type BinnedSpectrum, binSpectrum } from "../spectrum/bin_spectrum.ts";
import { SPECTRAL_CHANNELS } from "../spherex/channels.ts";
import { PIXEL_FLAGS } from "../spherex/pixel_flags.ts";
import type { TableCell, TableRow } from "../table/table_source.ts";
import { canonicalCell, type MeasurementRow, numberCell } from "./measurement_row.ts";
import { extinctionCells, type SpectrumCorrections } from "./corrections.ts";
import { cellOf } from "./spectra_csv.ts";
import { SPECTRUM_COLUMNS } from "./spectrum_columns.ts";

/** The channels of the instrument, as spectra are binned to them. */
export const INSTRUMENT_CHANNELS = SPECTRAL_CHANNELS.map(({ wavelengthMicron, widthMicron, detector }) => ({
  centerMicron: wavelengthMicron,
  widthMicron,
  detector,
}));

/** Which source rows belong to. */
export interface ExportedSource {
  /** Identity of the source. */
  readonly sourceId: string;
  /** Name of the source. */
  readonly sourceName: string;
  /** Right ascension, ICRS, degrees. */
  readonly rightAscensionDeg: number;
  /** Declination, ICRS, degrees. */
  readonly declinationDeg: number;
}

/** The cells of a measurement in the order of the exported spectra; flags that are bits stand there by name too. */
export function exportedSpectrumRow(row: MeasurementRow): TableCell[] {
  const footprint = row["image_flags_footprint"];
  const names = typeof footprint === "number" ? PIXEL_FLAGS.decode(footprint).join(";") : "";
  return [...SPECTRUM_COLUMNS.map((column) => cellOf(row, column)), canonicalCell(names)];
}

/**
 * The measurements that are recommended for science on the 102 channels, combined by inverse variance; with `clipSigma`
 * without outliers (see binSpectrum). Throws RangeError for a `clipSigma` that is not positive.
 */
export function binRows(rows: readonly MeasurementRow[], clipSigma?: number): BinnedSpectrum {
  const points = rows.filter((row) => row["science_recommended"] === true).map((row) => ({
    wavelengthMicron: numberCell(row, "wavelength_um"),
    fluxMicroJy: numberCell(row, "selected_flux_uJy"),
    fluxErrorMicroJy: numberCell(row, "selected_flux_err_uJy"),
    detector: numberCell(row, "detector_id"),
    mjd: numberCell(row, "mjd_avg"),
  }));
  return binSpectrum(points, INSTRUMENT_CHANNELS, { clipSigma });
}

/**
 * The 102 rows of a binned spectrum (see binRows), in the order of the exported columns. Channels without measurements
 * have a count of 0 and no flux.
 */
export function binnedRows(
  source: ExportedSource,
  rows: readonly MeasurementRow[],
  clipSigma: number | undefined,
  corrections: SpectrumCorrections = {},
): TableRow[] {
  return binRows(rows, clipSigma).channels.map((channel, index) =>
    [
      source.sourceId,
      source.sourceName,
      source.rightAscensionDeg,
      source.declinationDeg,
      index + 1,
      INSTRUMENT_CHANNELS[index]!.detector,
      channel.channel.centerMicron,
      channel.channel.widthMicron,
      channel.count,
      channel.rejectedCount,
      channel.wavelengthMicron,
      channel.fluxMicroJy,
      channel.fluxErrorMicroJy,
      channel.scatterMicroJy,
      channel.chiSquareReduced,
      channel.firstMjd,
      channel.lastMjd,
      ...extinctionCells(channel, corrections.extinction),
    ].map(canonicalCell)
  );
}
