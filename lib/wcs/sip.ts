import { TaggedError } from "../core/errors.ts";
import type { Keywords } from "../core/keywords.ts";
import type { MutablePoint } from "./projection.ts";
import { optionalNumber, requiredNumber } from "./header_values.ts";

/** The highest SIP order that the convention's keywords can spell. */
const MAXIMUM_ORDER = 9;
/** Newton stops when the step is below this many pixels; the next step would be its square. */
const STEP_PIXELS = 1e-10;
const MAXIMUM_STEPS = 25;

/** Coefficients c[i][j] of u^i v^j with i + j <= order, stored as rows of equal length. */
interface Polynomial {
  readonly order: number;
  readonly coefficients: Float64Array;
}

/** Keywords of the coefficients: to spell them for each header costs more than to look them up. */
const KEYWORDS = { A: keywordsOf("A"), B: keywordsOf("B"), AP: keywordsOf("AP"), BP: keywordsOf("BP") };

function keywordsOf(prefix: string): readonly (readonly string[])[] {
  const powers = Array.from({ length: MAXIMUM_ORDER + 1 }, (_, power) => power);
  return powers.map((i) => powers.map((j) => `${prefix}_${i}_${j}`));
}

function readPolynomial(header: Keywords, prefix: keyof typeof KEYWORDS): Polynomial | undefined {
  const order = optionalNumber(header, `${prefix}_ORDER`);
  if (order === undefined) return undefined;
  if (!Number.isInteger(order) || order < 0 || order > MAXIMUM_ORDER) {
    throw new TaggedError(
      "wcs/invalid-keyword",
      `Cannot use ${prefix}_ORDER of the distortion: found ${order}, expected an integer from 0 to ${MAXIMUM_ORDER}`,
      { context: { keyword: `${prefix}_ORDER`, found: order } },
    );
  }
  const coefficients = new Float64Array((order + 1) * (order + 1));
  for (let i = 0; i <= order; i++) {
    for (let j = 0; j <= order - i; j++) {
      coefficients[i * (order + 1) + j] = optionalNumber(header, KEYWORDS[prefix][i]![j]!) ?? 0;
    }
  }
  return { order, coefficients };
}

/** Polynomial value by Horner's rule. */
function evaluate(polynomial: Polynomial, u: number, v: number): number {
  const { order, coefficients } = polynomial;
  let sum = 0;
  for (let i = order; i >= 0; i--) {
    let inner = 0;
    for (let j = order - i; j >= 0; j--) inner = inner * v + coefficients[i * (order + 1) + j]!;
    sum = sum * u + inner;
  }
  return sum;
}

/**
 * Polynomial distortion of the pixel plane (SIP; Shupe et al. 2005, ASPC 347, 491).
 *
 * u and v are pixel offsets from CRPIX; every term of A and B counts, those of order 0 and 1 too, which SPHEREx
 * headers use. The inverse is Newton's method on the forward polynomials, started from AP and BP when the header
 * has them, so that it does not inherit their error.
 */
export class SipDistortion {
  readonly #a: Polynomial;
  readonly #b: Polynomial;
  readonly #ap: Polynomial | undefined;
  readonly #bp: Polynomial | undefined;
  // Results of #evaluateWithSlopes, kept here so that a call allocates nothing.
  #value = 0;
  #slopeU = 0;
  #slopeV = 0;

  private constructor(a: Polynomial, b: Polynomial, ap: Polynomial | undefined, bp: Polynomial | undefined) {
    this.#a = a;
    this.#b = b;
    this.#ap = ap;
    this.#bp = bp;
  }

