import { fillIntegralImage } from "../math/integral_image.ts";
import { lagrangeWeights } from "../math/interpolation.ts";
import { decodedSamples, type PsfSamples } from "./psf_samples.ts";

/** How samples become a template. */
export interface RenderOptions {
  /** Added to the place of the source along x and y, pixels; `[0, 0]` by default. */
  readonly coreShiftPixels?: readonly [number, number];
  /**
   * What becomes of negative samples: `keep` (the default) lets the noise of an empirical PSF average out,
   * `clip` sets them to zero, which lifts the wings.
   */
  readonly negativeSamples?: "keep" | "clip";
  /**
   * How an oversampled plane is integrated. `area` takes the light as even within a sample. `smooth` (the
   * default) interpolates the integral image with a quintic polynomial: for a smooth PSF twenty times nearer
   * to the true integral, and just as exactly conserving the sum. Effective PSFs ignore this.
   */
  readonly integration?: "smooth" | "area";
  /** Pixels further than this plus a half from the source along an axis are zero; unlimited by default. */
  readonly templateRadiusPixels?: number;
}

/** A plane as it stands in the file. */
type StoredPlane = { readonly weight: number; readonly samples: DataView };

/** Taps of the interpolation of an effective PSF: a polynomial of degree 7. */
const EFFECTIVE_TAPS = 8;
/** Taps of the smooth interpolation of an integral image: a polynomial of degree 5. */
const SMOOTH_TAPS = 6;

/** The samples along one axis that give the knots of a stamp. */
class AxisTaps {
  /** Weights of the taps, the same for all knots because a native pixel is a whole number of samples. */
  readonly weights = new Float64Array(EFFECTIVE_TAPS);
  /** Clamped sample index of each tap of each knot. */
  indices = new Int32Array(0);
  taps = 2;

  /**
   * Places `knots` knots, the first at sample coordinate `first`, `step` samples apart;
   * indices are clamped to 0 to `last`.
   */
  place(first: number, step: number, knots: number, taps: number, last: number): void {
    const base = Math.floor(first);
    this.taps = taps;
    lagrangeWeights(taps, first - base, this.weights);
    if (this.indices.length < knots * taps) this.indices = new Int32Array(knots * taps);
    for (let k = 0; k < knots; k++) {
      for (let t = 0; t < taps; t++) {
        const index = base + k * step + t - taps / 2 + 1;
        this.indices[k * taps + t] = index < 0 ? 0 : index > last ? last : index;
      }
    }
  }
}

/**
 * Renders the PSF of one place on the detector at any position in the cutout.
 *
 * {@linkcode PsfRenderer.prepare} blends the zones once; {@linkcode PsfRenderer.render} then costs a few
 * microseconds a template. An oversampled plane becomes an integral image, and the light in a native pixel
 * is the difference of its four corners: exact for any sub-pixel phase. An effective PSF is interpolated at
 * pixel centres and scaled so that the whole stamp sums to 1. Reuse the object: its arrays are kept.
 */
export class PsfRenderer {
  readonly #x = new AxisTaps();
  readonly #y = new AxisTaps();
  #plane = new Float64Array(0);
  #integral = new Float64Array(0);
  #stamp = new Float64Array(0);
  #knots = new Float64Array(0);
  #kind: PsfSamples["kind"] = "oversampled";
  #size = 0;
  #oversampling = 1;
  #shift: readonly [number, number] = [0, 0];
  #taps = SMOOTH_TAPS;
  #radius = Infinity;
  #total = NaN;
  #side = 0;

