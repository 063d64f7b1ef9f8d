import type { BorrowedHdu, StandInPsf } from "../archive/stand_in_psf.ts";
import { isTaggedError, TaggedError } from "../core/errors.ts";
import { openFileSource } from "../files/file_source.ts";
import { insideDirectory } from "../files/safe_path.ts";
import { sha256File } from "../files/sha256.ts";
import { openFits } from "../fits/fits_file.ts";
import type { DetectorNumber } from "../spherex/bands.ts";
import { PsfProduct } from "../spherex/psf_product.ts";
import type { CalibrationRecord } from "../store/calibrations.ts";

/** The calibration files of a project that hold what all images of one release and detector repeat. */
export class RepeatedPsf implements StandInPsf {
  /** The PSF product's file. */
  readonly file: StandInPsf["file"];
  readonly #root: string;
  readonly #psf: CalibrationRecord;
  readonly #spectral: CalibrationRecord | undefined;
  #product: Promise<PsfProduct> | undefined;
  #table: Promise<BorrowedHdu | undefined> | undefined;

  /** `spectral` is the product with the maps of wavelength, from which WCS-WAVE is taken. */
  constructor(root: string, psf: CalibrationRecord, spectral: CalibrationRecord | undefined) {
    this.file = { product: psf.product, fileName: psf.filename, fileSha256: psf.sha256 };
    this.#root = root;
    this.#psf = psf;
    this.#spectral = spectral;
  }

  /** The product, read once. Throws `archive/no-psf-product` when its file is not the one that was registered. */
  product(): Promise<PsfProduct> {
    return this.#product ??= this.#usable(this.#psf, async (path) => {
      if (await sha256File(path) !== this.#psf.sha256) throw damaged(this.#psf);
      using source = openFileSource(path);
      return await PsfProduct.open(source, this.#psf.detector as DetectorNumber);
    });
  }

  /** The table of the wavelength product, read once. Throws `archive/no-psf-product` when it cannot be read. */
  spectralTable(): Promise<BorrowedHdu | undefined> {
    const record = this.#spectral;
    if (record === undefined) return Promise.resolve(undefined);
    return this.#table ??= this.#usable(record, async (path) => {
      using source = openFileSource(path);
      const hdu = await (await openFits(source)).find("WCS-WAVE");
      if (hdu === undefined) return undefined;
      const end = hdu.dataOffset + Math.ceil(hdu.dataByteLength / 2880) * 2880;
      return { fileName: record.filename, bytes: source.read(hdu.headerOffset, end - hdu.headerOffset) };
    });
  }

  /** A file that cannot be used keeps cutouts from being cut short, and nothing else. */
  async #usable<T>(record: CalibrationRecord, read: (path: string) => Promise<T>): Promise<T> {
    try {
      return await read(insideDirectory(this.#root, record.relativePath));
    } catch (error) {
      if (!isTaggedError(error)) throw error;
      throw new TaggedError("archive/no-psf-product", `Cannot use ${record.filename}: ${error.message}`, {
        cause: error,
        context: { calibration_id: record.calibrationId },
      });
    }
  }
}

function damaged(record: CalibrationRecord): TaggedError {
  return new TaggedError("calibration/damaged", `The file ${record.filename} is not the one registered`);
}
