import { infinityNorm, invertMatrix } from "../math/linear_system.ts";
import type { TemplateWindow } from "./template_window.ts";

/**
 * Sum of weight * a * b over the first `count` values. Four partial sums let the processor add in parallel;
 * the order of additions is fixed, so that equal inputs give equal bits. Values before `from` and from `to` on, where a
 * factor is zero, may be left out: their zeros change no sum.
 */
function productSum(
  count: number,
  weight: Float64Array,
  a: Float64Array,
  b: Float64Array,
  from: number = 0,
  to: number = count,
): number {
  let first = 0, second = 0, third = 0, fourth = 0;
  const even = count - count % 4;
  const end = Math.min(even, to);
  for (let i = from - from % 4; i < end; i += 4) {
    first += weight[i]! * a[i]! * b[i]!;
    second += weight[i + 1]! * a[i + 1]! * b[i + 1]!;
    third += weight[i + 2]! * a[i + 2]! * b[i + 2]!;
    fourth += weight[i + 3]! * a[i + 3]! * b[i + 3]!;
  }
  for (let i = even; i < to; i++) first += weight[i]! * a[i]! * b[i]!;
  return first + second + (third + fourth);
}

/** The pixels of a whole cutout as the background equations see them. */
export interface BackgroundPixels {
  /** Number of pixels. */
  readonly count: number;
  /** Data, microjansky per pixel. */
  readonly data: Float64Array;
  /** Inverse variance of the pixels that count, else 0. */
  readonly weight: Float64Array;
  /** Columns of the background. */
  readonly basis: readonly Float64Array[];
}

/** Columns of a plane: one, x, y. */
const PLANE_ROWS = 3;
/** Sums of four columns: with the data, and with one another. */
const MOST_SUMS = 14;

/** Partial sums of four lanes. */
const LANES = new Float64Array(36);

/** Fills in, for the columns from `first` to before `end`, the sums with the data and with each column up to itself. */
function fillProducts(
  { count, weight, basis, data }: BackgroundPixels,
  first: number,
  end: number,
  sums: Float64Array,
): void {
  for (let j = first; j < end; j++) {
    let at = j * (j + 3) / 2;
    sums[at++] = productSum(count, weight, basis[j]!, data);
    for (let k = 0; k <= j; k++) sums[at++] = productSum(count, weight, basis[j]!, basis[k]!);
  }
}

/**
 * What {@linkcode fillProducts} gives for the three columns of a plane, to the bit, in one pass over the pixels: each
 * pixel is fetched once, and the products that sums share are made once.
 */
function sumPlane({ count, weight, basis, data }: BackgroundPixels, sums: Float64Array): void {
  const [ones, offsetX, offsetY] = basis as readonly [Float64Array, Float64Array, Float64Array];
  const even = count - count % 4;
  for (let lane = 0; lane < 4; lane++) {
    let d0 = 0, s00 = 0, dx = 0, sx0 = 0, sxx = 0, dy = 0, sy0 = 0, syx = 0, syy = 0;
    const end = lane === 0 ? count : even;
    for (let i = lane; i < end; i += i < even ? 4 : 1) {
      const w = weight[i]!;
      const one = ones[i]!, x = offsetX[i]!, y = offsetY[i]!, value = data[i]!;
      const w0 = w * one, wx = w * x, wy = w * y;
      d0 += w0 * value;
      s00 += w0 * one;
      dx += wx * value;
      sx0 += wx * one;
      sxx += wx * x;
      dy += wy * value;
      sy0 += wy * one;
      syx += wy * x;
      syy += wy * y;
    }
    LANES.set([d0, s00, dx, sx0, sxx, dy, sy0, syx, syy], 9 * lane);
  }
  for (let k = 0; k < 9; k++) {
    sums[k] = LANES[k]! + LANES[9 + k]! + (LANES[18 + k]! + LANES[27 + k]!);
  }
}

/**
 * The linear fit of fluxes and background, F_k and b_j, to data d = sum F_k T_k + sum b_j B_j + noise.
 *
 * The fluxes answer the pixels of the fit box, the background those chosen for it; both equations see the
 * whole model, so light in the target's wings does not lift the background:
 *
 *     for each k:  sum over fit pixels        w T_k (d - F T - b B) = 0
 *     for each j:  sum over background pixels w B_j (d - F T - b B) = 0
 *
 * With G the matrix of this system and S the covariance of its left-hand sides (w = 1 / variance), the
 * covariance of the answer is G^-1 S G^-T (the sandwich of M-estimation, Huber 1967): the uncertainty of the
 * background, and its correlation with the flux where pixels serve both, are in the flux errors. When all
 * pixels serve both, G = S and this is ordinary weighted least squares.
 */
