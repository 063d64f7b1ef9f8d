import { photometryConfigHash } from "../config/config_hash.ts";
import { loadConfig } from "../config/layers.ts";
import type { Config } from "../config/schema.ts";
import type { FileMeasureSetup } from "./file_target.ts";
import { findCalibrationFiles } from "./find_calibration_files.ts";
import { measureChoices } from "./measure_choices.ts";

/** Where the calibration of files comes from. */
export interface FileCalibrationFolders {
  /** Folder with calibration products under the archive's own names, in any folders below it. */
  readonly calibrationDirectory?: string | undefined;
  /** Wavelength map for all files, in place of one of the folder. */
  readonly spectralWcsPath?: string | undefined;
  /** Solid-angle map for all files, in place of one of the folder. */
  readonly solidAnglePath?: string | undefined;
}

/** How files without a project are measured. */
export interface FileMeasureOptions extends FileCalibrationFolders {
  /** A configuration file; keys that it does not name have their defaults. */
  readonly batchConfig?: string | undefined;
  /** Values by key, such as `{"photometry.noise.model": "observed"}`; they win over the file. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

/** How files are measured under a configuration. Throws `calibration/missing`, `storage/*`, `config/*`. */
export async function fileMeasureSetup(
  config: Config,
  folders: FileCalibrationFolders,
): Promise<FileMeasureSetup> {
  const { source } = config.photometry.psf;
  const { release, apply_flux_correction, allow_latest_fallback } = config.calibration;
  const { calibrationDirectory: folder } = folders;
  return {
    choices: measureChoices(config),
    psfProduct: source === "average_psf" || source === "epsf" ? source : undefined,
    applyFluxCorrection: apply_flux_correction,
    calibrationRelease: release === "auto" ? undefined : release,
    allowOtherRelease: allow_latest_fallback,
    candidates: folder === undefined ? [] : await findCalibrationFiles(folder),
    spectralWcsPath: folders.spectralWcsPath,
    solidAnglePath: folders.solidAnglePath,
    photometryConfigHash: photometryConfigHash(config),
  };
}

/** How files are measured as the options say. Throws `config/*`, `calibration/missing`, `storage/*`. */
export async function loadFileMeasureSetup(options: FileMeasureOptions): Promise<FileMeasureSetup> {
  const { batchConfig, config: overrides = {} } = options;
  const { config } = await loadConfig({
    ...(batchConfig === undefined ? {} : { batchFile: batchConfig }),
    overrides,
  });
  return await fileMeasureSetup(config, options);
}
