import { z } from "zod";

/**
 * Section `cleanup`: when cutouts are removed.
 *
 * @internal
 */
export const cleanupSection = z.strictObject({
  cutouts: z.enum(["never", "success-after-measurement", "success-after-source", "success-after-run"])
    .default("success-after-source")
    .describe("When a measured cutout is removed; always after the outputs made from it are safe"),
  keep_failed_cutouts: z.boolean().default(true)
    .describe("Keep cutouts whose measurement failed, for a look at them"),
}).prefault({}).describe("When cutouts are removed");
