import { join } from "node:path";
import { writeFileAtomic } from "../../files/atomic_write.ts";
import type { CombinedPlotOptions, CombinedPlotPoint } from "../../plot/combined_plot.ts";
import { abMagnitude } from "../../spherex/units.ts";
import { lightCurveCsv } from "./light_curve_csv.ts";
import type { PipelineContext } from "./pipeline_context.ts";
import { flagMask } from "./photometry_parameters.ts";
import type { PipelineParameters, PipelinePhotometry } from "./pipeline_types.ts";

/** The files of the last stage, relative to the output folder. */
export const VISUALIZATION_FILES = {
  lightCurve: "results/lightcurve.csv",
  plotPng: "results/combined_plot.png",
  plotSvg: "results/combined_plot.svg",
} as const;

/** Standard deviations at which an upper limit is drawn. */
const LIMIT_SIGMA = 3;

/**
 * How good a measurement is: `rejected` with a bad flag in the aperture or below the threshold of signal to noise,
 * `upper_limit` without a bad flag when the error exceeds the flux.
 */
export function qualityOf(
  row: PipelinePhotometry,
  parameters: PipelineParameters,
): CombinedPlotPoint["standing"] {
  const { photometry, visualization } = parameters;
  if (row.flux === null || row.snr === null || (row.flag & flagMask(photometry.bad_flags)) !== 0) {
    return "rejected";
  }
  if (row.is_upper_limit) return "upper_limit";
  return row.snr >= visualization.sigma_threshold ? "good" : "rejected";
}

function plotPoint(row: PipelinePhotometry, parameters: PipelineParameters): CombinedPlotPoint {
  const standing = qualityOf(row, parameters);
  const isMagnitude = parameters.visualization.use_magnitude;
  const flux = standing === "upper_limit" ? LIMIT_SIGMA * (row.flux_error ?? NaN) : row.flux ?? NaN;
  return {
    mjd: row.mjd,
    wavelengthMicron: row.wavelength ?? NaN,
    bandwidthMicron: row.bandwidth ?? NaN,
    value: isMagnitude ? abMagnitude(flux) : flux,
    error: (isMagnitude ? row.mag_ab_error : row.flux_error) ?? NaN,
    standing,
  };
}

function plotOptions({ source, visualization: chosen }: PipelineParameters): CombinedPlotOptions {
  return {
    sourceName: source.name,
    subtitle: `RA ${source.ra.toFixed(5)}\u00b0, Dec ${
      source.dec.toFixed(5).replace("-", "\u2212")
    }\u00b0 (ICRS)`,
    isMagnitude: chosen.use_magnitude,
    sizeInches: chosen.figsize,
    wavelengthColors: chosen.wavelength_cmap,
    dateColors: chosen.date_cmap,
    range: {
      clipSigma: chosen.sigma_clip_sigma,
      clipIterations: chosen.sigma_clip_maxiters,
      percentileMin: chosen.ylim_percentile_min,
      percentileMax: chosen.ylim_percentile_max,
      paddingFraction: chosen.ylim_padding_fraction,
    },
    style: {
      goodSize: chosen.marker_size_good,
      rejectedSize: chosen.marker_size_rejected,
      upperLimitSize: chosen.marker_size_upper_limit,
      markerOpacity: chosen.marker_alpha,
      barOpacity: chosen.errorbar_alpha,
      barWidth: chosen.errorbar_linewidth,
      showBars: chosen.show_errorbars,
    },
  };
}

/** Writes the light curve and the combined plot. */
export async function visualizationStage(
  { parameters, outputDirectory, signal }: PipelineContext,
  rows: readonly PipelinePhotometry[],
): Promise<void> {
  // Drawing is heavy to load, and the other stages do without.
  const { combinedPlotSvg } = await import("../../plot/combined_plot.ts");
  const { svgToPng } = await import("../../plot/raster.ts");
  const svg = combinedPlotSvg(rows.map((row) => plotPoint(row, parameters)), plotOptions(parameters));
  const { figsize, dpi } = parameters.visualization;
  const png = await svgToPng(svg, { widthPixels: Math.round(figsize[0] * dpi), dotsPerInch: dpi });
  signal.throwIfAborted();
  const at = (path: string) => join(outputDirectory, path);
  await writeFileAtomic(at(VISUALIZATION_FILES.lightCurve), lightCurveCsv(rows, parameters));
  await writeFileAtomic(at(VISUALIZATION_FILES.plotSvg), svg);
  await writeFileAtomic(at(VISUALIZATION_FILES.plotPng), png);
}
