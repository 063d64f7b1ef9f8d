import { z } from "zod";
import { nonNegativeNumber, plainText } from "./value_types.ts";

/**
 * Section `catalog`: the target list and the names of its columns.
 *
 * @internal
 */
export const catalogSection = z.strictObject({
  path: plainText.default("input_catalog.csv")
    .describe("The target list, a CSV file; relative paths start at the project directory"),
  source_id_column: plainText.default("Name").describe("Column with the durable identity of each target"),
  source_name_column: plainText.default("Name").describe("Column with the name that output files carry"),
  ra_column: plainText.default("RA_deg")
    .describe("Column with the right ascension, ICRS: degrees, or sexagesimal hours such as 04:32:12.4"),
  dec_column: plainText.default("DEC_deg")
    .describe("Column with the declination, ICRS: degrees, or sexagesimal degrees such as -05:22:39.6"),
  pm_ra_column: plainText.nullable().default(null)
    .describe(
      "Column with the proper motion in right ascension times cos(declination), mas/yr; null looks for pm_ra_mas_per_yr and pmra",
    ),
  pm_dec_column: plainText.nullable().default(null)
    .describe(
      "Column with the proper motion in declination, mas/yr; null looks for pm_dec_mas_per_yr and pmdec",
    ),
  epoch_column: plainText.nullable().default(null)
    .describe(
      "Column with the epoch of the position, Julian year; null looks for epoch, epoch_yr and ref_epoch",
    ),
  neighbors_path: plainText.nullable().default(null)
    .describe(
      "A CSV file of other known sources, with the columns of the target list, that are fitted with targets near them; null for none",
    ),
  duplicate_position_tolerance_arcsec: nonNegativeNumber.max(3600).default(0.2)
    .describe("Targets nearer to each other than this are reported; 0 reports none"),
}).prefault({}).describe("The target list");
