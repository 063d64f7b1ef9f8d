import { z } from "zod";
import { plainText, positiveNumber, webUrl } from "./value_types.ts";

/**
 * The cutout size when nothing else says one, arcseconds.
 *
 * @internal
 */
export const DEFAULT_CUTOUT_SIZE_ARCSEC = 60;

/** What stands in a template of the cutout service's parameters. */
const parameterTemplate = z.string().max(1024).refine(
  (text) => text.replaceAll(/\{(ra_deg|dec_deg|size_deg)\}/g, "").match(/[{}]/) === null,
  "expected a template with the placeholders {ra_deg}, {dec_deg} and {size_deg} only",
);

/**
 * Section `cutouts`: how large cutouts are and how the archive is asked for them.
 *
 * @internal
 */
export const cutoutsSection = z.strictObject({
  default_size_arcsec: positiveNumber.default(DEFAULT_CUTOUT_SIZE_ARCSEC)
    .describe("Side of the cutouts of targets whose catalog row names no size"),
  size_column: plainText.default("cutout_size_arcsec")
    .describe("Catalog column with a target's own cutout size; it need not exist"),
  min_size_arcsec: positiveNumber.default(6).describe("Smallest cutout size that is accepted"),
  max_size_arcsec: positiveNumber.max(36000).default(3600).describe("Largest cutout size that is accepted"),
  access: z.enum(["auto", "cutout", "truncated", "cloud"]).default("auto")
    .describe(
      "How pixels are fetched: whole files of the cutout service (cutout), the same up to the PSF (truncated), byte ranges of the object store (cloud), or the cheapest way that works (auto)",
    ),
  include_zodi: z.boolean().default(false)
    .describe(
      "Whether cutouts from the object store bring the model of the zodiacal light too, which forced photometry does not use; files of the cutout service always have it",
    ),
  base_url: webUrl.nullable().default(null)
    .describe(
      "Replaces the host part of the archive's image URLs; null uses the URLs as discovery gave them",
    ),
  append_query_parameters: z.record(plainText, parameterTemplate)
    .default({ center: "{ra_deg},{dec_deg}", size: "{size_deg}" })
    .describe("Parameters that turn an image URL into a cutout URL"),
}).prefault({}).describe("How large cutouts are and how the archive is asked for them");
