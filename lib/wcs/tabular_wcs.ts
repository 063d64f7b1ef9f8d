import { TaggedError } from "../core/errors.ts";
import type { Keywords } from "../core/keywords.ts";
import { micronsPerUnit } from "./axis_units.ts";
import { missingKeyword, numberOr, optionalText, requiredNumber } from "./header_values.ts";
import { IndexVector } from "./index_vector.ts";
import { type LinearTransform, parseLinearTransform } from "./linear_transform.ts";

/** The three columns of a WCS-WAVE table. */
export interface WavelengthTable {
  /** Control points along x, in 1-based parent-detector pixels, in order; nx of them. */
  readonly x: ArrayLike<number>;
  /** Control points along y, in 1-based parent-detector pixels, in order; ny of them. */
  readonly y: ArrayLike<number>;
  /** 2 * nx * ny numbers: wavelength and bandwidth of the first point, then along x, then along y. */
  readonly values: ArrayLike<number>;
}

/** The spectral coordinates at a pixel; NaN outside of the table. */
export interface SpectralPosition {
  /** Central wavelength in micrometres. */
  readonly wavelengthMicron: number;
  /** Bandwidth in micrometres. */
  readonly bandwidthMicron: number;
}

interface TabularParts {
  readonly referencePixel: readonly [number, number];
  readonly referenceValue: readonly [number, number];
  readonly matrix: LinearTransform;
  readonly xVector: IndexVector;
  readonly yVector: IndexVector;
  readonly values: Float64Array;
}

/** The spectral coordinate system of a SPHEREx image: a table of wavelength and bandwidth, interpolated bilinearly. */
export class TabularWcs {
  readonly #parts: TabularParts;

  /** Used by {@linkcode parseTabularWcs}. */
  constructor(parts: TabularParts) {
    this.#parts = parts;
  }

  /** Wavelength and bandwidth at a 0-based pixel position of the image; NaN more than half a cell outside of the table. */
  valueAt(x: number, y: number): SpectralPosition {
    const { referencePixel, referenceValue, matrix, xVector, yVector, values } = this.#parts;
    const [u, v] = [x - referencePixel[0], y - referencePixel[1]];
    const xIndex = xVector.indexOf(referenceValue[0] + (matrix.m11 * u + matrix.m12 * v));
    const yIndex = yVector.indexOf(referenceValue[1] + (matrix.m21 * u + matrix.m22 * v));
    if (Number.isNaN(xIndex) || Number.isNaN(yIndex)) return { wavelengthMicron: NaN, bandwidthMicron: NaN };
    const column = Math.max(0, Math.min(xVector.length - 2, Math.floor(xIndex)));
    const row = Math.max(0, Math.min(yVector.length - 2, Math.floor(yIndex)));
    const [p, q] = [xIndex - column, yIndex - row];
    const start = 2 * (row * xVector.length + column);
    // A table of a single row or column has no neighbour to interpolate to.
    const right = xVector.length > 1 ? 2 : 0;
    const up = yVector.length > 1 ? 2 * xVector.length : 0;
    const [w00, w10, w01, w11] = [(1 - p) * (1 - q), p * (1 - q), (1 - p) * q, p * q];
    return {
      wavelengthMicron: w00 * values[start]! + w10 * values[start + right]! + w01 * values[start + up]! +
        w11 * values[start + right + up]!,
      bandwidthMicron: w00 * values[start + 1]! + w10 * values[start + right + 1]! +
        w01 * values[start + up + 1]! + w11 * values[start + right + up + 1]!,
    };
  }
}

function requireTableAxis(header: Keywords, axis: 1 | 2, alternate: string): void {
  const keyword = `CTYPE${axis}${alternate}`;
  const type = optionalText(header, keyword);
  if (type === undefined) throw missingKeyword(keyword, "WAVE-TAB");
  if (!/^(WAVE|AWAV)-TAB$/.test(type)) {
    throw new TaggedError(
      "wcs/unsupported-projection",
      `Cannot read wavelengths from ${keyword} "${type}": supported is WAVE-TAB`,
      { context: { keyword, found: type } },
    );
  }
  const place = numberOr(header, `PV${axis}_3${alternate}`, 1);
  if (place === axis) return;
  throw new TaggedError(
    "wcs/unsupported-table",
    `Cannot read the wavelength table: PV${axis}_3${alternate} is ${place}, expected ${axis} ` +
      "(wavelength first, bandwidth second)",
    { context: { keyword: `PV${axis}_3${alternate}`, found: place } },
  );
}

function readValues(table: WavelengthTable, units: readonly [number, number]): Float64Array {
  const expected = 2 * table.x.length * table.y.length;
  if (table.values.length !== expected) {
    throw new TaggedError(
      "wcs/invalid-table",
      `Cannot use the wavelength table: found ${table.values.length} values, expected ${expected} ` +
        `(2 x ${table.x.length} x ${table.y.length})`,
      { context: { found: table.values.length, expected } },
    );
  }
  return Float64Array.from(table.values, (value, index) => value * units[(index % 2) as 0 | 1]);
}

/**
 * Reads the -TAB coordinate system of a header (FITS Paper III, section 6.1) whose table holds wavelength and bandwidth.
 *
 * The SIP distortion does not apply to it: the table is in detector pixels as read out. Values keep the precision of
 * the table and are given in micrometres whatever CUNIT says.
 * Throws TaggedError `wcs/missing-keyword`, `wcs/invalid-keyword`, `wcs/unsupported-projection`,
 * `wcs/unsupported-table`, `wcs/unsupported-unit`, `wcs/invalid-table` or `wcs/singular-matrix`.
 */
export function parseTabularWcs(header: Keywords, table: WavelengthTable, alternate = "W"): TabularWcs {
  requireTableAxis(header, 1, alternate);
  requireTableAxis(header, 2, alternate);
  const units = [1, 2].map((axis) => {
    const keyword = `CUNIT${axis}${alternate}`;
    return micronsPerUnit(optionalText(header, keyword), keyword);
  });
  return new TabularWcs({
    referencePixel: [
      requiredNumber(header, `CRPIX1${alternate}`) - 1,
      requiredNumber(header, `CRPIX2${alternate}`) - 1,
    ],
    referenceValue: [
      requiredNumber(header, `CRVAL1${alternate}`),
      requiredNumber(header, `CRVAL2${alternate}`),
    ],
    matrix: parseLinearTransform(header, alternate, [1, 1], false),
    xVector: new IndexVector(table.x, "X"),
    yVector: new IndexVector(table.y, "Y"),
    values: readValues(table, [units[0]!, units[1]!]),
  });
}
