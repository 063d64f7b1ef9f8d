import assert from "node:assert/strict";
import { qaSummaryPlotSvg } from "../../lib/plot/qa_summary_plot.ts";
import { svgToPng } from "../../lib/plot/raster.ts";
import { decodePng, inkedPixels } from "./decode_png.ts";
import { examplePoint, exampleSpectrum } from "./example_points.ts";

const NAMED = { sourceName: "TDE_2025aarm" };

Deno.test("qaSummaryPlotSvg() of a small spectrum looks as reviewed", async (t) => {
  await t.assertSnapshot(qaSummaryPlotSvg(exampleSpectrum(12), NAMED));
});

Deno.test("qaSummaryPlotSvg() has three panels and becomes a PNG with ink in each", async () => {
  const svg = qaSummaryPlotSvg(exampleSpectrum(60), NAMED);
  for (const label of ["Flux density", "Signal-to-noise ratio", "Fit quality"]) {
    assert(svg.includes(label), label);
  }
  const image = decodePng(await svgToPng(svg, { widthPixels: 1050 }));
  const third = Math.floor(image.height / 3);
  for (let panel = 0; panel < 3; panel++) {
    const bytes = 4 * image.width * third;
    const part = image.rgba.subarray(panel * bytes, (panel + 1) * bytes);
    assert(inkedPixels({ width: image.width, height: third, rgba: part }) > 3000, `panel ${panel}`);
  }
});

Deno.test("qaSummaryPlotSvg() copes with no points, one point and points without quality", () => {
  assert.equal(qaSummaryPlotSvg([], NAMED).match(/>No measurements</g)?.length, 3);
  const bare = examplePoint({ signalToNoise: NaN, fitQuality: NaN });
  for (const points of [[examplePoint()], [bare], [bare, bare]]) {
    assert.doesNotMatch(qaSummaryPlotSvg(points, NAMED), /NaN|Infinity|undefined/);
  }
});
