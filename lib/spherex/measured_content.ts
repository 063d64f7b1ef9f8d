import { canonicalJson } from "../core/canonical_json.ts";
import type { JsonValue } from "../core/errors.ts";
import { sha256Hex } from "../files/sha256.ts";
import type { Header } from "../fits/header.ts";
import type { Level2File, Level2Planes } from "./level2_file.ts";
import { readCutoutOrigin } from "./cutout_origin.ts";
import { findPsfHdu } from "./psf_extension.ts";
import { psfIdentity } from "./psf_identity.ts";

/** Goes up when the canonical form changes, and with it every hash. */
const FORM = "spherex-cutout-content/1";
/** Keywords of IMAGE that a measurement, or its row, can depend on: exposure, units, and all three coordinate systems. */
const MEASURED_KEYWORD = new RegExp(
  "^(?:DETECTOR|OBSID|BUNIT|TIMESYS|MJDREF|XPOSURE|PSF_FWHM|OMEGA_MEDIAN|SPXOR[XY]0|RADESYS|EQUINOX" +
    "|(?:MJD|DATE)-(?:OBS|BEG|AVG|END)|[AB]P?_(?:ORDER|\\d+_\\d+)" +
    "|(?:WCSAXES|LONPOLE|LATPOLE|(?:CRPIX|CRVAL|CDELT|CTYPE|CUNIT)\\d|(?:PC|CD|PV|PS)\\d_\\d)[AW]?)$",
);

/**
 * SHA-256 of what is measured in a cutout: IMAGE, VARIANCE and FLAGS, the keywords that numbers can depend on, and the
 * identity of the PSF. `planes` are all pixels of the file. It is the same for every file that holds this content, whichever way it was fetched.
 *
 * Not in it: the zodiacal model, the table WCS-WAVE (wavelengths come from the calibration maps), names of files.
 * A NaN counts as NaN, whatever its bits; a header says what it says in the first card of each keyword.
 * Throws `spherex/*` and `fits/*` when the file cannot be read.
 */
export async function measuredContentSha256(
  level2: Level2File,
  { image, variance, flags }: Pick<Level2Planes, "image" | "variance" | "flags">,
): Promise<string> {
  return sha256Hex(canonicalJson({
    form: FORM,
    version: level2.version,
    shape: [level2.width, level2.height],
    keywords: measuredKeywords(level2.header),
    calibrations: Object.fromEntries(level2.calibrationIdentifiers()),
    image: sha256Hex(canonicalBytes(image)),
    variance: variance === undefined ? undefined : sha256Hex(canonicalBytes(variance)),
    flags: flags === undefined ? undefined : sha256Hex(canonicalBytes(flags)),
    psf: await identityOfPsf(level2),
  }));
}

function measuredKeywords(header: Header): Record<string, JsonValue> {
  const values: Record<string, JsonValue> = {};
  for (const { keyword, value } of header.cards) {
    if (value === undefined || keyword in values || !MEASURED_KEYWORD.test(keyword)) continue;
    const isPlain = typeof value === "number" ? Number.isFinite(value) : typeof value === "boolean";
    values[keyword] = isPlain ? value as number | boolean : String(value).trim();
  }
  return values;
}

/** The file's own PSF, or the one that it names in its place. */
async function identityOfPsf(level2: Level2File): Promise<string | undefined> {
  const hdu = await findPsfHdu(level2.fits, level2.release);
  if (hdu === undefined) return readCutoutOrigin(level2.primaryHeader).psf?.identity;
  return await psfIdentity(hdu, (await level2.psf())!.zones);
}

const CANONICAL_NAN = 0x7fc00000;

/** Values as big-endian bytes with one NaN. */
function canonicalBytes(values: Float32Array | Int32Array): Uint8Array {
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  const isFloat = values instanceof Float32Array;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!isFloat) view.setInt32(4 * i, value);
    else if (value !== value) view.setUint32(4 * i, CANONICAL_NAN);
    else view.setFloat32(4 * i, value);
  }
  return bytes;
}
