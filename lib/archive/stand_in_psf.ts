import type { LeftOutPsf } from "../spherex/cutout_origin.ts";
import type { PsfProduct } from "../spherex/psf_product.ts";

/** An HDU of another file that can be appended to a cutout. */
export interface BorrowedHdu {
  /** Name of the file that it is from. */
  readonly fileName: string;
  /** Header and data in whole blocks. */
  readonly bytes: Uint8Array;
}

/** Calibration files at hand that hold what every file of one release and detector repeats. */
export interface StandInPsf {
  /** The PSF product's file. */
  readonly file: Omit<LeftOutPsf, "identity">;
  /** The product; read when it is asked for first. */
  product(): Promise<PsfProduct>;
  /** The table WCS-WAVE of the detector, when a product has it. */
  spectralTable(): Promise<BorrowedHdu | undefined>;
}
