import { join } from "node:path";
import { TaggedError } from "../core/errors.ts";
import { storageError } from "../files/storage_error.ts";
import { isCalibrationProduct } from "../spherex/calibration_products.ts";
import { calibrationCandidate } from "./file_calibration.ts";
import type { CalibrationCandidate } from "./file_target.ts";

/** Folders deeper than this below the one that was named are not looked into. */
const MAX_DEPTH = 12;

async function collect(folder: string, depth: number, found: CalibrationCandidate[]): Promise<void> {
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) entries.push(entry);
  } catch (error) {
    throw storageError(error, "list", folder);
  }
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(folder, name);
    if (isDirectory && depth < MAX_DEPTH) await collect(path, depth + 1, found);
    const candidate = isDirectory ? undefined : calibrationCandidate(path);
    if (candidate !== undefined && isCalibrationProduct(candidate.product)) found.push(candidate);
  }
}

/**
 * The calibration products in a folder and all folders below it, known by the archive's own names.
 * Throws `calibration/missing` when there are none, `storage/*` when a folder cannot be read.
 */
export async function findCalibrationFiles(folder: string): Promise<CalibrationCandidate[]> {
  const found: CalibrationCandidate[] = [];
  await collect(folder, 0, found);
  if (found.length > 0) return found;
  throw new TaggedError("calibration/missing", `There are no calibration files in ${folder}`, {
    context: { path: folder },
    hint: "Files are recognised by their names, such as spectral_wcs_D1_spx_cal-wcs-v4-2025-254.fits",
  });
}
