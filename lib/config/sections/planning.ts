import { z } from "zod";

/**
 * Section `planning`: what becomes work.
 *
 * @internal
 */
export const planningSection = z.strictObject({
  redownload_invalid: z.boolean().default(true)
    .describe("Fetch a cutout again when the file on disk turns out to be invalid"),
  version_policy: z.enum(["keep_all_mark_superseded", "keep_all_no_supersede", "replace", "ignore"])
    .default("keep_all_mark_superseded")
    .describe(
      "When the archive offers a newer processing of an image: keep_all_mark_superseded measures it and keeps the older " +
        "measurement unpublished, keep_all_no_supersede publishes both, replace drops the older measurement once the newer " +
        "is stored, ignore keeps to the older one while the archive offers it; takes effect when the archive is asked",
    ),
}).prefault({}).describe("What becomes work");
