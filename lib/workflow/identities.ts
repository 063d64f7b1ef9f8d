import { canonicalJson } from "../core/canonical_json.ts";
import { sha256Hex } from "../files/sha256.ts";
import type { MeasurementInputs } from "../store/measurements.ts";

/** What makes a cutout the one that a source needs. */
export interface CutoutIdentity {
  /** The source. */
  readonly sourceId: string;
  /** The product it is cut out of. */
  readonly productId: string;
  /** Right ascension of the centre, degrees. */
  readonly rightAscensionDeg: number;
  /** Declination of the centre, degrees. */
  readonly declinationDeg: number;
  /** Side of the square, arcseconds. */
  readonly sizeArcsec: number;
}

/** The key of a cutout: SHA-256 of source, product, centre to 1e-8 degrees and size to 1e-4 arcseconds. */
export function cutoutKey(identity: CutoutIdentity): string {
  return cutoutKeys(identity)(identity.productId);
}

/** The keys of a source's cutouts by product; what they have in common is written once. */
export function cutoutKeys(identity: Omit<CutoutIdentity, "productId">): (productId: string) => string {
  const place = '"product_id":""';
  const text = canonicalJson({
    source_id: identity.sourceId,
    product_id: "",
    ra_deg: Number(identity.rightAscensionDeg.toFixed(8)),
    dec_deg: Number(identity.declinationDeg.toFixed(8)),
    size_arcsec: Number(identity.sizeArcsec.toFixed(4)),
  });
  // Only a number stands before the product: the first match is the place.
  const at = text.indexOf(place);
  const [before, after] = [text.slice(0, at), text.slice(at + place.length)];
  return (productId) => sha256Hex(`${before}"product_id":${JSON.stringify(productId)}${after}`);
}

/** The identity of a measurement: SHA-256 of everything that it depends on; the row is in the hash of the target. */
export function measurementId(inputs: MeasurementInputs): string {
  return sha256Hex(canonicalJson({
    source_id: inputs.sourceId,
    source_row_hash: inputs.targetHash,
    product_id: inputs.productId,
    cutout_key: inputs.cutoutKey,
    cutout_sha256: inputs.cutoutSha256,
    spectral_wcs_calibration_id: inputs.spectralWcsCalibrationId,
    solid_angle_calibration_id: inputs.solidAngleCalibrationId,
    psf_calibration_id: inputs.psfCalibrationId ?? undefined,
    flux_correction_calibration_id: inputs.fluxCorrectionCalibrationId ?? undefined,
    photometry_config_hash: inputs.photometryConfigHash,
    code_version: inputs.codeVersion,
    schema_version: inputs.schemaVersion,
  }));
}

/** The identity of the work on one source and product, the same in every run. */
export function workItemId(sourceId: string, productId: string): string {
  return sha256Hex(canonicalJson({ source_id: sourceId, product_id: productId }));
}
