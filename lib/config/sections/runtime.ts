import { z } from "zod";
import { positiveInteger, positiveNumber } from "./value_types.ts";

/**
 * Section `runtime`: how much of the machine a run may use. The large numbers are ceilings.
 *
 * @internal
 */
export const runtimeSection = z.strictObject({
  max_download_workers: positiveInteger.default(32)
    .describe("Cutouts in transfer at once during a run, at most; download.max_workers is the other limit"),
  max_fit_workers: positiveInteger.default(32)
    .describe("Workers that measure, at most; never more than the machine has processors"),
  max_source_workers: positiveInteger.default(64).describe("Targets whose outputs are open at once, at most"),
  max_inflight_cutouts: positiveInteger.default(512)
    .describe("Cutouts between download and measurement, at most"),
  max_live_cutout_gb: positiveNumber.max(1e6).default(10)
    .describe("Space that cutouts on disk may take before downloads pause, in 10^9 bytes"),
  max_open_fits_files: positiveInteger.default(512).describe("FITS files one run opens at once, at most"),
  max_image_workers_per_source: positiveInteger.default(432)
    .describe("Images of one target measured at once, at most"),
  global_max_network_requests: positiveInteger.default(2048)
    .describe("Requests of the whole program open at once, at most"),
  global_max_open_fits_files: positiveInteger.default(512)
    .describe("FITS files the whole program opens at once, at most"),
}).prefault({}).describe("How much of the machine a run may use; large numbers are ceilings");