export class ForcedFit {
  /** Whether the system could be solved. */
  ok: boolean = false;
  /** Number of templates, the target first. */
  templateCount: number = 0;
  /** Number of background columns. */
  backgroundOrder: number = 0;
  /** Fluxes, then background coefficients. */
  parameters: Float64Array = new Float64Array(0);
  /** Covariance of the parameters, row by row. */
  covariance: Float64Array = new Float64Array(0);
  /** Condition number (infinity norm) of the system scaled to a unit diagonal. */
  conditionNumber: number = Infinity;
  /** The same for the background's own block. */
  backgroundConditionNumber: number = Infinity;
  /** Sum of w T (d - background) of the target over the fit pixels. */
  matchedFilterNumerator: number = NaN;
  /** Sum of w T^2 of the target over the fit pixels. */
  matchedFilterDenominator: number = NaN;
  #system = new Float64Array(0);
  #spread = new Float64Array(0);
  #right = new Float64Array(0);
  #scale = new Float64Array(0);
  #inverse = new Float64Array(0);
  #product = new Float64Array(0);
  readonly #sums = new Float64Array(MOST_SUMS);

  /** Number of parameters. */
  get order(): number {
    return this.templateCount + this.backgroundOrder;
  }

  /** Flux of template `k`, microjansky. */
  flux(k: number): number {
    return this.ok ? this.parameters[k]! : NaN;
  }

  /** Standard deviation of the flux of template `k`, background included, microjansky. */
  fluxError(k: number): number {
    return this.ok ? Math.sqrt(this.covariance[k * (this.order + 1)]!) : NaN;
  }

  /** Coefficient `j` of the background; 0 when the model has no such column. */
  background(j: number): number {
    if (!this.ok) return NaN;
    return j < this.backgroundOrder ? this.parameters[this.templateCount + j]! : 0;
  }

  /** Standard deviation of the background at the target, microjansky per pixel. */
  backgroundError(): number {
    return this.ok ? Math.sqrt(this.covariance[this.templateCount * (this.order + 1)]!) : NaN;
  }

  /** Correlation of the fluxes of templates `j` and `k`. */
  correlation(j: number, k: number): number {
    return this.covariance[j * this.order + k]! / (this.fluxError(j) * this.fluxError(k));
  }

  /**
   * Solves for the fluxes of the window's first `templateCount` templates and the first `backgroundOrder`
   * columns of the background. Returns {@linkcode ForcedFit.ok}.
   */
  solve(
    window: TemplateWindow,
    templateCount: number,
    pixels: BackgroundPixels,
    backgroundOrder: number,
  ): boolean {
    this.templateCount = templateCount;
    this.backgroundOrder = backgroundOrder;
    this.#reserve(this.order);
    this.#sumTemplates(window);
    this.#sumBackground(pixels);
    this.backgroundConditionNumber = this.#backgroundCondition();
    this.ok = this.#invert();
    if (this.ok) this.#matchedFilter();
    return this.ok;
  }

