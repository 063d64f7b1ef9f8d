import type { Config } from "../config/schema.ts";
import { CALIBRATION_PRODUCTS, type CalibrationProduct } from "../spherex/calibration_products.ts";
import type { Release } from "../spherex/release.ts";

/** A product that measuring an image takes, and the release whose file is to be used. */
export interface CalibrationDemand {
  /** The product. */
  readonly product: CalibrationProduct;
  /** Release of the file: the image's, or the only one that has the product. */
  readonly release: string;
}

/** The release that a product is made for when there is one only. */
function onlyRelease(product: CalibrationProduct): Release | undefined {
  const releases = Object.keys(CALIBRATION_PRODUCTS.find((kind) => kind.product === product)!.tokens);
  return releases.length === 1 ? releases[0] as Release : undefined;
}

/**
 * The PSF product whose file holds what every image of a release repeats, so that it need not be fetched again and
 * again; undefined when whole files are to be fetched. Nothing depends on it but bytes.
 */
export function repeatedPsfProduct(config: Config, imageRelease: string): CalibrationProduct | undefined {
  if (config.cutouts.access === "cutout") return undefined;
  return imageRelease === "QR3" ? "epsf" : imageRelease === "QR2" ? "average_psf" : undefined;
}

/**
 * What a configuration demands for images of a release, beside the two maps: the PSF product that
 * `photometry.psf.source` names, and the flux correction of images before QR3 when it is to be applied.
 */
export function calibrationDemands(config: Config, imageRelease: string): CalibrationDemand[] {
  const { source } = config.photometry.psf;
  const products: CalibrationProduct[] = source === "average_psf" || source === "epsf" ? [source] : [];
  if (config.calibration.apply_flux_correction && imageRelease !== "QR3") {
    products.push("l3_flux_corrections");
  }
  return products.map((product) => ({ product, release: onlyRelease(product) ?? imageRelease }));
}
