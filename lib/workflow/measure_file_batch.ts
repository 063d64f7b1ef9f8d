import { OUTPUT_SCHEMA_VERSION, PHOTOMETRY_CODE_VERSION } from "../config/versions.ts";
import { isTaggedError, TaggedError } from "../core/errors.ts";
import type { MeasurementRow } from "../outputs/measurement_row.ts";
import { type Level2FileName, parseLevel2FileName } from "../spherex/file_names.ts";
import type { Level2File } from "../spherex/level2_file.ts";
import type { CutoutMeasurer, PreparedCutout } from "./cutout_measurer.ts";
import { FileCalibrations } from "./file_calibration.ts";
import { positionAt } from "./proper_motion.ts";
import type { SkyPosition } from "../wcs/celestial_wcs.ts";
import { positionProblem } from "../catalog/position_range.ts";
import type { FileMeasureSetup, FileTarget } from "./file_target.ts";
import type { MeasuredFiles } from "./fit_job.ts";
import { measuredFileLine } from "./measured_file_line.ts";

/** The name of a Level-2 file anywhere in a path: cutouts of a project carry it inside their own. */
const LEVEL2_NAME = /level2_\d{4}W\d{2}_\d[A-Z]_\d{4}_\dD[1-6]_spx_l2b-v\d+-\d{4}-\d{3}/;

/** The archive's name of a file, from its path; undefined when there is none in it. */
function archiveName(path: string): (Level2FileName & { readonly fileName: string }) | undefined {
  const stem = LEVEL2_NAME.exec(path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1))?.[0];
  if (stem === undefined) return undefined;
  const fileName = `${stem}.fits`;
  return { ...parseLevel2FileName(fileName)!, fileName };
}

/** What is known of the file without a project. */
function identityCells(level2: Level2File, file: FileTarget, setup: FileMeasureSetup): MeasurementRow {
  const name = archiveName(file.path);
  return {
    source_name: file.name ?? null,
    parent_filename: name?.fileName ?? null,
    observation_id: level2.observationId ?? name?.observationId ?? null,
    detector_id: level2.detector ?? null,
    processing_version: name?.processingVersion ?? null,
    processing_date: name?.processingDate ?? level2.header.getString("DATE")?.slice(0, 10) ?? null,
    release: level2.release ?? null,
    output_schema_version: OUTPUT_SCHEMA_VERSION,
    photometry_code_version: PHOTOMETRY_CODE_VERSION,
    photometry_config_hash: setup.photometryConfigHash,
  };
}

/** The row of a file that could not be measured. */
function failedRow(file: FileTarget, code: string, message: string): MeasurementRow {
  return {
    source_name: file.name ?? null,
    ra_deg: file.rightAscensionDeg,
    dec_deg: file.declinationDeg,
    measurement_status: "failed_input",
    measurement_ok: false,
    error_code: code,
    error_message: message,
  };
}

/** Throws `usage/bad-list-row` or `usage/bad-position` for a target that cannot be measured in any file. */
function checkTarget(file: FileTarget): void {
  if (file.problem !== undefined) throw new TaggedError("usage/bad-list-row", file.problem);
  const { rightAscensionDeg, declinationDeg } = file;
  const problem = [file, ...file.neighbors ?? []].map(positionProblem).find((each) => each !== undefined);
  if (problem === undefined) return;
  throw new TaggedError("usage/bad-position", `Cannot measure ${file.path} at this position: ${problem}`, {
    context: { rightAscensionDeg, declinationDeg },
    hint: "Give ICRS degrees; nothing is wrapped around",
  });
}

/** Where a target is at the time of an image. */
function positionOf(file: FileTarget, mjd: number): SkyPosition {
  const { rightAscensionDeg, declinationDeg, properMotion } = file;
  return positionAt({
    rightAscensionDeg,
    declinationDeg,
    properMotionRaMasPerYear: properMotion?.raMasPerYear ?? null,
    properMotionDecMasPerYear: properMotion?.decMasPerYear ?? null,
    referenceEpochYear: properMotion?.epochYear ?? null,
  }, mjd);
}

/** A file that is open, with its target and its calibration. */
export interface PreparedFile {
  /** The pixels around the target. */
  readonly cutout: PreparedCutout;
  /** The columns that do not come from its pixels: what the file is, and how it was calibrated. */
  readonly columns: MeasurementRow;
}

/**
 * Opens a file with its calibration for as long as `work` takes. Throws `usage/bad-list-row` for a request that has a
 * problem, `storage/*`, `fits/*`, `spherex/*`, `wcs/*`.
 */
export async function withFile<T>(
  file: FileTarget,
  setup: FileMeasureSetup,
  measurer: CutoutMeasurer,
  calibrations: FileCalibrations,
  work: (prepared: PreparedFile) => T,
): Promise<T> {
  checkTarget(file);
  return await measurer.open(file.path, async (level2) => {
    const calibration = calibrations.of(level2);
    const scene = { neighbours: file.neighbors, profile: file.profile };
    const cutout = await measurer.prepare(
      level2,
      positionOf(file, level2.mjdAverage),
      calibration.image,
      setup.choices,
      scene,
    );
    const { psfOrigin, isFluxCorrected } = cutout.pixels;
    return work({
      cutout,
      columns: {
        ...identityCells(level2, file, setup),
        ...calibration.match,
        psf_calibration_id: psfOrigin === "calibration" ? calibration.psfId : null,
        flux_correction_calibration_id: isFluxCorrected ? calibration.fluxCorrectionId : null,
      },
    });
  });
}

/** Measures files one after the other. A file that cannot be measured gives a row that says why. */
export async function measureFileBatch(
  files: readonly FileTarget[],
  setup: FileMeasureSetup,
  measurer: CutoutMeasurer,
): Promise<MeasuredFiles> {
  const calibrations = new FileCalibrations(setup);
  const lines: string[] = [];
  let failed = 0;
  for (const file of files) {
    let groups: MeasurementRow[];
    try {
      groups = await withFile(file, setup, measurer, calibrations, ({ cutout, columns }) => [
        ...measurer.measureGroups(cutout, setup.choices),
        columns,
      ]);
    } catch (error) {
      if (!isTaggedError(error)) throw error;
      failed++;
      groups = [failedRow(file, error.code, error.message)];
    }
    lines.push(measuredFileLine(file.path, groups));
  }
  return { kind: "measured_files", lines, failed };
}
