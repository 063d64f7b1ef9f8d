import { z } from "zod";

/**
 * Section `validation`: when a cutout counts as whole.
 *
 * @internal
 */
export const validationSection = z.strictObject({
  verify_checksums: z.boolean().default(true)
    .describe("Compare DATASUM and CHECKSUM with the data where a file carries them"),
}).prefault({}).describe("When a cutout counts as whole");
