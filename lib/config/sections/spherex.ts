import { z } from "zod";

/**
 * Section `spherex`: which of the telescope's data are used.
 *
 * @internal
 */
export const spherexSection = z.strictObject({
  detectors: z.array(z.int().min(1).max(6)).min(1).max(6).default([1, 2, 3, 4, 5, 6])
    .describe("Detectors whose images are planned; the others are left out"),
}).prefault({}).describe("Which of the telescope's data are used");
