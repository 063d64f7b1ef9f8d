import { channelOf } from "../spectrum/bin_spectrum.ts";
import { type BandEpoch, bandLightCurve, epochsOf, type TimedFlux } from "../spectrum/light_curve.ts";
import type { TableCell, TableRow } from "../table/table_source.ts";
import { type ExportedSource, INSTRUMENT_CHANNELS } from "./exported_rows.ts";
import { canonicalCell, type MeasurementRow, numberCell, textCell } from "./measurement_row.ts";

/** Fluxes are not shown relative to a fainter mean. */
const LEAST_MEAN_SIGNAL_TO_NOISE = 5;

/** One measurement as a point of a light curve. */
export interface LightCurvePoint extends TimedFlux {
  /** Number of its channel, 1 to 102; 0 outside of all. */
  readonly channel: number;
  /** Number of its visit, from 1. */
  readonly epoch: number;
  /** Flux over the mean of its channel; NaN where that is one flux or fainter than five times its error. */
  readonly relativeFlux: number;
  /** Standard error of that, for a mean that is known; NaN where there is none. */
  readonly relativeFluxError: number;
  /** Whether no flag speaks against it; a faint one may be clean. */
  readonly isClean: boolean;
  /** The measurement. */
  readonly row: MeasurementRow;
}

/** The measurements of a source that have a flux and a date, in the order of detector, channel and time. */
export function lightCurvePoints(rows: readonly MeasurementRow[]): LightCurvePoint[] {
  const timed = rows.map((row) => ({ row, ...timedFlux(row) }))
    .filter(({ mjd, fluxMicroJy }) => Number.isFinite(mjd) && Number.isFinite(fluxMicroJy));
  const epochs = epochsOf(timed);
  const placed = timed.map((flux, index) => ({
    ...flux,
    channel: channelOf(flux.wavelengthMicron, INSTRUMENT_CHANNELS, flux.detector) + 1,
    epoch: epochs[index]!,
    isClean: textCell(flux.row, "qa_grade") !== "reject",
  }));
  const means = channelMeans(placed);
  return placed.map((point) => {
    const mean = means.get(point.channel) ?? NaN;
    return {
      ...point,
      relativeFlux: point.fluxMicroJy / mean,
      relativeFluxError: point.fluxErrorMicroJy / mean,
    };
  }).sort((a, b) => a.detector - b.detector || a.channel - b.channel || a.mjd - b.mjd);
}

/** Mean clean flux by channel; channels whose mean is faint are left out. */
function channelMeans(
  points: readonly (TimedFlux & { readonly channel: number; readonly isClean: boolean })[],
): ReadonlyMap<number, number> {
  const clean = points.filter(({ isClean, channel, fluxErrorMicroJy }) =>
    isClean && channel > 0 && fluxErrorMicroJy > 0
  );
  const means = new Map<number, number>();
  for (const [channel, members] of Map.groupBy(clean, (point) => point.channel)) {
    // A flux alone in its channel is its own mean and tells nothing.
    if (members.length < 2) continue;
    const weights = members.map(({ fluxErrorMicroJy }) => fluxErrorMicroJy ** -2);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const mean = members.reduce((total, { fluxMicroJy }, n) => total + weights[n]! * fluxMicroJy, 0) / sum;
    if (mean * Math.sqrt(sum) >= LEAST_MEAN_SIGNAL_TO_NOISE) means.set(channel, mean);
  }
  return means;
}

function timedFlux(row: MeasurementRow): TimedFlux {
  return {
    mjd: numberCell(row, "mjd_avg"),
    wavelengthMicron: numberCell(row, "wavelength_um"),
    fluxMicroJy: numberCell(row, "selected_flux_uJy"),
    fluxErrorMicroJy: numberCell(row, "selected_flux_err_uJy"),
    detector: numberCell(row, "detector_id"),
  };
}

/** Brightness by band and visit, of the points that no flag speaks against. */
export function bandEpochs(points: readonly LightCurvePoint[]): BandEpoch[] {
  return bandLightCurve(points.filter(({ isClean }) => isClean), INSTRUMENT_CHANNELS);
}

/** The rows of a source in the exported light curves, in the order of the columns. */
export function lightCurveRows(source: ExportedSource, rows: readonly MeasurementRow[]): TableRow[] {
  return lightCurvePoints(rows).map(({ row, channel, epoch, ...flux }) =>
    cells([
      source.sourceId,
      source.sourceName,
      textCell(row, "observation_id"),
      flux.detector,
      channel === 0 ? null : channel,
      epoch,
      flux.mjd,
      textCell(row, "mjd_time_scale"),
      flux.wavelengthMicron,
      numberCell(row, "bandwidth_um"),
      flux.fluxMicroJy,
      flux.fluxErrorMicroJy,
      row["science_recommended"] === true,
      textCell(row, "qa_grade"),
      textCell(row, "photometry_flags"),
    ])
  );
}

/** The rows of a source in the exported light curves by band, in the order of the columns. */
export function bandLightCurveRows(source: ExportedSource, rows: readonly MeasurementRow[]): TableRow[] {
  const points = lightCurvePoints(rows);
  const timeScale = points[0] === undefined ? "" : textCell(points[0].row, "mjd_time_scale");
  return bandEpochs(points).map((epoch) =>
    cells([
      source.sourceId,
      source.sourceName,
      epoch.detector,
      epoch.epoch,
      epoch.count,
      epoch.mjd,
      epoch.firstMjd,
      epoch.lastMjd,
      timeScale,
      epoch.relativeFlux,
      epoch.relativeFluxError,
      epoch.chiSquareReduced,
    ])
  );
}

function cells(values: readonly TableCell[]): TableRow {
  return values.map(canonicalCell);
}
