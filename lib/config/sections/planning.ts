import { z } from "zod";

/**
 * Section `planning`: what becomes work.
 *
 * @internal
 */
export const planningSection = z.strictObject({
  redownload_invalid: z.boolean().default(true)
    .describe("Fetch a cutout again when the file on disk turns out to be invalid"),
}).prefault({}).describe("What becomes work");
