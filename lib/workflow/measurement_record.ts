import { canonicalJson } from "../core/canonical_json.ts";
import { OUTPUT_SCHEMA_VERSION, PHOTOMETRY_CODE_VERSION } from "../config/versions.ts";
import { canonicalRow, type MeasurementRow, numberCell, textCell } from "../outputs/measurement_row.ts";
import { rowHash } from "../outputs/row_hash.ts";
import type { CalibrationRecord } from "../store/calibrations.ts";
import type { CutoutRecord } from "../store/cutouts.ts";
import type { MeasurementRecord } from "../store/measurements.ts";
import type { CalibrationChoice, ItemCalibration } from "./calibration_choice.ts";
import type { MeasuredCutout } from "./fit_job.ts";
import { measurementId, workItemId } from "./identities.ts";
import { measurementInputs, type PlanContext, type PlanItem } from "./plan_source.ts";

/** Everything that one measurement was made from. */
export interface MeasurementOrigin {
  /** The planned work. */
  readonly item: PlanItem;
  /** The cutout. */
  readonly cutout: CutoutRecord;
  /** The calibration in use. */
  readonly calibration: ItemCalibration;
  /** How calibration files are chosen. */
  readonly choice: CalibrationChoice;
  /** What holds for the whole plan. */
  readonly context: PlanContext;
  /** Version of the program. */
  readonly packageVersion: string;
}

function identityColumns(origin: MeasurementOrigin, id: string): MeasurementRow {
  const { source, product } = origin.item;
  return {
    source_id: source.sourceId,
    source_name: source.sourceName,
    measurement_id: id,
    work_item_id: workItemId(source.sourceId, product.productId),
    cutout_key: origin.item.cutoutKey,
    product_id: product.productId,
    parent_filename: product.parentFilename,
    observation_id: product.observationId,
    detector_id: product.detector,
    collection: product.collection,
    processing_version: product.processingVersion,
    processing_date: product.processingDate,
    cutout_sha256: origin.cutout.contentSha256,
    release: product.release,
    output_schema_version: OUTPUT_SCHEMA_VERSION,
    photometry_code_version: PHOTOMETRY_CODE_VERSION,
    photometry_config_hash: origin.context.photometryConfigHash,
  };
}

function calibrationColumns(origin: MeasurementOrigin, measured: MeasuredCutout): MeasurementRow {
  const { product } = origin.item;
  const match = origin.choice.match(
    product.release,
    product.detector,
    measured.header.calibrationIdentifiers,
  );
  return {
    calibration_exact_match: match.exactMatch,
    calibration_match_quality: match.quality,
    detector_release_match: match.detectorReleaseMatch,
    header_reference_match: match.headerReferenceMatch ?? null,
    spectral_wcs_calibration_id: origin.calibration.spectralWcs.calibrationId,
    solid_angle_calibration_id: origin.calibration.solidAngle.calibrationId,
    psf_calibration_id: origin.calibration.psf?.calibrationId ?? null,
    flux_correction_calibration_id: origin.calibration.fluxCorrection?.calibrationId ?? null,
  };
}

/** A calibration file as the provenance shows it; undefined, and so left out, when there is none. */
function calibrationFile(record: CalibrationRecord | undefined): Record<string, string> | undefined {
  if (record === undefined) return undefined;
  return {
    calibration_id: record.calibrationId,
    filename: record.filename,
    version: record.version,
    release: record.release,
    sha256: record.sha256,
    source_url: record.sourceUrl,
  };
}

function provenance(origin: MeasurementOrigin, measured: MeasuredCutout): string {
  const { item, cutout, calibration } = origin;
  return canonicalJson({
    cutout: {
      cutout_key: cutout.cutoutKey,
      local_path: cutout.localPath,
      sha256: cutout.sha256,
      content_sha256: cutout.contentSha256,
      access_route: cutout.accessRoute,
      psf_file_sha256: cutout.psfFileSha256 ?? undefined,
      size_bytes: cutout.fileSizeBytes,
      size_arcsec: cutout.sizeArcsec,
    },
    product: {
      product_id: item.product.productId,
      access_url: item.product.accessUrl,
      collection: item.product.collection,
      processing_version: item.product.processingVersion,
    },
    calibration: {
      spectral_wcs: calibrationFile(calibration.spectralWcs),
      solid_angle_pixel_map: calibrationFile(calibration.solidAngle),
      psf: calibrationFile(calibration.psf),
      l3_flux_corrections: calibrationFile(calibration.fluxCorrection),
      header_identifiers: measured.header.calibrationIdentifiers,
    },
    pipeline_version: measured.header.version,
    photometry_config_hash: origin.context.photometryConfigHash,
    photometry_code_version: PHOTOMETRY_CODE_VERSION,
    output_schema_version: OUTPUT_SCHEMA_VERSION,
    package_version: origin.packageVersion,
  });
}

/** Makes the stored measurement, and with it the row of the spectra table, from what a worker measured. */
export function measurementRecord(origin: MeasurementOrigin, measured: MeasuredCutout): MeasurementRecord {
  const inputs = measurementInputs(
    origin.item,
    origin.cutout.contentSha256,
    origin.calibration,
    origin.context,
  );
  const id = measurementId(inputs);
  const row = canonicalRow({
    ...measured.columns,
    ...identityColumns(origin, id),
    ...calibrationColumns(origin, measured),
  });
  const number = (name: string) => {
    const value = numberCell(row, name);
    return Number.isNaN(value) ? null : value;
  };
  return {
    ...inputs,
    measurementId: id,
    detector: origin.item.product.detector,
    wavelengthMicron: number("wavelength_um"),
    fluxMicroJy: number("selected_flux_uJy"),
    fluxErrorMicroJy: number("selected_flux_err_uJy"),
    measurementStatus: textCell(row, "measurement_status"),
    detectionStatus: textCell(row, "detection_status"),
    scienceRecommended: row["science_recommended"] === true,
    photometryFlags: textCell(row, "photometry_flags"),
    rowJson: canonicalJson(row),
    rowHash: rowHash(row),
    provenanceJson: provenance(origin, measured),
  };
}
