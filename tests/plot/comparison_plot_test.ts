import assert from "node:assert/strict";
import { type ComparedPoint, comparisonPlotSvg } from "../../lib/plot/comparison_plot.ts";

const OPTIONS = {
  otherKind: "another pipeline",
  matchedBy: "observation",
  minimumSignalToNoise: 10,
} as const;

function point(n: number, changes: Partial<ComparedPoint> = {}): ComparedPoint {
  return {
    detector: 1 + n % 6,
    wavelengthMicron: 0.8 + 0.7 * (n % 6),
    fluxMicroJy: 1000 + 20 * (n % 5),
    fluxErrorMicroJy: 20,
    otherFluxMicroJy: 1010,
    otherFluxErrorMicroJy: 25,
    ...changes,
  };
}

Deno.test("comparisonPlotSvg() of a few pairs looks as reviewed", async (t) => {
  await t.assertSnapshot(comparisonPlotSvg(Array.from({ length: 12 }, (_, n) => point(n)), OPTIONS));
});

Deno.test("comparisonPlotSvg() draws pairs too faint for a ratio by their pull alone", () => {
  const faint = [point(0, { fluxMicroJy: -3, otherFluxMicroJy: 5 })];
  const svg = comparisonPlotSvg(faint, { ...OPTIONS, matchedBy: "channel" });
  assert.equal(svg.match(/<circle/g)!.length, 1);
  assert.ok(svg.includes("No pair is brighter than S/N 10"));
  assert.ok(!/NaN|undefined|Infinity/.test(svg));
});

Deno.test("comparisonPlotSvg() draws without any pair", () => {
  assert.ok(!/NaN|undefined|Infinity/.test(comparisonPlotSvg([], OPTIONS)));
});
