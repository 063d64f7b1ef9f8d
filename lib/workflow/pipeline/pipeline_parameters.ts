import { z } from "zod";
import { count, positive } from "./parameter_values.ts";
import { PHOTOMETRY_PARAMETERS } from "./photometry_parameters.ts";
import { VISUALIZATION_PARAMETERS } from "./visualization_parameters.ts";

/** Size of cutouts unless another is given. */
export const DEFAULT_CUTOUT_SIZE = "50px";

/**
 * All parameters of a pipeline, as its state file keeps them.
 *
 * @internal
 */
export const PIPELINE_PARAMETERS = z.strictObject({
  source: z.strictObject({
    ra: z.number().min(0).lt(360),
    dec: z.number().min(-90).max(90),
    name: z.string().min(1).max(200),
    proper_motion: z.strictObject({
      ra_mas_per_yr: z.number(),
      dec_mas_per_yr: z.number(),
      epoch_yr: z.number().min(1800).max(2200),
    }).nullable().default(null),
  }),
  query_service: z.enum(["sia2", "tap"]).default("sia2"),
  data_dir: z.string().min(1).default("data"),
  bands: z.array(z.int().min(1).max(6)).nullable().default(null),
  search_radius_arcsec: positive.default(3.6),
  cutout_size: z.string().default(DEFAULT_CUTOUT_SIZE),
  cutout_center: z.string().nullable().default(null),
  max_download_workers: count.default(4),
  max_processing_workers: count.default(10),
  calibration_dir: z.string().min(1).nullable().default(null),
  sync_calibration: z.boolean().default(false),
  photometry: PHOTOMETRY_PARAMETERS.prefault({}),
  visualization: VISUALIZATION_PARAMETERS.prefault({}),
  archive: z.record(z.string(), z.unknown()).default({}),
});
