/** How long rendering, fitting and a whole measurement take: `deno bench bench/photometry_bench.ts`. */
import { encodeBigEndian } from "../lib/fits/big_endian.ts";
import { fitOnLadder } from "../lib/photometry/background_ladder.ts";
import { MeasureWorkspace } from "../lib/photometry/measure_workspace.ts";
import { measureCutout } from "../lib/photometry/measure_cutout.ts";
import type { PhotometryFlagName } from "../lib/photometry/photometry_flags.ts";
import { prepareTarget } from "../lib/photometry/prepare_target.ts";
import { fitVarianceSlope } from "../lib/photometry/noise_model.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS } from "../lib/photometry/settings.ts";
import { PsfRenderer } from "../lib/psf/psf_renderer.ts";
import { decodedSamples, type PlaneSamples, type PsfSamples } from "../lib/psf/psf_samples.ts";
import { EFFECTIVE_PSF, OVERSAMPLED_PSF, syntheticCutout } from "../tests/photometry/synthetic_cutout.ts";

/** The PSF blended from four zones, as between the centres of a real detector. */
function fourZones(
  psf: PsfSamples,
  stored: (samples: Float32Array | Float64Array) => PlaneSamples,
): PsfSamples {
  const samples = decodedSamples(psf.planes[0]!.samples);
  const planes = [0.4, 0.3, 0.2, 0.1].map((weight) => ({ weight, samples: stored(samples.slice()) }));
  return { ...psf, planes };
}

const QR2 = fourZones(OVERSAMPLED_PSF, (samples) => new DataView(encodeBigEndian(samples).buffer));
const QR3 = fourZones(EFFECTIVE_PSF, (samples) => samples);
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

const CUTOUTS = { "QR2 cube": cutout(QR2, false), "QR3 table": cutout(QR3, false) };

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
  Deno.bench(`background and flux of one target, ${name}`, { group: "background" }, (b) => {
    const pixels = CUTOUTS[name];
    const flags = new Set<PhotometryFlagName>();
    const context = { pixels, settings: DEFAULT_PHOTOMETRY_SETTINGS, workspace: WORKSPACE, flags };
    prepareTarget(context);
    const scene = {
      width: pixels.width,
      count: pixels.width * pixels.height,
      window: WORKSPACE.pointWindow,
      templateCount: 1,
      varianceSlope: fitVarianceSlope(pixels, WORKSPACE),
      fit: WORKSPACE.pointFit,
    };
    b.start();
    fitOnLadder(context, scene);
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
