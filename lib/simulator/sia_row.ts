import { bandOfDetector, DETECTOR_SIZE_PIXELS } from "../spherex/bands.ts";
import type { ArchiveTree } from "./archive_tree.ts";
import { detectorModel } from "./detector_model.ts";
import { HALF_EXPOSURE_DAYS } from "./exposure_time.ts";
import { outlineOf, RELEASE_DELAY_DAYS } from "./offered_image.ts";
import type { SiaRow } from "./sia_table.ts";
import type { SurveyImage } from "./survey.ts";
import { dateOfMjd } from "./visits.ts";

/** The row of an image of a collection in answers of SIA2, TAP and DataLink, with the archive's column names. */
export function siaRow(
  image: SurveyImage,
  collection: string,
  tree: ArchiveTree,
  ibeBaseUrl: string,
  number: number,
): SiaRow {
  const { exposure, detector, archiveKey, wcs } = image;
  const wavelengths = detectorModel(detector).wavelengthMicron.flat();
  const center = wcs.pixelToSky((DETECTOR_SIZE_PIXELS - 1) / 2, (DETECTOR_SIZE_PIXELS - 1) / 2);
  const released = dateOfMjd(exposure.visit.startMjd + RELEASE_DELAY_DAYS).toISOString().replace("T", " ")
    .slice(0, 19);
  return {
    s_ra: center.rightAscensionDeg,
    s_dec: center.declinationDeg,
    facility_name: "SPHEREx",
    instrument_name: "SPHEREx",
    dataproduct_subtype: "science",
    calib_level: 2,
    dataproduct_type: "image",
    energy_bandpassname: `SPHEREx-D${detector}`,
    energy_emband: "Infrared",
    obs_id: exposure.observationId,
    s_resolution: "3.075000",
    em_min: metres(Math.min(...wavelengths)),
    em_max: metres(Math.max(...wavelengths)),
    em_res_power: bandOfDetector(detector).resolvingPower.toFixed(6),
    proposal_title: "SPHEREx LVF Survey Data",
    access_url: `${ibeBaseUrl}/${archiveKey}`,
    access_format: "image/fits",
    access_estsize: Math.ceil(tree.parentByteLength(image) / 1000),
    t_exptime: "113.582600",
    s_region: outlineOf(image),
    obs_collection: collection,
    obs_intent: "science",
    algorithm_name: "exposure",
    proposal_project: "SPHEREx",
    target_name: `SPS_${exposure.key}`,
    target_type: "field",
    target_standard: 0,
    target_moving: 0,
    obs_release_date: released,
    s_xel1: DETECTOR_SIZE_PIXELS,
    s_xel2: DETECTOR_SIZE_PIXELS,
    s_pixel_scale: "6.150000",
    position_timedependent: 0,
    t_min: exposure.mjdBegin.toFixed(6),
    t_max: (exposure.mjdBegin + 2 * HALF_EXPOSURE_DAYS).toFixed(6),
    obs_publisher_did: `ivo://irsa.ipac/${collection}?${exposure.observationId}/D${detector}`,
    s_fov: "3.4849999999999999",
    cloud_access:
      `{"aws": {"bucket_name": "nasa-irsa-spherex", "key":"${archiveKey}", "region": "us-east-1"}}`,
    upload_row_id: number,
  };
}

/** A wavelength as the archive writes it, such as `1.63010e-06`. */
function metres(wavelengthMicron: number): string {
  return (wavelengthMicron * 1e-6).toExponential(5).replace(/e-(\d)$/, "e-0$1");
}