  /**
   * Blends the zones of `psf`. Returns false when the samples cannot make a template: no planes, too few
   * samples, a sum that is not finite and positive. Throws RangeError when `oversampling` is not a positive
   * whole number.
   */
  prepare(psf: PsfSamples, options: RenderOptions = {}): boolean {
    if (!(Number.isInteger(psf.oversampling) && psf.oversampling > 0)) {
      throw new RangeError(
        `Cannot render a PSF with ${psf.oversampling} samples a pixel: a whole number is needed`,
      );
    }
    this.#kind = psf.kind;
    this.#size = psf.size;
    this.#oversampling = psf.oversampling;
    this.#shift = options.coreShiftPixels ?? [0, 0];
    this.#radius = options.templateRadiusPixels ?? Infinity;
    this.#taps = psf.kind === "effective" ? EFFECTIVE_TAPS : options.integration === "area" ? 2 : SMOOTH_TAPS;
    this.#side = Math.ceil(psf.size / psf.oversampling) + 1;
    if (!this.#blend(psf, options.negativeSamples ?? "keep")) return false;
    if (psf.kind === "oversampled") {
      const corners = (psf.size + 1) ** 2;
      if (this.#integral.length !== corners) this.#integral = new Float64Array(corners);
      fillIntegralImage(this.#plane, psf.size, psf.size, this.#integral);
      this.#total = this.#integral[corners - 1]!;
    } else this.#total = this.#sum();
    if (!(Number.isFinite(this.#total) && this.#total > 0)) return false;
    if (this.#stamp.length < this.#side ** 2) {
      this.#stamp = new Float64Array(this.#side ** 2);
      this.#knots = new Float64Array(2 * (this.#side + 1));
    }
    return true;
  }

  /**
   * Fills `out` (`width * height` values) with the template of a source of unit flux at (x, y), in pixels of
   * a cutout of which the window starts at pixel (`originX`, `originY`). The template sums to 1 over the
   * whole stamp; what lies outside of the window is lost, not spread over the rest.
   */
  render(
    x: number,
    y: number,
    originX: number,
    originY: number,
    width: number,
    height: number,
    out: Float64Array,
  ): void {
    const sourceX = x + this.#shift[0];
    const sourceY = y + this.#shift[1];
    if (!Number.isFinite(sourceX + sourceY)) {
      out.fill(NaN, 0, width * height);
      return;
    }
    out.fill(0, 0, width * height);
    const firstX = this.#firstPixel(sourceX);
    const firstY = this.#firstPixel(sourceY);
    const scale = this.#kind === "oversampled"
      ? this.#integrate(sourceX, sourceY, firstX, firstY)
      : this.#interpolate(sourceX, sourceY, firstX, firstY);
    const reach = this.#radius + 0.5;
    for (let j = 0; j < this.#side; j++) {
      const row = firstY + j - originY;
      if (row < 0 || row >= height || Math.abs(firstY + j - y) > reach) continue;
      for (let i = 0; i < this.#side; i++) {
        const column = firstX + i - originX;
        if (column < 0 || column >= width || Math.abs(firstX + i - x) > reach) continue;
        out[row * width + column] = this.#stamp[j * this.#side + i]! * scale;
      }
    }
  }

  /** Sums the planes by their shares, two a pass. Returns false when there is none or one has too few samples. */
  #blend(psf: PsfSamples, negative: "keep" | "clip"): boolean {
    const count = psf.size * psf.size;
    if (this.#plane.length !== count) this.#plane = new Float64Array(count);
    const plane = this.#plane;
    const { planes } = psf;
    if (planes.some(({ samples }) => sampleCount(samples) < count)) return false;
    if (
      planes.length > 0 && planes.length <= 4 && planes.every(({ samples }) => samples instanceof DataView)
    ) {
      this.#blendStored(planes as readonly StoredPlane[], count);
    } else this.#blendNumbers(planes, count);
    if (negative === "clip") { for (let i = 0; i < count; i++) if (plane[i]! < 0) plane[i] = 0; }
    return planes.length > 0;
  }

  #blendNumbers(planes: PsfSamples["planes"], count: number): void {
    const plane = this.#plane.fill(0);
    for (let k = 0; k < planes.length; k += 2) {
      const first = planes[k]!, second = planes[k + 1] ?? { weight: 0, samples: first.samples };
      const [a, b] = [decodedSamples(first.samples), decodedSamples(second.samples)];
      for (let i = 0; i < count; i++) plane[i]! += first.weight * a[i]! + second.weight * b[i]!;
    }
  }

  /** Decodes and sums in one pass the four planes around a place, two at the edge of the detector, or one. */
  #blendStored(planes: readonly StoredPlane[], count: number): void {
    const plane = this.#plane;
    const { weight: weightA, samples: a } = planes[0]!;
    const { weight: weightB, samples: b } = planes[1] ?? { weight: 0, samples: a };
    if (planes.length <= 2) {
      for (let i = 0, at = 0; i < count; i++, at += 4) {
        plane[i] = weightA * a.getFloat32(at) + weightB * b.getFloat32(at);
      }
      return;
    }
    const { weight: weightC, samples: c } = planes[2]!;
    const { weight: weightD, samples: d } = planes[3] ?? { weight: 0, samples: c };
    for (let i = 0, at = 0; i < count; i++, at += 4) {
      plane[i] = weightA * a.getFloat32(at) + weightB * b.getFloat32(at) +
        (weightC * c.getFloat32(at) + weightD * d.getFloat32(at));
    }
  }

  /** Sum of the blended samples. */
  #sum(): number {
    let total = 0;
    for (let i = 0; i < this.#plane.length; i++) total += this.#plane[i]!;
    return total;
  }

  /** The first native pixel that the plane reaches when the source is at `source`. */
  #firstPixel(source: number): number {
    return Math.ceil(source - this.#size / (2 * this.#oversampling) - 0.5);
  }

  /** Fills the stamp with differences of the integral image at pixel corners; returns the scale to unit sum. */
  #integrate(sourceX: number, sourceY: number, firstX: number, firstY: number): number {
    const side = this.#side;
    const center = this.#size / 2;
    this.#x.place(
      (firstX - 0.5 - sourceX) * this.#oversampling + center,
      this.#oversampling,
      side + 1,
      this.#taps,
      this.#size,
    );
    this.#y.place(
      (firstY - 0.5 - sourceY) * this.#oversampling + center,
      this.#oversampling,
      side + 1,
      this.#taps,
      this.#size,
    );
    const knots = this.#knots;
    for (let j = 0; j <= side; j++) {
      const now = (j & 1) * (side + 1);
      const before = side + 1 - now;
      this.#fillKnots(this.#integral, this.#size + 1, j, side + 1, now);
      if (j === 0) continue;
      const row = (j - 1) * side;
      for (let i = 0; i < side; i++) {
        this.#stamp[row + i] = knots[now + i + 1]! - knots[now + i]! - knots[before + i + 1]! +
          knots[before + i]!;
      }
    }
    return 1 / this.#total;
  }

  /** Fills the stamp with values at pixel centres; returns the scale to unit sum. */
  #interpolate(sourceX: number, sourceY: number, firstX: number, firstY: number): number {
    const side = this.#side;
    const last = this.#size - 1;
    const startX = (firstX - sourceX) * this.#oversampling + last / 2;
    const startY = (firstY - sourceY) * this.#oversampling + last / 2;
    this.#x.place(startX, this.#oversampling, side, this.#taps, last);
    this.#y.place(startY, this.#oversampling, side, this.#taps, last);
    let sum = 0;
    for (let j = 0; j < side; j++) {
      const placeY = startY + j * this.#oversampling;
      this.#fillKnots(this.#plane, this.#size, j, side, 0);
      for (let i = 0; i < side; i++) {
        const placeX = startX + i * this.#oversampling;
        const inside = placeX >= 0 && placeX <= last && placeY >= 0 && placeY <= last;
        const value = inside ? this.#knots[i]! : 0;
        this.#stamp[j * side + i] = value;
        sum += value;
      }
    }
    return 1 / sum;
  }

