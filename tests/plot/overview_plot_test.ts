import assert from "node:assert/strict";
import { overviewPlotSvg } from "../../lib/plot/overview_plot.ts";
import { examplePoint, exampleSpectrum } from "./example_points.ts";

const PAGE = { title: "project", page: 1, pages: 1 };

Deno.test("overviewPlotSvg() of three sources looks as reviewed", async (t) => {
  const sources = [
    { sourceName: "bright", points: exampleSpectrum(12) },
    { sourceName: "not measured", points: [] },
    { sourceName: "<without & flux>", points: [examplePoint({ fluxMicroJy: NaN, standing: "unmeasured" })] },
  ];
  await t.assertSnapshot(overviewPlotSvg(sources, PAGE));
});

Deno.test("overviewPlotSvg() draws negative fluxes, wild points and many points inside of their frames", () => {
  const faint = exampleSpectrum(2000).map((point) => ({ ...point, fluxMicroJy: -point.fluxMicroJy }));
  const svg = overviewPlotSvg([{ sourceName: "faint", points: faint }], PAGE);
  assert.ok(!/NaN|undefined|Infinity/.test(svg));
  assert.ok(svg.match(/<path/g)!.length < 50);
});

Deno.test("overviewPlotSvg() draws an empty page, and refuses more than a page", () => {
  assert.match(overviewPlotSvg([], PAGE), /No sources/);
  const many = Array.from({ length: 25 }, () => ({ sourceName: "x", points: [] }));
  assert.throws(() => overviewPlotSvg(many, PAGE), RangeError);
});
