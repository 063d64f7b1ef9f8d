import { z } from "zod";
import { positiveInteger } from "./value_types.ts";

/**
 * Section `workflow`: what a run does.
 *
 * @internal
 */
export const workflowSection = z.strictObject({
  source_chunk_size: positiveInteger.default(100).describe("Targets planned and worked on together"),
  download_missing: z.boolean().default(true).describe("Fetch the cutouts that are not on disk"),
  skip_valid_measurements: z.boolean().default(true)
    .describe("Leave measurements alone that are current; false measures everything again"),
  regenerate_missing_outputs: z.boolean().default(true)
    .describe("Write output files again that are missing or out of date"),
}).prefault({}).describe("What a run does");
