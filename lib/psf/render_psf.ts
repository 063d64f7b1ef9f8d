import { PsfRenderer, type RenderOptions } from "./psf_renderer.ts";
import type { PsfSamples } from "./psf_samples.ts";

/**
 * Fills `out` (`width * height` values) with the template of a source of unit flux at (x, y), 0-based pixels
 * of the cutout. The template sums to 1 over the whole stamp, also where the cutout cuts it off. NaN
 * everywhere when the samples cannot make a template. For many templates of one PSF, or many PSFs, keep a
 * {@linkcode PsfRenderer}.
 *
 * @example
 * ```ts
 * import { renderPsf } from "./render_psf.ts";
 * import assert from "node:assert/strict";
 * const samples = new Float64Array(9).fill(1 / 9); // one native pixel of even light, three samples a side
 * const template = new Float64Array(9);
 * const psf = { kind: "oversampled", size: 3, oversampling: 3, planes: [{ weight: 1, samples }] } as const;
 * renderPsf(psf, 1.25, 1, 3, 3, template, { integration: "area" });
 * assert(Math.abs(template[4]! - 0.75) < 1e-12);
 * assert(Math.abs(template[5]! - 0.25) < 1e-12);
 * ```
 */
export function renderPsf(
  psf: PsfSamples,
  x: number,
  y: number,
  width: number,
  height: number,
  out: Float64Array,
  options: RenderOptions = {},
): void {
  const renderer = new PsfRenderer();
  if (renderer.prepare(psf, options)) renderer.render(x, y, 0, 0, width, height, out);
  else out.fill(NaN, 0, width * height);
}