  /** Makes room for `order` parameters. */
  #reserve(order: number): void {
    if (this.parameters.length >= order) return;
    this.parameters = new Float64Array(order);
    this.#right = new Float64Array(order);
    this.#scale = new Float64Array(order);
    this.covariance = new Float64Array(order * order);
    this.#system = new Float64Array(order * order);
    this.#spread = new Float64Array(order * order);
    this.#inverse = new Float64Array(order * order);
    this.#product = new Float64Array(order * order);
  }

  /** Fills the rows and columns of the templates. */
  #sumTemplates(window: TemplateWindow): void {
    const { templateCount, order } = this;
    const { count, data, fitWeight, backgroundWeight, sharedWeight, basis } = window;
    for (let k = 0; k < templateCount; k++) {
      const template = window.template(k);
      let from = 0, to = count;
      while (from < to && template[from] === 0) from++;
      while (to > from && template[to - 1] === 0) to--;
      this.#right[k] = productSum(count, fitWeight, template, data, from, to);
      for (let l = 0; l <= k; l++) {
        const product = productSum(count, fitWeight, template, window.template(l), from, to);
        this.#set(this.#system, k, l, product, product);
        this.#set(this.#spread, k, l, product, product);
      }
      for (let j = 0; j < this.backgroundOrder; j++) {
        const column = basis[j]!;
        const fitted = productSum(count, fitWeight, template, column, from, to);
        const leaked = productSum(count, backgroundWeight, template, column, from, to);
        const shared = productSum(count, sharedWeight, template, column, from, to);
        this.#set(this.#system, k, templateCount + j, fitted, leaked);
        this.#set(this.#spread, k, templateCount + j, shared, shared);
      }
    }
    this.matchedFilterNumerator = this.#right[0]!;
    this.matchedFilterDenominator = this.#system[0]!;
    for (let j = 0; j < order - templateCount; j++) this.#right[templateCount + j] = 0;
  }

  /** Fills the rows and columns of the background. */
  #sumBackground(pixels: BackgroundPixels): void {
    const { backgroundOrder, templateCount } = this;
    const sums = this.#sums.fill(0);
    const rows = Math.min(backgroundOrder, PLANE_ROWS);
    if (rows === PLANE_ROWS) sumPlane(pixels, sums);
    else fillProducts(pixels, 0, rows, sums);
    fillProducts(pixels, rows, backgroundOrder, sums);
    for (let j = 0, at = 0; j < backgroundOrder; j++) {
      this.#right[templateCount + j] = sums[at++]!;
      for (let k = 0; k <= j; k++, at++) {
        this.#set(this.#system, templateCount + j, templateCount + k, sums[at]!, sums[at]!);
        this.#set(this.#spread, templateCount + j, templateCount + k, sums[at]!, sums[at]!);
      }
    }
  }

  /** Sets a pair of values on both sides of the diagonal. */
  #set(matrix: Float64Array, row: number, column: number, value: number, mirrored: number): void {
    matrix[row * this.order + column] = value;
    matrix[column * this.order + row] = mirrored;
  }

  /** Condition number of the background's block. */
  #backgroundCondition(): number {
    const { templateCount, backgroundOrder, order } = this;
    const block = this.#product;
    for (let j = 0; j < backgroundOrder; j++) {
      for (let k = 0; k < backgroundOrder; k++) {
        const at = (row: number, column: number) =>
          this.#system[(templateCount + row) * order + templateCount + column]!;
        block[j * backgroundOrder + k] = at(j, k) / Math.sqrt(at(j, j) * at(k, k));
      }
    }
    const norm = infinityNorm(block, backgroundOrder);
    if (!invertMatrix(block, backgroundOrder, this.#inverse)) return Infinity;
    return norm * infinityNorm(this.#inverse, backgroundOrder);
  }

  /** Solves the scaled system and forms the covariance. */
  #invert(): boolean {
    const { order } = this;
    const scale = this.#scale;
    for (let i = 0; i < order; i++) scale[i] = Math.sqrt(this.#system[i * order + i]!);
    for (let i = 0; i < order; i++) {
      for (let k = 0; k < order; k++) {
        this.#product[i * order + k] = this.#system[i * order + k]! / (scale[i]! * scale[k]!);
      }
    }
    const norm = infinityNorm(this.#product, order);
    this.conditionNumber = Infinity;
    if (!Number.isFinite(norm) || !invertMatrix(this.#product, order, this.#inverse)) return false;
    this.conditionNumber = norm * infinityNorm(this.#inverse, order);
    for (let i = 0; i < order; i++) {
      let sum = 0;
      for (let k = 0; k < order; k++) {
        this.#inverse[i * order + k]! /= scale[i]! * scale[k]!;
        sum += this.#inverse[i * order + k]! * this.#right[k]!;
      }
      this.parameters[i] = sum;
    }
    this.#multiply(this.#inverse, this.#spread, false, this.#product);
    this.#multiply(this.#product, this.#inverse, true, this.covariance);
    return Number.isFinite(this.parameters[0]!) && this.covariance[0]! > 0;
  }

  /** out = a b, or a b^T. */
  #multiply(a: Float64Array, b: Float64Array, transposed: boolean, out: Float64Array): void {
    const { order } = this;
    for (let i = 0; i < order; i++) {
      for (let j = 0; j < order; j++) {
        let sum = 0;
        for (let k = 0; k < order; k++) {
          sum += a[i * order + k]! * b[transposed ? j * order + k : k * order + j]!;
        }
        out[i * order + j] = sum;
      }
    }
  }

  /** Takes the background out of the matched filter's numerator. */
  #matchedFilter(): void {
    for (let j = 0; j < this.backgroundOrder; j++) {
      this.matchedFilterNumerator -= this.#system[this.templateCount + j]! * this.background(j);
    }
  }
}