  /** Fills `count` knots from `offset` with the grid interpolated along row `j` of the vertical taps. */
  #fillKnots(grid: Float64Array, stride: number, j: number, count: number, offset: number): void {
    const { taps } = this.#x;
    const { weights: weightsY, indices: rows } = this.#y;
    this.#knots.fill(0, offset, offset + count);
    for (let b = 0; b < taps; b++) {
      const base = rows[j * taps + b]! * stride;
      if (taps === SMOOTH_TAPS) this.#addSmoothRow(grid, base, count, offset, weightsY[b]!);
      else this.#addRow(grid, base, count, offset, weightsY[b]!);
    }
  }

  /** Adds the horizontal taps of the row that starts at `base`, times `weightY`, to the knots. */
  #addRow(grid: Float64Array, base: number, count: number, offset: number, weightY: number): void {
    const { weights, indices, taps } = this.#x;
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let a = 0; a < taps; a++) sum += weights[a]! * grid[base + indices[i * taps + a]!]!;
      this.#knots[offset + i]! += weightY * sum;
    }
  }

  /** The same for the taps of a cube, most of all that is rendered, written out; the additions have the same order. */
  #addSmoothRow(grid: Float64Array, base: number, count: number, offset: number, weightY: number): void {
    const { weights, indices } = this.#x;
    const knots = this.#knots;
    const w0 = weights[0]!, w1 = weights[1]!, w2 = weights[2]!;
    const w3 = weights[3]!, w4 = weights[4]!, w5 = weights[5]!;
    for (let i = 0, at = 0; i < count; i++, at += SMOOTH_TAPS) {
      const first = w0 * grid[base + indices[at]!]! + w1 * grid[base + indices[at + 1]!]! +
        w2 * grid[base + indices[at + 2]!]!;
      knots[offset + i]! += weightY *
        (first + w3 * grid[base + indices[at + 3]!]! + w4 * grid[base + indices[at + 4]!]! +
          w5 * grid[base + indices[at + 5]!]!);
    }
  }
}

function sampleCount(samples: PsfSamples["planes"][number]["samples"]): number {
  return samples instanceof DataView ? samples.byteLength / 4 : samples.length;
}
