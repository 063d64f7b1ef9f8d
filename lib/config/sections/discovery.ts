import { z } from "zod";
import { retrySection } from "./retry.ts";
import { archiveName, nonNegativeNumber, positiveInteger, positiveNumber, webUrl } from "./value_types.ts";

/**
 * Section `discovery`: where and how images that cover the targets are looked for.
 *
 * @internal
 */
export const discoverySection = z.strictObject({
  sia_endpoint: webUrl.default("https://irsa.ipac.caltech.edu/SIA").describe("The archive's SIA2 service"),
  tap_endpoint: webUrl.default("https://irsa.ipac.caltech.edu/TAP").describe("The archive's TAP service"),
  collections: z.array(archiveName).min(1).max(64)
    .default(["spherex_qr2", "spherex_qr2_deep", "spherex_qr3", "spherex_qr3_deep"])
    .describe("Image collections that are asked for"),
  search_radius_arcsec: positiveNumber.max(36000).default(1)
    .describe("Images that touch a circle of this radius around a target are taken"),
  maxrec_per_source_collection: positiveInteger.default(25000)
    .describe("Most rows asked for in one answer; a longer answer is reported as overflow"),
  concurrency: positiveInteger.max(4096).default(4).describe("Questions asked at the same time, at most"),
  group_radius_arcsec: nonNegativeNumber.max(36000).default(300)
    .describe("Sources within this distance of another one are asked for together; 0 asks for each alone"),
  tap_fallback: z.boolean().default(false)
    .describe("Whether the TAP service is asked for a source when the SIA2 service fails"),
  use_index: z.boolean().default(false).describe(
    "Whether a local index of all footprints answers instead of the SIA2 service; TAP keeps it up to date",
  ),
  index_path: z.string().min(1).default("cache/footprints.sqlite").describe(
    "Database of the index of footprints, relative to the project; projects can share one outside of them",
  ),
  index_max_age_hours: nonNegativeNumber.default(24)
    .describe("The index is used as it is when it was brought up to date less than so long ago"),
  response_format: z.enum(["votable", "csv"]).default("votable").describe("Format the service answers in"),
  retry: retrySection(3, [2, 5, 15]),
}).prefault({}).describe("Where and how images that cover the targets are looked for");
