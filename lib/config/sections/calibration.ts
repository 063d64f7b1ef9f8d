import { z } from "zod";
import { archiveName, pathInProject, positiveInteger, webUrl } from "./value_types.ts";

/**
 * Section `calibration`: which calibration files are used and where they come from.
 *
 * @internal
 */
export const calibrationSection = z.strictObject({
  release: z.enum(["auto", "QR2", "QR3"]).default("auto")
    .describe("Data release of the calibration files; auto takes the release of each image"),
  required_products: z.array(archiveName).max(32).default(["spectral_wcs", "solid_angle_pixel_map"])
    .describe("Products without which nothing is measured"),
  optional_products: z.array(archiveName).max(32).default([])
    .describe("Products that are synced beside the required ones"),
  cache_root: pathInProject.default("cache/calibrations").describe("Folder of the calibration files"),
  allow_latest_fallback: z.boolean().default(false)
    .describe("Measure with the newest file of another release when the image's own release has none"),
  apply_flux_correction: z.boolean().default(false)
    .describe("Bring images of releases before QR3 to its flux scale with the product l3_flux_corrections"),
  validate_on_use: z.boolean().default(true).describe("Check a file's size and SHA-256 before a run uses it"),
  download_source: z.enum(["auto", "cloud", "ibe"]).default("auto")
    .describe(
      "Where files come from: the object store (cloud), the archive (ibe), or the quicker one (auto)",
    ),
  official_ibe_base_url: webUrl.default("https://irsa.ipac.caltech.edu/ibe/data/spherex/{release_lower}")
    .describe("Base URL of the archive's files"),
  official_ibe_listing_url: webUrl.default(
    "https://irsa.ipac.caltech.edu/ibe/dir/list/spherex/{release_lower}",
  )
    .describe("Base URL of the archive's listings"),
  download_max_workers: positiveInteger.default(4).describe("Calibration files in transfer at once, at most"),
}).prefault({}).describe("Which calibration files are used and where they come from");
