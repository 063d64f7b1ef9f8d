import { TaggedError } from "../core/errors.ts";
import { openFileSource } from "../files/file_source.ts";
import type { CalibrationProduct } from "../spherex/calibration_products.ts";
import { validateCalibrationFile } from "../spherex/validate_calibration.ts";
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

/** Throws `spherex/bad-calibration` for a file that is not the map it is named as, `storage/*`. */
async function checkMap(path: string | undefined, product: CalibrationProduct): Promise<void> {
  if (path === undefined) return;
  using source = openFileSource(path);
  const { status, reason } = await validateCalibrationFile(source, product);
  if (status === "passed") return;
  throw new TaggedError("spherex/bad-calibration", `Cannot use ${path} as ${product}: ${reason}`, {
    context: { path, product },
    hint: `Name a file of the product ${product}, or the folder that holds it with --calibration-dir`,
  });
}

/**
 * How files are measured under a configuration. Throws `calibration/missing`, `spherex/bad-calibration`, `storage/*`,
 * `config/*`.
 */
export async function fileMeasureSetup(
  config: Config,
  folders: FileCalibrationFolders,
): Promise<FileMeasureSetup> {
  const { source } = config.photometry.psf;
  const { release, apply_flux_correction, allow_latest_fallback } = config.calibration;
  const { calibrationDirectory: folder } = folders;
  await checkMap(folders.spectralWcsPath, "spectral_wcs");
  await checkMap(folders.solidAnglePath, "solid_angle_pixel_map");
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
