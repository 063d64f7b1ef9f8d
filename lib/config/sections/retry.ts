import { z } from "zod";
import { nonNegativeNumber } from "./value_types.ts";

/**
 * When a failed request is sent again; the same keys for discovery and download, each with its own numbers.
 *
 * @internal
 */
export function retrySection(attempts: number, backoffSeconds: number[]) {
  return z.strictObject({
    attempts: z.int().min(1).max(100).default(attempts)
      .describe("Times a request is tried in all, the first time included"),
    backoff_seconds: z.array(nonNegativeNumber).min(1).max(100).default(backoffSeconds)
      .describe("Wait before the second, third, ... attempt; the last number holds for all later ones"),
    jitter_seconds: nonNegativeNumber.default(1)
      .describe("Up to this much is added to each wait at random, so that workers do not come back together"),
    retry_http_status: z.array(z.int().min(400).max(599)).max(200).default([408, 429, 500, 502, 503, 504])
      .describe("HTTP statuses worth another attempt"),
    honor_retry_after: z.boolean().default(true)
      .describe("Wait as long as the server asks for with Retry-After"),
  }).prefault({}).describe("When a failed request is sent again");
}
