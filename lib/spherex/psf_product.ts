import type { ByteSource } from "../fits/byte_source.ts";
import { openFits } from "../fits/fits_file.ts";
import type { Hdu } from "../fits/hdu.ts";
import type { Header } from "../fits/header.ts";
import type { DetectorNumber } from "./bands.ts";
import { openCalibrationPsf } from "./calibration_file.ts";
import { PsfCache } from "./psf_cache.ts";
import { cubeZones } from "./psf_cube.ts";
import { findPsfHdu } from "./psf_extension.ts";
import { psfIdentity } from "./psf_identity.ts";
import type { PsfZones } from "./psf_zones.ts";
import { releaseOfVersion } from "./release.ts";

/** What tells the columns of two ePSF tables apart. */
const TABLE_KEYWORD = /^(NAXIS[12]|TFIELDS|OVSMP[XY]|T(TYPE|FORM|DIM|SCAL|ZERO)\d+)$/;
const CUBE_KEYWORDS = ["BITPIX", "NAXIS1", "NAXIS2", "NAXIS3", "BSCALE", "BZERO"] as const;

/** A PSF calibration product that can stand in for the PSF of Level-2 files that carry the same. */
export class PsfProduct {
  /** Identity of its PSF, see {@linkcode psfIdentity}. */
  readonly identity: string;
  readonly #zones: PsfZones;
  readonly #header: Header;
  readonly #kind: Hdu["kind"];

  private constructor(identity: string, zones: PsfZones, hdu: Hdu) {
    this.identity = identity;
    this.#zones = zones;
    this.#header = hdu.header;
    this.#kind = hdu.kind;
  }

  /**
   * Reads a product once as a whole, for its identity. Throws `spherex/wrong-detector`, `spherex/bad-psf`, `fits/*`.
   */
  static async open(source: ByteSource, detector: DetectorNumber): Promise<PsfProduct> {
    const { zones } = await openCalibrationPsf(source, detector, new PsfCache());
    const hdu = (await findPsfHdu(await openFits(source), undefined))!;
    return new PsfProduct(await psfIdentity(hdu, zones), zones, hdu);
  }

  /**
   * Why the PSF whose header is given may be another one than the product's; undefined when it is the same by all
   * that headers tell: pipeline version, shape, zones or columns, and the sum of its data where it is stated.
   * The order of the zone keywords is not looked at, which is wrong in headers before 6.5.6 and right in the data.
   */
  mismatch(hdu: Hdu, pipelineVersion: string | undefined): string | undefined {
    const release = releaseOfVersion(pipelineVersion);
    if (release !== "QR2" && release !== "QR3") {
      return `nothing is known of the PSF of pipeline ${pipelineVersion ?? "unknown"}`;
    }
    if (hdu.kind !== this.#kind) return `the PSF is a ${hdu.kind}, the product's a ${this.#kind}`;
    const different = this.#keywords(hdu).find((name) => hdu.header.get(name) !== this.#header.get(name));
    if (different !== undefined) {
      return `${different} is ${hdu.header.get(different)}, the product's ${this.#header.get(different)}`;
    }
    const [sum, own] = [hdu.header.getString("DATASUM"), this.#header.getString("DATASUM")];
    if (sum !== undefined && own !== undefined && sum.trim() !== own.trim()) return "DATASUM differs";
    return hdu.kind === "bintable" ? this.#sourceMismatch(hdu.header) : this.#zoneMismatch(hdu);
  }

  #keywords(hdu: Hdu): readonly string[] {
    if (hdu.kind !== "bintable") return CUBE_KEYWORDS;
    const names = [...hdu.header.cards, ...this.#header.cards].map((card) => card.keyword);
    return [...new Set(names.filter((name) => TABLE_KEYWORD.test(name)))];
  }

  #sourceMismatch(header: Header): string | undefined {
    const [own, product] = [sourceFile(header), sourceFile(this.#header)];
    if (own === undefined || product === undefined || own === product) return undefined;
    return `the PSF was made from ${own}, the product from ${product}`;
  }

  #zoneMismatch(hdu: Hdu): string | undefined {
    const zones = cubeZones(hdu);
    const same = zones.size === this.#zones.size && zones.oversampling === this.#zones.oversampling &&
      sameNumbers(zones.grid.xCentersPixels, this.#zones.grid.xCentersPixels) &&
      sameNumbers(zones.grid.yCentersPixels, this.#zones.grid.yCentersPixels);
    return same ? undefined : "its zones lie elsewhere than the product's";
  }
}

/** The calibration file that a header says its table was made from. */
function sourceFile(header: Header): string | undefined {
  return header.history().map((line) => /source file: *(\S+)/i.exec(line)?.[1]).find((name) =>
    name !== undefined
  );
}

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