  /**
   * Reads A_ORDER, B_ORDER, A_i_j, B_i_j and, when present, AP and BP; undefined when the header has no distortion.
   *
   * Throws TaggedError `wcs/missing-keyword` when one of A_ORDER and B_ORDER is absent and
   * `wcs/invalid-keyword` for orders outside 0 to 9 or coefficients that are not finite.
   */
  static parse(header: Keywords): SipDistortion | undefined {
    const hasA = header.get("A_ORDER") !== undefined;
    const hasB = header.get("B_ORDER") !== undefined;
    if (!hasA && !hasB) return undefined;
    if (!hasA) requiredNumber(header, "A_ORDER");
    if (!hasB) requiredNumber(header, "B_ORDER");
    const [a, b] = [readPolynomial(header, "A"), readPolynomial(header, "B")];
    if (a === undefined || b === undefined) return undefined;
    return new SipDistortion(a, b, readPolynomial(header, "AP"), readPolynomial(header, "BP"));
  }

  /** Writes the corrected offsets (u + f(u, v), v + g(u, v)) of a pixel offset into `out`. */
  forward(u: number, v: number, out: MutablePoint): void {
    out.x = u + evaluate(this.#a, u, v);
    out.y = v + evaluate(this.#b, u, v);
  }

  /** Writes the pixel offset whose corrected offset is (correctedU, correctedV); NaN when there is none in reach. */
  inverse(correctedU: number, correctedV: number, out: MutablePoint): void {
    if (this.#ap !== undefined && this.#bp !== undefined) {
      out.x = correctedU + evaluate(this.#ap, correctedU, correctedV);
      out.y = correctedV + evaluate(this.#bp, correctedU, correctedV);
      if (this.#refine(correctedU, correctedV, out)) return;
    }
    out.x = correctedU;
    out.y = correctedV;
    if (!this.#refine(correctedU, correctedV, out)) out.x = out.y = NaN;
  }

  /** Determinant of the derivatives of the corrected offsets by (u, v). */
  jacobian(u: number, v: number): number {
    this.#evaluateWithSlopes(this.#a, u, v);
    const [aU, aV] = [1 + this.#slopeU, this.#slopeV];
    this.#evaluateWithSlopes(this.#b, u, v);
    return aU * (1 + this.#slopeV) - aV * this.#slopeU;
  }

  #refine(targetU: number, targetV: number, out: MutablePoint): boolean {
    for (let step = 0; step < MAXIMUM_STEPS; step++) {
      const [u, v] = [out.x, out.y];
      this.#evaluateWithSlopes(this.#a, u, v);
      const missU = targetU - u - this.#value;
      const [aU, aV] = [1 + this.#slopeU, this.#slopeV];
      this.#evaluateWithSlopes(this.#b, u, v);
      const missV = targetV - v - this.#value;
      const [bU, bV] = [this.#slopeU, 1 + this.#slopeV];
      const determinant = aU * bV - aV * bU;
      const stepU = (missU * bV - missV * aV) / determinant;
      const stepV = (missV * aU - missU * bU) / determinant;
      out.x = u + stepU;
      out.y = v + stepV;
      const size = Math.abs(stepU) + Math.abs(stepV);
      if (!Number.isFinite(size)) return false;
      // Far from the image one pixel's rounding exceeds the tolerance; the second term ends the walk there.
      if (size <= STEP_PIXELS + 4e-16 * (Math.abs(u) + Math.abs(v))) return true;
    }
    return false;
  }

  #evaluateWithSlopes(polynomial: Polynomial, u: number, v: number): void {
    const { order, coefficients } = polynomial;
    let value = 0, slopeU = 0, slopeV = 0;
    for (let i = order; i >= 0; i--) {
      let inner = 0, innerSlope = 0;
      for (let j = order - i; j >= 0; j--) {
        innerSlope = innerSlope * v + inner;
        inner = inner * v + coefficients[i * (order + 1) + j]!;
      }
      slopeU = slopeU * u + value;
      value = value * u + inner;
      slopeV = slopeV * u + innerSlope;
    }
    this.#value = value;
    this.#slopeU = slopeU;
    this.#slopeV = slopeV;
  }
}
