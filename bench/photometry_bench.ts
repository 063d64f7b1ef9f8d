/** How long rendering, fitting and a whole measurement take: `deno bench bench/photometry_bench.ts`. */
import { MeasureWorkspace } from "../lib/photometry/measure_workspace.ts";
import { measureCutout } from "../lib/photometry/measure_cutout.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS } from "../lib/photometry/settings.ts";
import { PsfRenderer } from "../lib/psf/psf_renderer.ts";
import { decodedSamples, type PsfSamples } from "../lib/psf/psf_samples.ts";
import { EFFECTIVE_PSF, OVERSAMPLED_PSF, syntheticCutout } from "../tests/photometry/synthetic_cutout.ts";

/** The PSF blended from four zones, as between the centres of a real detector. */
function fourZones(psf: PsfSamples): PsfSamples {
  const planes = [0.4, 0.3, 0.2, 0.1].map((weight) => ({
    weight,
    samples: decodedSamples(psf.planes[0]!.samples).slice(),
  }));
  return { ...psf, planes };
}

const QR2 = fourZones(OVERSAMPLED_PSF);
const QR3 = fourZones(EFFECTIVE_PSF);
const WORKSPACE = new MeasureWorkspace();
const RENDERER = new PsfRenderer();
const TEMPLATE = new Float64Array(15 * 15);

/** A noisy cutout of 30 x 30 pixels with a target, and a neighbour if asked for. */
function cutout(psf: PsfSamples, neighbor: boolean) {
  const sources = [{ x: 14.6, y: 15.3, fluxMicroJy: 800 }, {
    x: 19,
    y: 17,
    fluxMicroJy: neighbor ? 3000 : 0,
  }];
  return syntheticCutout({ width: 30, height: 30, sources, psf, seed: 1 });
}

for (const [name, psf] of [["QR2 cube", QR2], ["QR3 table", QR3]] as const) {
  Deno.bench(`blend four zones of a ${name}`, { group: "rendering" }, () => {
    RENDERER.prepare(psf);
  });
  Deno.bench(`render 100 templates of a ${name}`, {
    group: "rendering",
  }, (b) => {
    RENDERER.prepare(psf);
    b.start();
    for (let k = 0; k < 100; k++) RENDERER.render(7 + k / 100, 7.3, 0, 0, 15, 15, TEMPLATE);
    b.end();
  });
  for (const neighbor of [false, true]) {
    const pixels = cutout(psf, neighbor);
    Deno.bench(`measure 30 x 30 pixels, ${name}${neighbor ? ", one neighbour" : ""}`, {
      group: "measurement",
    }, () => {
      measureCutout(pixels, DEFAULT_PHOTOMETRY_SETTINGS, { workspace: WORKSPACE });
    });
  }
}
