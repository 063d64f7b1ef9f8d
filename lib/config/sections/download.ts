import { z } from "zod";
import { retrySection } from "./retry.ts";
import { nonNegativeNumber, plainText, positiveInteger, positiveNumber } from "./value_types.ts";

/**
 * Section `download`: how the network is used. The large numbers are ceilings, not speeds.
 *
 * @internal
 */
export const downloadSection = z.strictObject({
  max_workers: positiveInteger.default(64).describe("Cutouts in transfer at once, at most"),
  concurrency: positiveInteger.default(4096)
    .describe("Requests open at once, at most; the program approaches it only while the server answers well"),
  per_host_rate_limit_per_second: positiveNumber.default(4096)
    .describe("Requests sent to one host in a second, at most"),
  per_host_max_concurrency: positiveInteger.default(2048)
    .describe(
      "Requests open to one host at once, at most; the program starts low and backs off when asked to",
    ),
  connect_timeout_sec: positiveNumber.default(20).describe(
    "Give up when no connection stands after this time",
  ),
  read_timeout_sec: positiveNumber.default(180).describe("Give up when nothing arrives for this long"),
  total_timeout_sec: nonNegativeNumber.default(3600)
    .describe("Give up when one file takes longer than this; 0 waits without end"),
  min_download_rate_bytes_per_second: nonNegativeNumber.default(0)
    .describe("A transfer slower than this for low_speed_time_sec is given up; 0 accepts any speed"),
  low_speed_time_sec: positiveNumber.default(30)
    .describe("How long a transfer may stay below min_download_rate_bytes_per_second"),
  retry: retrySection(4, [1, 2, 5, 15]),
  user_agent: plainText.nullable().default(null)
    .describe("How the program introduces itself to servers; null sends its own name and version"),
}).prefault({}).describe("How the network is used; large numbers are ceilings, not speeds");
