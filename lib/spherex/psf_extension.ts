import type { FitsFile } from "../fits/fits_file.ts";
import type { Hdu } from "../fits/hdu.ts";
import type { PsfSamples } from "../psf/psf_samples.ts";
import type { ZoneShare } from "../psf/zones.ts";
import { EpsfTable } from "./epsf_table.ts";
import { PsfCache } from "./psf_cache.ts";
import { PsfCube } from "./psf_cube.ts";
import type { PsfZones } from "./psf_zones.ts";
import type { Release } from "./release.ts";

/** The PSF of a detector by zones, in a Level-2 file or in a calibration product. */
export interface PsfExtension {
  /** The zones and how their samples are to be used. */
  readonly zones: PsfZones;
  /**
   * Reads the samples of the zones given, each with its share; only those are read. Zones without usable samples are
   * left out and the shares of the others grow; no planes at all when none is usable.
   */
  readZones(shares: readonly ZoneShare[]): Promise<PsfSamples>;
}

/** Names of the HDU that holds the PSF: in Level-2 files, and in the products `average_psf` and `epsf`. */
const CUBE_NAMES = ["PSF", "PSF-DATA-CUBE"] as const;
const TABLE_NAMES = ["EPSF"] as const;

/** The HDU of a file's PSF, or undefined; the kind that the release should have is looked for first. */
export async function findPsfHdu(fits: FitsFile, release: Release | undefined): Promise<Hdu | undefined> {
  const names = release === "QR3" ? [...TABLE_NAMES, ...CUBE_NAMES] : [...CUBE_NAMES, ...TABLE_NAMES];
  for (const name of names) {
    const hdu = await fits.find(name);
    if (hdu !== undefined) return hdu;
  }
  return undefined;
}

/**
 * Opens the PSF of a file, a cube (up to pipeline 6) or an ePSF table (from 7 on), or gives undefined when it has
 * none. `cache` shares what is known of zones among files that carry the same. Throws `spherex/bad-psf` when it cannot be used.
 */
export async function openPsfOf(
  fits: FitsFile,
  release: Release | undefined,
  cache: PsfCache = new PsfCache(),
): Promise<PsfExtension | undefined> {
  const hdu = await findPsfHdu(fits, release);
  return hdu === undefined ? undefined : await openPsfHdu(hdu, cache);
}

/** Opens the PSF in one HDU: a table of effective PSFs, or a cube of oversampled planes. */
export async function openPsfHdu(hdu: Hdu, cache: PsfCache): Promise<PsfExtension> {
  if (hdu.kind === "bintable") return await EpsfTable.open(hdu, cache);
  return await PsfCube.open(hdu, cache);
}
