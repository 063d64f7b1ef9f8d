import type { Keywords } from "../core/keywords.ts";
import { numberOr, requiredNumber } from "./header_values.ts";
import { type LinearTransform, parseLinearTransform } from "./linear_transform.ts";

/** A linear coordinate system of an image, such as the parent-detector pixels of a SPHEREx cutout (system A). */
export class LinearWcs {
  readonly #referencePixel: readonly [number, number];
  readonly #referenceValue: readonly [number, number];
  readonly #matrix: LinearTransform;

  /** `referencePixel` is 0-based; the numbers of `referenceValue` and the matrix are in the units of CUNIT. */
  constructor(
    referencePixel: readonly [number, number],
    referenceValue: readonly [number, number],
    matrix: LinearTransform,
  ) {
    this.#referencePixel = referencePixel;
    this.#referenceValue = referenceValue;
    this.#matrix = matrix;
  }

  /** World coordinates, in the units of CUNIT, of a 0-based pixel position. */
  pixelToWorld(x: number, y: number): { x: number; y: number } {
    const { m11, m12, m21, m22 } = this.#matrix;
    const [u, v] = [x - this.#referencePixel[0], y - this.#referencePixel[1]];
    return {
      x: this.#referenceValue[0] + (m11 * u + m12 * v),
      y: this.#referenceValue[1] + (m21 * u + m22 * v),
    };
  }

  /** 0-based pixel position of world coordinates in the units of CUNIT. */
  worldToPixel(worldX: number, worldY: number): { x: number; y: number } {
    const { i11, i12, i21, i22 } = this.#matrix;
    const [u, v] = [worldX - this.#referenceValue[0], worldY - this.#referenceValue[1]];
    return {
      x: this.#referencePixel[0] + (i11 * u + i12 * v),
      y: this.#referencePixel[1] + (i21 * u + i22 * v),
    };
  }
}

/**
 * Reads the linear coordinate system `alternate` ("" or a letter) of the first two axes (FITS Paper I).
 *
 * CRVAL and the matrix have their defaults 0 and 1; CRPIX must be there. Units are left as CUNIT says.
 * Throws TaggedError `wcs/missing-keyword`, `wcs/invalid-keyword`, `wcs/coupled-axes` or `wcs/singular-matrix`.
 */
export function parseLinearWcs(header: Keywords, alternate = "A"): LinearWcs {
  return new LinearWcs(
    [requiredNumber(header, `CRPIX1${alternate}`) - 1, requiredNumber(header, `CRPIX2${alternate}`) - 1],
    [numberOr(header, `CRVAL1${alternate}`, 0), numberOr(header, `CRVAL2${alternate}`, 0)],
    parseLinearTransform(header, alternate, [1, 1], false),
  );
}
