import type { ChannelMean } from "../plot/flux_axis.ts";
import type { PointStanding, SpectrumPoint } from "../plot/spectrum_point.ts";
import type { ChannelFlux } from "../spectrum/bin_spectrum.ts";
import { type MeasurementRow, numberCell, textCell } from "./measurement_row.ts";

/** The rows as plots see them, one point a row. */
export function spectrumPoints(rows: readonly MeasurementRow[]): SpectrumPoint[] {
  return rows.map((row) => ({
    wavelengthMicron: numberCell(row, "wavelength_um"),
    bandwidthMicron: numberCell(row, "bandwidth_um"),
    fluxMicroJy: numberCell(row, "selected_flux_uJy"),
    fluxErrorMicroJy: numberCell(row, "selected_flux_err_uJy"),
    upperLimitMicroJy: numberCell(row, "upper_limit_3sigma_uJy"),
    signalToNoise: numberCell(row, "selected_snr"),
    fitQuality: numberCell(row, "fit_quality"),
    detector: Number.isNaN(numberCell(row, "detector_id")) ? 0 : numberCell(row, "detector_id"),
    standing: standingOf(row),
  }));
}

/** Channels with a mean, as plots see them. */
export function channelMeans(channels: readonly ChannelFlux[]): ChannelMean[] {
  return channels.filter(({ count }) => count > 0).map(({ channel, fluxMicroJy, fluxErrorMicroJy }) => ({
    wavelengthMicron: channel.centerMicron,
    widthMicron: channel.widthMicron,
    fluxMicroJy,
    fluxErrorMicroJy,
  }));
}

function standingOf(row: MeasurementRow): PointStanding {
  if (Number.isNaN(numberCell(row, "selected_flux_uJy"))) return "unmeasured";
  if (row["science_recommended"] === true) return "science";
  return textCell(row, "qa_grade") === "non_detection" ? "upper_limit" : "rejected";
}
