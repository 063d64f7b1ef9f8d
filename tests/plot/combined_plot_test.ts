import assert from "node:assert/strict";
import {
  type CombinedPlotOptions,
  type CombinedPlotPoint,
  combinedPlotSvg,
} from "../../lib/plot/combined_plot.ts";
import { displayRange } from "../../lib/plot/display_range.ts";

const OPTIONS: CombinedPlotOptions = {
  sourceName: "A <star> & its light",
  subtitle: "RA 1.00000, Dec 2.00000",
  isMagnitude: false,
  sizeInches: [10, 8],
  wavelengthColors: "rainbow",
  dateColors: "viridis",
  range: { clipSigma: 3, clipIterations: 10, percentileMin: 1, percentileMax: 99, paddingFraction: 0.1 },
  style: {
    goodSize: 1.7,
    rejectedSize: 2,
    upperLimitSize: 3,
    markerOpacity: 0.9,
    barOpacity: 0.4,
    barWidth: 0.5,
    showBars: true,
  },
};

/** Points of all standings, one of them far off. */
function points(): CombinedPlotPoint[] {
  return Array.from({ length: 24 }, (_, i) => ({
    mjd: 60800 + 7 * i,
    wavelengthMicron: 0.8 + 0.17 * i,
    bandwidthMicron: 0.03,
    value: i === 5 ? 90_000 : 1000 + 40 * i,
    error: 30,
    standing: i % 8 === 3 ? "rejected" : i % 8 === 6 ? "upper_limit" : "good",
  }));
}

Deno.test("combinedPlotSvg() draws all kinds of points", async (t) => {
  const svg = combinedPlotSvg(points(), OPTIONS);
  assert(svg.includes("good 18") && svg.includes("rejected 3") && svg.includes("upper limit 3"));
  assert(svg.includes("off the axis 1"));
  assert(svg.includes("A &lt;star&gt; &amp; its light"));
  await t.assertSnapshot(svg);
});

Deno.test("combinedPlotSvg() draws no point, one point, and magnitudes", () => {
  assert(combinedPlotSvg([], OPTIONS).includes("good 0"));
  assert(!combinedPlotSvg(points().slice(0, 1), OPTIONS).includes("NaN"));
  const magnitudes = points().map((point) => ({ ...point, value: 20 - point.value / 1000, error: NaN }));
  const svg = combinedPlotSvg(magnitudes, { ...OPTIONS, isMagnitude: true });
  assert(svg.includes("AB magnitude") && !svg.includes("NaN"));
});

Deno.test("displayRange() is that of the good values, a wild one left out", () => {
  const good = Array.from({ length: 40 }, (_, i) => ({
    value: 100 + i % 5,
    wavelengthMicron: 1 + 0.1 * i,
    standing: "good" as const,
  }));
  const wild = [...good, { value: 1e6, wavelengthMicron: 2.05, standing: "good" as const }, {
    value: -500,
    wavelengthMicron: 3,
    standing: "rejected" as const,
  }];
  assert.deepEqual(displayRange(wild, OPTIONS.range, true), [99.6, 104.4]);
  const spread = Array.from({ length: 101 }, (_, i) => ({
    value: 10 + i,
    wavelengthMicron: 5 - i / 50,
    standing: "good" as const,
  }));
  const [low, high] = displayRange(spread, { ...OPTIONS.range, percentileMin: 0, percentileMax: 90 }, false);
  assert(Math.abs(low - 1) < 1e-9 && Math.abs(high - 109) < 1e-9);
});

Deno.test("displayRange() shows all of a steep spectrum", () => {
  const steep = Array.from({ length: 300 }, (_, i) => {
    const wavelengthMicron = 0.75 + 4.25 * i / 299;
    return {
      value: 2000 * wavelengthMicron ** -2.5 + 20 * (i % 7),
      wavelengthMicron,
      standing: "good" as const,
    };
  });
  const [low, high] = displayRange(steep, OPTIONS.range, true);
  assert(steep.filter(({ value }) => value < low || value > high).length <= 3);
  const spiked = steep.with(200, { ...steep[200]!, value: 60_000 });
  assert(displayRange(spiked, OPTIONS.range, true)[1] < 6000);
  assert.deepEqual(displayRange([], OPTIONS.range, true), [0, 1]);
});

Deno.test("combinedPlotSvg() says that there is nothing, and writes no dates then", () => {
  const svg = combinedPlotSvg([], OPTIONS);
  assert.equal(svg.split("No measurements").length, 3);
  const texts = [...svg.matchAll(/>([^<>]+)</g)].map(([, text]) => text!);
  assert(!texts.some((text) => /^[\d.]+e|0\.001/.test(text)), texts.join(" "));
});

Deno.test("combinedPlotSvg() has room for name, place and legend on a small figure", () => {
  const name = "A source of which the name is longer than any figure is wide";
  const svg = combinedPlotSvg(points(), { ...OPTIONS, sourceName: name, sizeInches: [6, 5] });
  const [title, subtitle] = svg.matchAll(/<text[^>]* y="(\d+)"[^>]*>([^<]*)</g);
  assert.match(title![2]!, /^A source.*\u2026$/);
  assert.equal(subtitle![1], "22");
  assert.match(svg, /y="41"[^>]*>off the axis 1</);
});
