import { z } from "zod";
import { notNegative, positive, rounds, share } from "./parameter_values.ts";

const colorMap = z.enum(["rainbow", "viridis"]);
const percentile = z.number().min(0).max(100);

/**
 * Parameters of the figure, and of the quality control that it shows, by their names in parameter and state files.
 *
 * @internal
 */
export const VISUALIZATION_PARAMETERS = z.strictObject({
  sigma_threshold: notNegative.default(5).describe("Least signal to noise of a good measurement"),
  use_magnitude: z.boolean().default(false).describe("Draw AB magnitudes instead of fluxes"),
  show_errorbars: z.boolean().default(true).describe("Draw errors and bandwidths"),
  wavelength_cmap: colorMap.default("rainbow").describe("Colours of wavelengths: rainbow or viridis"),
  date_cmap: colorMap.default("viridis").describe("Colours of dates: rainbow or viridis"),
  sigma_clip_sigma: positive.default(3)
    .describe("Values further from the others than so many standard deviations do not stretch the axis"),
  sigma_clip_maxiters: rounds.default(10).describe("Rounds of that clipping"),
  ylim_percentile_min: percentile.default(1).describe("Percentile at the lower end of the axis"),
  ylim_percentile_max: percentile.default(99).describe("Percentile at the upper end of the axis"),
  ylim_padding_fraction: notNegative.default(0.1).describe("Air at the ends of the axis, share of its range"),
  marker_size_good: positive.default(1.7).describe("Radius of good points, in points of 1/72 inch"),
  marker_size_rejected: positive.default(2).describe("Size of the crosses of rejected measurements"),
  marker_size_upper_limit: positive.default(3).describe("Size of the triangles of upper limits"),
  errorbar_alpha: share.default(0.4).describe("Opacity of bars"),
  marker_alpha: share.default(0.9).describe("Opacity of symbols"),
  errorbar_linewidth: positive.default(0.5).describe("Width of bars, points"),
  figsize: z.tuple([z.number().min(4).max(40), z.number().min(3).max(40)]).default([10, 8])
    .describe("Width and height of the figure, inches"),
  dpi: z.int().min(30).max(1200).default(150).describe("Dots per inch of the PNG"),
});
