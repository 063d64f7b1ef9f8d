import { asVariance } from "../core/noise.ts";
import { PsfRenderer } from "../psf/psf_renderer.ts";
import { calibratePixels } from "./calibrated_pixels.ts";
import type { CutoutPixels } from "./cutout_pixels.ts";
import { MICROJY_PER_MJYSR_ARCSEC2 } from "./flux_units.ts";
import { MeasureWorkspace } from "./measure_workspace.ts";
import { fitVarianceSlope } from "./noise_model.ts";
import type { PhotometrySettings } from "./settings.ts";

/** A source that is put into a cutout. */
export interface InjectedSource {
  /** Place in the cutout, 0-based pixels. */
  readonly x: number;
  /** Place in the cutout, 0-based pixels. */
  readonly y: number;
  /** Flux, microjansky. */
  readonly fluxMicroJy: number;
}

/** Puts sources into one cutout, each into a copy of its own. */
export class SourceInjector {
  readonly #pixels: CutoutPixels;
  readonly #renderer = new PsfRenderer();
  readonly #varianceSlope: number;
  readonly #canRender: boolean;
  readonly #template: Float64Array;

  /**
   * Learns from the cutout's own pixels how its variance follows the light, so that the light that is put in has the
   * photon noise of this image.
   */
  constructor(pixels: CutoutPixels, settings: PhotometrySettings) {
    const workspace = new MeasureWorkspace();
    const { coreShiftPixels, negativeSamples, integration } = settings.psf;
    calibratePixels(pixels, settings.masks.fitExcludeMask, workspace);
    this.#pixels = pixels;
    this.#varianceSlope = fitVarianceSlope(pixels, workspace);
    this.#template = new Float64Array(pixels.width * pixels.height);
    this.#canRender = pixels.psf !== null &&
      this.#renderer.prepare(pixels.psf, { coreShiftPixels, negativeSamples, integration });
  }

  /**
   * A copy of the cutout with a source in it, which is its target now; the former target is a known neighbour.
   * `normal` gives the random numbers (mean 0, width 1) of the source's photon noise. Undefined without a PSF.
   */
  inject(source: InjectedSource, normal: () => number): CutoutPixels | undefined {
    const { width, height, imageMJySr, varianceMJy2Sr2, solidAngleArcsec2, targetX, targetY } = this.#pixels;
    if (!this.#canRender) return undefined;
    this.#renderer.render(source.x, source.y, 0, 0, width, height, this.#template);
    const image = imageMJySr.slice();
    const variance = varianceMJy2Sr2.slice();
    for (let i = 0; i < image.length; i++) {
      const rate = source.fluxMicroJy * this.#template[i]! /
        (solidAngleArcsec2[i]! * MICROJY_PER_MJYSR_ARCSEC2);
      if (!(Math.abs(rate) > 0)) continue;
      const noise = Math.sqrt(Math.max(this.#varianceSlope * rate, 0)) * normal();
      image[i]! += rate + noise;
      // The pipeline takes the photon noise of a pixel from its own noisy value; its variance follows that.
      if (variance[i]! > 0) {
        variance[i] = Math.max(variance[i]! + this.#varianceSlope * (rate + noise), 0.1 * variance[i]!);
      }
    }
    return {
      ...this.#pixels,
      imageMJySr: image,
      varianceMJy2Sr2: asVariance(variance),
      targetX: source.x,
      targetY: source.y,
      detectorX: this.#pixels.detectorX + source.x - targetX,
      detectorY: this.#pixels.detectorY + source.y - targetY,
      knownNeighbors: [...this.#pixels.knownNeighbors ?? [], { x: targetX, y: targetY }],
    };
  }
}
