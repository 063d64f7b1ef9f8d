import { TaggedError } from "../core/errors.ts";
import type { DetectorNumber } from "../spherex/bands.ts";
import { matchCalibration } from "../spherex/calibration_match.ts";
import {
  type CalibrationProduct,
  parseCalibrationFileName,
  releaseOfCalibrationFile,
} from "../spherex/calibration_products.ts";
import { readCutoutOrigin } from "../spherex/cutout_origin.ts";
import { baseName } from "../spherex/file_names.ts";
import type { Level2File } from "../spherex/level2_file.ts";
import type { Release } from "../spherex/release.ts";
import type { ImageCalibration } from "./cutout_measurer.ts";
import type { CalibrationCandidate, FileMeasureSetup } from "./file_target.ts";

/** The calibration of a file, and the columns that tell of it. */
export interface FileCalibration {
  /** The files to use. */
  readonly image: ImageCalibration;
  /** How well the maps fit, for the row. */
  readonly match: {
    readonly calibration_exact_match: boolean;
    readonly calibration_match_quality: string;
    readonly detector_release_match: boolean;
    readonly header_reference_match: boolean | null;
    readonly spectral_wcs_calibration_id: string | null;
    readonly solid_angle_calibration_id: string | null;
  };
  /** Identifier of the PSF product, should it be used. */
  readonly psfId: string | null;
  /** Identifier of the flux correction, should it be used. */
  readonly fluxCorrectionId: string | null;
}

/** A calibration file by its path; undefined when its name is not one of the archive's. */
export function calibrationCandidate(path: string): CalibrationCandidate | undefined {
  const name = parseCalibrationFileName(path);
  const release = releaseOfCalibrationFile(path);
  if (name?.detector === undefined || release === undefined) return undefined;
  const { fileName, detector, version, versionNumber, processingDate } = name;
  const product = name.product as CalibrationProduct;
  return {
    path,
    calibrationId: fileName,
    product,
    release,
    detector,
    version,
    versionNumber,
    processingDate,
  };
}

/**
 * A file that was named for the call, whatever its name is; it counts as made for the image's release unless its name
 * denies it. Throws `spherex/wrong-detector` when its name is that of another detector's file.
 */
function namedCandidate(
  path: string | undefined,
  product: CalibrationProduct,
  detector: DetectorNumber,
  release: Release,
): CalibrationCandidate[] {
  if (path === undefined) return [];
  const known = calibrationCandidate(path);
  if (known !== undefined && known.detector !== detector) {
    throw new TaggedError(
      "spherex/wrong-detector",
      `Cannot use ${known.calibrationId}: it is for detector ${known.detector}, expected ${detector}`,
      {
        context: { found: known.detector, expected: detector },
        hint: "Name the folder of all calibration files with --calibration-dir",
      },
    );
  }
  return [{
    version: "",
    versionNumber: 0,
    processingDate: "",
    ...known,
    path,
    calibrationId: baseName(path),
    product,
    release: known?.release ?? release,
    detector,
  }];
}

/** The newest file of a product for a detector, of whatever release has the product. */
function newestOf(
  candidates: readonly CalibrationCandidate[],
  product: CalibrationProduct,
  detector: DetectorNumber,
  release: Release | undefined,
): CalibrationCandidate | undefined {
  const need = { products: [product], detector, release, allowOtherRelease: true };
  return matchCalibration(candidates, need).chosen[product];
}

/** Chooses the calibration of files, remembering the answer for each release and detector. */
export class FileCalibrations {
  readonly #setup: FileMeasureSetup;
  readonly #known = new Map<string, FileCalibration>();

  /** The files to choose from, and how. */
  constructor(setup: FileMeasureSetup) {
    this.#setup = setup;
  }

  /** The calibration of an open file. Throws `spherex/wrong-detector` for a named map of another detector. */
  of(level2: Level2File): FileCalibration {
    const key = `${level2.release} ${level2.detector}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = chooseFileCalibration(this.#setup, level2.detector, level2.release);
      this.#known.set(key, known);
    }
    const { psf } = readCutoutOrigin(level2.primaryHeader);
    if (psf === undefined) return known;
    const leftOut = this.#setup.candidates.find(({ path }) => baseName(path) === psf.fileName);
    return { ...known, image: { ...known.image, leftOutPsf: leftOut?.path } };
  }
}

/** Chooses the calibration of a file from its detector and release. */
function chooseFileCalibration(
  setup: FileMeasureSetup,
  detector: DetectorNumber | undefined,
  release: Release | undefined,
): FileCalibration {
  if (detector === undefined) return NO_CALIBRATION;
  const mapRelease = setup.calibrationRelease ?? release;
  const isNamed = setup.spectralWcsPath !== undefined || setup.solidAnglePath !== undefined;
  const named = [
    ...namedCandidate(setup.spectralWcsPath, "spectral_wcs", detector, mapRelease ?? "QR2"),
    ...namedCandidate(setup.solidAnglePath, "solid_angle_pixel_map", detector, mapRelease ?? "QR2"),
  ];
  const overridden = new Set(named.map((candidate) => candidate.product));
  const { candidates } = setup;
  const match = matchCalibration(
    [...named, ...candidates.filter((candidate) => !overridden.has(candidate.product))],
    { detector, release: mapRelease, allowOtherRelease: isNamed || setup.allowOtherRelease },
  );
  const { spectral_wcs: spectralWcs, solid_angle_pixel_map: solidAngle } = match.chosen;
  const psf = setup.choices.psfSource === "file" ? undefined : newestOf(
    candidates,
    setup.psfProduct ?? (release === "QR3" ? "epsf" : "average_psf"),
    detector,
    release,
  );
  const isCorrected = setup.applyFluxCorrection && release !== "QR3";
  const fluxCorrection = isCorrected
    ? newestOf(candidates, "l3_flux_corrections", detector, release)
    : undefined;
  return {
    image: {
      detector,
      spectralWcs: spectralWcs?.path,
      solidAngle: solidAngle?.path,
      psf: psf?.path,
      fluxCorrection: fluxCorrection?.path,
      isMismatch: [spectralWcs, solidAngle].some((map) => map !== undefined && map.release !== mapRelease),
      isIncomplete: isCorrected && fluxCorrection === undefined,
    },
    match: {
      calibration_exact_match: match.exactMatch,
      calibration_match_quality: match.quality,
      detector_release_match: match.detectorReleaseMatch,
      header_reference_match: match.headerReferenceMatch ?? null,
      spectral_wcs_calibration_id: spectralWcs?.calibrationId ?? null,
      solid_angle_calibration_id: solidAngle?.calibrationId ?? null,
    },
    psfId: psf?.calibrationId ?? null,
    fluxCorrectionId: fluxCorrection?.calibrationId ?? null,
  };
}

const NO_CALIBRATION: FileCalibration = {
  image: {},
  match: {
    calibration_exact_match: false,
    calibration_match_quality: "missing",
    detector_release_match: false,
    header_reference_match: null,
    spectral_wcs_calibration_id: null,
    solid_angle_calibration_id: null,
  },
  psfId: null,
  fluxCorrectionId: null,
};
