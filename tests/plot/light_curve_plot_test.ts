import assert from "node:assert/strict";
import { type LightCurveMark, lightCurvePlotSvg } from "../../lib/plot/light_curve_plot.ts";

const NAMED = { sourceName: "TDE_2025aarm", timeScale: "UTC" };

function mark(n: number, changes: Partial<LightCurveMark> = {}): LightCurveMark {
  return {
    mjd: 60800 + 30 * n,
    fluxMicroJy: 900 + 40 * (n % 4),
    fluxErrorMicroJy: 30,
    relativeFlux: 0.95 + 0.04 * (n % 4),
    relativeFluxError: 0.03,
    detector: 1 + n % 3,
    isClean: n % 5 !== 4,
    ...changes,
  };
}

const MARKS = Array.from({ length: 12 }, (_, n) => mark(n));
const VISITS = MARKS.slice(0, 6).map(({ mjd, detector }) => ({
  mjd,
  detector,
  relativeFlux: 1.02,
  relativeFluxError: 0.02,
}));

Deno.test("lightCurvePlotSvg() of a small light curve looks as reviewed", async (t) => {
  await t.assertSnapshot(lightCurvePlotSvg(MARKS, VISITS, NAMED));
});

Deno.test("lightCurvePlotSvg() shows fluxes of bands too faint for ratios, and when asked", () => {
  const faint = MARKS.map((item) => ({ ...item, fluxMicroJy: -item.fluxMicroJy, relativeFlux: NaN }));
  assert.ok(lightCurvePlotSvg(faint, [], NAMED).includes("Flux (µJy)"));
  const asked = lightCurvePlotSvg(MARKS, VISITS, { ...NAMED, quantity: "flux" });
  assert.ok(asked.includes("Flux (µJy)") && !asked.includes("Relative flux"));
});

Deno.test("lightCurvePlotSvg() draws one point, a thousand, and none", () => {
  for (const marks of [MARKS.slice(0, 1), Array.from({ length: 1000 }, (_, n) => mark(n)), []]) {
    const svg = lightCurvePlotSvg(marks, [], NAMED);
    assert.ok(!/NaN|undefined|Infinity/.test(svg));
    assert.equal(svg.includes("No measurements"), marks.length === 0);
  }
});
