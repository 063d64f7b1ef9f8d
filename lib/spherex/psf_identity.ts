import { canonicalJson } from "../core/canonical_json.ts";
import { sha256Hex, Sha256Stream } from "../files/sha256.ts";
import type { Hdu } from "../fits/hdu.ts";
import { readScratch, ScratchBytes } from "./in_place_source.ts";
import type { PsfZones } from "./psf_zones.ts";

const BLOCK_BYTES = 1 << 20;

/**
 * The identity of a PSF: SHA-256 of its zones and of the bytes of its data unit without padding.
 *
 * It is the same for the PSF in a Level-2 file and for the calibration product that the file's PSF was copied from:
 * both hold the same bytes, and zones are compared by their centres, not by the text of the header.
 * Throws `fits/truncated` when the file ends before the PSF does.
 */
export async function psfIdentity(hdu: Hdu, zones: PsfZones): Promise<string> {
  const hash = new Sha256Stream();
  const scratch = new ScratchBytes();
  const { source, dataOffset, dataByteLength } = hdu;
  for (let at = 0; at < dataByteLength; at += BLOCK_BYTES) {
    const length = Math.min(BLOCK_BYTES, dataByteLength - at);
    hash.update(await readScratch(source, dataOffset + at, length, scratch, "the PSF"));
  }
  const { kind, size, oversampling, grid } = zones;
  return sha256Hex(canonicalJson({
    kind,
    size,
    oversampling,
    x_centers: [...grid.xCentersPixels],
    y_centers: [...grid.yCentersPixels],
    data_sha256: hash.hex(),
  }));
}
