import assert from "node:assert/strict";
import fc from "fast-check";
import { hammerProjection } from "../../lib/plot/hammer_projection.ts";
import { skyPlotSvg } from "../../lib/plot/sky_plot.ts";

const SOURCES = [
  { rightAscensionDeg: 68, declinationDeg: -5, measured: 190 },
  { rightAscensionDeg: 127, declinationDeg: 39, measured: 0 },
  { rightAscensionDeg: 359.9, declinationDeg: 89, measured: 7 },
];

Deno.test("skyPlotSvg() of a small catalog looks as reviewed", async (t) => {
  await t.assertSnapshot(skyPlotSvg(SOURCES, { title: "project" }));
});

Deno.test("skyPlotSvg() draws a catalog of one, of thousands, and an empty one", () => {
  for (const count of [0, 1, 3000]) {
    const sources = Array.from({ length: count }, (_, n) => ({
      rightAscensionDeg: n * 137.5 % 360,
      declinationDeg: 90 - 180 * n / 3000,
      measured: n % 50,
    }));
    const svg = skyPlotSvg(sources, { title: "project" });
    assert.ok(!/NaN|undefined|Infinity/.test(svg));
    // One more circle stands in the legend.
    assert.equal(svg.match(/<circle/g)!.length, count + 1);
  }
});

Deno.test("hammerProjection() keeps areas, stays inside its ellipse and grows to the left", () => {
  const position = fc.record({
    rightAscensionDeg: fc.double({ min: -179, max: 179, noNaN: true }),
    declinationDeg: fc.double({ min: -88, max: 88, noNaN: true }),
  });
  const step = 1e-4;
  fc.assert(fc.property(position, (place) => {
    const [x, y] = hammerProjection(place);
    assert.ok(x * x + 4 * y * y <= 1 + 1e-9);
    const east = hammerProjection({ ...place, rightAscensionDeg: place.rightAscensionDeg + step });
    const north = hammerProjection({ ...place, declinationDeg: place.declinationDeg + step });
    const area = Math.abs((east[0] - x) * (north[1] - y) - (east[1] - y) * (north[0] - x));
    const radians = step * Math.PI / 180;
    const sky = radians ** 2 * Math.cos(place.declinationDeg * Math.PI / 180);
    // The whole sky, 4 pi, is the ellipse of half axes 1 and 1/2.
    assert.ok(Math.abs(area / sky * 8 - 1) < 1e-3, `${area / sky}`);
  }));
  assert.ok(hammerProjection({ rightAscensionDeg: 10, declinationDeg: 0 })[0] < 0);
});
