import assert from "node:assert/strict";
import { injectionPlotSvg, type InjectionPoint } from "../../lib/plot/injection_plot.ts";

const POINT: InjectionPoint = {
  detector: 2,
  trueFluxMicroJy: 300,
  bias: 0.01,
  biasError: 0.02,
  pullMedian: 0.1,
  pullMedianError: 0.05,
  pullWidth: 1.02,
  pullWidthError: 0.04,
  completeness: 0.9,
  flaggedFraction: 0.05,
};

Deno.test("injectionPlotSvg() draws a point a panel for each detector and flux, and the flagged share", () => {
  const svg = injectionPlotSvg([POINT, { ...POINT, detector: null }, { ...POINT, detector: 5 }]);
  // Two detectors: one in the legend, four panels, and one more for the flagged share.
  assert.equal(svg.match(/<circle/g)!.length, 2 * (1 + 4 + 1));
  assert.ok(svg.includes(">D2<") && svg.includes(">D5<") && !svg.includes(">D0<"));
  assert.ok(!/NaN|undefined/.test(svg));
});

Deno.test("injectionPlotSvg() leaves out what is not known, and draws without any point", () => {
  const unknown = { ...POINT, bias: null, biasError: null, pullMedian: null, pullWidth: null };
  assert.equal(injectionPlotSvg([unknown]).match(/<circle/g)!.length, 1 + 1 + 1);
  assert.ok(!/NaN|undefined|Infinity/.test(injectionPlotSvg([])));
});
