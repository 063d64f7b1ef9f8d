import { TaggedError } from "../core/errors.ts";
import type { Keywords } from "../core/keywords.ts";
import { missingKeyword, numberOr, optionalNumber } from "./header_values.ts";

const DEGREE = Math.PI / 180;

/** A 2 by 2 matrix and its inverse: pixel offsets to intermediate world coordinates in the units of CUNIT. */
export interface LinearTransform {
  /** Row 1, column 1 of the matrix. */
  readonly m11: number;
  /** Row 1, column 2 of the matrix. */
  readonly m12: number;
  /** Row 2, column 1 of the matrix. */
  readonly m21: number;
  /** Row 2, column 2 of the matrix. */
  readonly m22: number;
  /** Row 1, column 1 of the inverse. */
  readonly i11: number;
  /** Row 1, column 2 of the inverse. */
  readonly i12: number;
  /** Row 2, column 1 of the inverse. */
  readonly i21: number;
  /** Row 2, column 2 of the inverse. */
  readonly i22: number;
  /** Determinant of the matrix. */
  readonly determinant: number;
}

type Matrix = readonly [number, number, number, number];

function elements(header: Keywords, prefix: "PC" | "CD", alternate: string): (number | undefined)[] {
  return ["1_1", "1_2", "2_1", "2_2"].map((place) => optionalNumber(header, `${prefix}${place}${alternate}`));
}

/** The matrix of CDELTi and CROTAi, where the rotation stands on the latitude axis (Paper II, section 6.1). */
function rotatedMatrix(
  header: Keywords,
  alternate: string,
  scale1: number,
  scale2: number,
  rotationAxis: 1 | 2,
): Matrix {
  const rotation = numberOr(header, `CROTA${rotationAxis}${alternate}`, 0) * DEGREE;
  const sine = Math.sin(rotation) * (rotationAxis === 2 ? 1 : -1);
  const cosine = Math.cos(rotation);
  return [scale1 * cosine, -scale2 * sine, scale1 * sine, scale2 * cosine];
}

/** The matrix as FITS Paper I says: PCi_j with CDELTi, else CDi_j, else CROTAi with CDELTi, else CDELTi alone. */
function readMatrix(
  header: Keywords,
  alternate: string,
  scaleRequired: boolean,
  rotationAxis: 1 | 2,
): Matrix {
  const pc = elements(header, "PC", alternate);
  const cd = elements(header, "CD", alternate);
  const hasPc = pc.some((value) => value !== undefined);
  if (!hasPc && cd.some((value) => value !== undefined)) {
    return [cd[0] ?? 0, cd[1] ?? 0, cd[2] ?? 0, cd[3] ?? 0];
  }
  if (scaleRequired && !hasPc && optionalNumber(header, `CDELT1${alternate}`) === undefined) {
    throw missingKeyword(
      `CD1_1${alternate}, PC1_1${alternate} or CDELT1${alternate}`,
      "the scale of the pixels",
    );
  }
  const scale1 = numberOr(header, `CDELT1${alternate}`, 1);
  const scale2 = numberOr(header, `CDELT2${alternate}`, 1);
  if (hasPc) {
    return [scale1 * (pc[0] ?? 1), scale1 * (pc[1] ?? 0), scale2 * (pc[2] ?? 0), scale2 * (pc[3] ?? 1)];
  }
  return rotatedMatrix(header, alternate, scale1, scale2, rotationAxis);
}

/** Refuses matrices that mix the two image axes with a third one, which a plane of the image cannot follow. */
function refuseThirdAxis(header: Keywords, alternate: string): void {
  const axisCount = numberOr(header, `WCSAXES${alternate}`, numberOr(header, "NAXIS", 2));
  for (let axis = 3; axis <= Math.min(axisCount, 9); axis++) {
    for (const prefix of ["PC", "CD"]) {
      for (const place of [`1_${axis}`, `2_${axis}`, `${axis}_1`, `${axis}_2`]) {
        const name = `${prefix}${place}${alternate}`;
        if (numberOr(header, name, 0) === 0) continue;
        throw new TaggedError(
          "wcs/coupled-axes",
          `Cannot treat the image as a plane: ${name} mixes it with axis ${axis}, expected 0`,
          { context: { keyword: name } },
        );
      }
    }
  }
}

/** The transform of a matrix given by rows. Throws TaggedError `wcs/singular-matrix` when it has no inverse. */
export function linearTransform(matrix: readonly [number, number, number, number]): LinearTransform {
  const [m11, m12, m21, m22] = matrix;
  const determinant = m11 * m22 - m12 * m21;
  const size = Math.max(Math.abs(m11 * m22), Math.abs(m12 * m21));
  if (!(Math.abs(determinant) > 1e-13 * size)) {
    throw new TaggedError(
      "wcs/singular-matrix",
      `Cannot invert the matrix of the coordinate system: [${m11} ${m12}; ${m21} ${m22}] has determinant ` +
        `${determinant}, expected one that differs from 0`,
      { context: { matrix: [m11, m12, m21, m22] } },
    );
  }
  return {
    m11,
    m12,
    m21,
    m22,
    determinant,
    i11: m22 / determinant,
    i12: -m12 / determinant,
    i21: -m21 / determinant,
    i22: m11 / determinant,
  };
}

/**
 * Reads the linear part of a coordinate system (FITS Paper I, sections 2.1.2 and 2.1.3) of the first two axes.
 *
 * `unitsPerAxis` multiplies the rows, to bring CUNIT to the unit wanted. With `scaleRequired` a header without
 * CDi_j, PCi_j and CDELTi is an error instead of a scale of 1. `rotationAxis` is the latitude axis, whose CROTAi counts.
 * Throws TaggedError `wcs/singular-matrix`, `wcs/coupled-axes`, `wcs/missing-keyword` or `wcs/invalid-keyword`.
 */
export function parseLinearTransform(
  header: Keywords,
  alternate: string,
  unitsPerAxis: readonly [number, number],
  scaleRequired: boolean,
  rotationAxis: 1 | 2 = 2,
): LinearTransform {
  refuseThirdAxis(header, alternate);
  const [m11, m12, m21, m22] = readMatrix(header, alternate, scaleRequired, rotationAxis);
  const [unit1, unit2] = unitsPerAxis;
  return linearTransform([m11 * unit1, m12 * unit1, m21 * unit2, m22 * unit2]);
}
