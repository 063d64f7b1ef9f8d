import { PsfRenderer } from "../psf/psf_renderer.ts";
import { ForcedFit } from "./forced_fit.ts";
import { TemplateWindow } from "./template_window.ts";

/**
 * The arrays of a measurement, reused from one call to the next; they grow to the largest cutout seen.
 * Full-size arrays have one value per pixel of the cutout; values beyond its size are stale.
 */
export class MeasureWorkspace {
  /** Renders templates. */
  readonly renderer: PsfRenderer = new PsfRenderer();
  /** Window of the target alone. */
  readonly pointWindow: TemplateWindow = new TemplateWindow();
  /** Window of target and neighbours. */
  readonly jointWindow: TemplateWindow = new TemplateWindow();
  /** Fit of the target alone. */
  readonly pointFit: ForcedFit = new ForcedFit();
  /** Fit of target and neighbours. */
  readonly jointFit: ForcedFit = new ForcedFit();
  /** Data, microjansky per pixel; 0 where not usable. */
  data: Float64Array = new Float64Array(0);
  /** Observed variance, microjansky^2; 0 where not usable. */
  observedVariance: Float64Array = new Float64Array(0);
  /** Variance that weights the pixels, microjansky^2; 0 where not usable. */
  variance: Float64Array = new Float64Array(0);
  /** Microjansky per MJy/sr of each pixel. */
  fluxPerRate: Float64Array = new Float64Array(0);
  /** Weights of the background equations, 1/microjansky^2; 0 for pixels that do not count. */
  backgroundWeight: Float64Array = new Float64Array(0);
  /** Columns of the background: one, offset from the target along x and along y in pixels, bend along the wavelength. */
  readonly basis: Float64Array[] = Array.from({ length: 4 }, () => new Float64Array(0));
  /** Whether every usable pixel has a wavelength, so that the background may bend along it. */
  hasWavelengths: boolean = false;
  /** Data minus model. */
  residual: Float64Array = new Float64Array(0);
  /** Room for sorting. */
  scratch: Float64Array = new Float64Array(0);
  /** Bits of `PIXEL_ROLE`. */
  roles: Uint8Array = new Uint8Array(0);
  /** Marks for connected components and clipping. */
  marks: Uint8Array = new Uint8Array(0);
  /** Stack of pixel indices. */
  stack: Int32Array = new Int32Array(0);

  /** Makes room for a cutout of `count` pixels. */
  reserve(count: number): void {
    if (this.data.length >= count) return;
    this.data = new Float64Array(count);
    this.observedVariance = new Float64Array(count);
    this.variance = new Float64Array(count);
    this.fluxPerRate = new Float64Array(count);
    this.backgroundWeight = new Float64Array(count);
    for (let k = 0; k < this.basis.length; k++) this.basis[k] = new Float64Array(count);
    this.residual = new Float64Array(count);
    this.scratch = new Float64Array(count);
    this.roles = new Uint8Array(count);
    this.marks = new Uint8Array(count);
    this.stack = new Int32Array(count);
  }
}
