import assert from "node:assert/strict";
import { BAND_STYLES, REJECTED_COLOR } from "../../lib/plot/palette.ts";
import { rasteriseSvg, svgToPng } from "../../lib/plot/raster.ts";
import { sedPlotSvg } from "../../lib/plot/sed_plot.ts";
import { decodePng, inkedPixels, pixelsOfColor } from "./decode_png.ts";
import { examplePoint, exampleSpectrum } from "./example_points.ts";

const NAMED = { sourceName: "TDE_2025aarm" };

Deno.test("sedPlotSvg() of a small spectrum looks as reviewed", async (t) => {
  await t.assertSnapshot(sedPlotSvg(exampleSpectrum(12), NAMED));
});

Deno.test("sedPlotSvg() gives equal text for equal input", () => {
  assert.equal(sedPlotSvg(exampleSpectrum(50), NAMED), sedPlotSvg(exampleSpectrum(50), NAMED));
});

Deno.test("svgToPng() of a spectrum is 7 by 4 inches at 150 dots per inch, with every band in its colour", async () => {
  const image = decodePng(await svgToPng(sedPlotSvg(exampleSpectrum(120), NAMED), { widthPixels: 1050 }));
  assert.deepEqual([image.width, image.height], [1050, 600]);
  for (const { color, detector } of BAND_STYLES) assert(pixelsOfColor(image, color) > 100, `D${detector}`);
  assert(pixelsOfColor(image, REJECTED_COLOR) > 5);
});

Deno.test("rasteriseSvg() draws text with the shipped font", async () => {
  const text = (content: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="30"><rect width="200" height="30" fill="#fff"/>` +
    `<text x="5" y="20" font-family="No Such Font, sans-serif">${content}</text></svg>`;
  const [blank, letters, greek] = await Promise.all(
    ["", "Flux", "µσχ²↑"].map((s) => rasteriseSvg(text(s), 200)),
  );
  assert.equal(inkedPixels(blank!), 0);
  assert(inkedPixels(letters!) > 100);
  assert(inkedPixels(greek!) > 100);
});

Deno.test("sedPlotSvg() draws a detection at its flux and a non-detection at its limit", async () => {
  const yOf = async (changes: Parameters<typeof examplePoint>[0]) => {
    const frame = [examplePoint({ wavelengthMicron: 1, detector: 1, fluxMicroJy: 0, fluxErrorMicroJy: 0 })];
    const top = examplePoint({ wavelengthMicron: 3, detector: 4, fluxMicroJy: 200, fluxErrorMicroJy: 0 });
    const point = examplePoint({ fluxErrorMicroJy: 0, bandwidthMicron: 0, ...changes });
    const image = await rasteriseSvg(sedPlotSvg([...frame, point, top], NAMED), 672);
    return meanRowOfColor(image, BAND_STYLES[2]!.color, 70);
  };
  const low = await yOf({ fluxMicroJy: 50 });
  const high = await yOf({ fluxMicroJy: 150 });
  const limit = await yOf({ fluxMicroJy: -20, upperLimitMicroJy: 150, standing: "upper_limit" });
  assert(low > high + 80, `${low} below ${high}`);
  // The outline of a triangle has its mean row a little below its centre.
  assert(Math.abs(limit - high) < 6, `${limit} at ${high}`);
});

/** Mean row of the pixels of a colour below the band strip. */
function meanRowOfColor(
  image: { width: number; height: number; rgba: ArrayLike<number> },
  color: string,
  from: number,
) {
  const [red, green, blue] = Uint8Array.fromHex(color.slice(1));
  const rows: number[] = [];
  for (let i = from * image.width; i < image.width * image.height; i++) {
    const { rgba } = image;
    if (rgba[4 * i] === red && rgba[4 * i + 1] === green && rgba[4 * i + 2] === blue) {
      rows.push(Math.floor(i / image.width));
    }
  }
  assert(rows.length > 0, "the colour is not in the picture");
  return rows.reduce((sum, row) => sum + row, 0) / rows.length;
}

Deno.test("sedPlotSvg() marks a wild point at the edge and counts it", () => {
  const calm = exampleSpectrum(60);
  const wild = calm.findIndex((point) => point.fluxMicroJy === 5e5);
  assert.match(sedPlotSvg(calm, NAMED), /beyond the axis \d/);
  assert.match(sedPlotSvg(calm, NAMED), />\u2191</);
  const tamed = calm.with(wild, { ...calm[wild]!, fluxMicroJy: 100 }).filter((p) =>
    p.standing !== "rejected"
  );
  assert.doesNotMatch(sedPlotSvg(tamed, NAMED), /beyond the axis|>\u2191</);
});

Deno.test("sedPlotSvg() says so when there is nothing to draw", () => {
  const nothing = examplePoint({ fluxMicroJy: NaN, fluxErrorMicroJy: NaN, standing: "unmeasured" });
  assert.match(sedPlotSvg([], NAMED), />No measurements</);
  assert.match(sedPlotSvg([nothing], NAMED), />The measurement has no flux</);
  assert.match(sedPlotSvg([nothing, nothing], NAMED), />None of 2 measurements has a flux</);
  assert.match(sedPlotSvg([nothing, nothing], NAMED), />without flux 2</);
});

Deno.test("sedPlotSvg() draws numbers only, whatever is missing", () => {
  const odd = [
    examplePoint({ fluxErrorMicroJy: NaN }),
    examplePoint({ bandwidthMicron: NaN }),
    examplePoint({ upperLimitMicroJy: NaN, standing: "upper_limit" }),
    examplePoint({ wavelengthMicron: NaN }),
    examplePoint({ detector: 0, standing: "rejected" }),
    examplePoint({ fluxMicroJy: Infinity }),
    examplePoint({ fluxErrorMicroJy: Infinity }),
    examplePoint({ wavelengthMicron: 6.2 }),
  ];
  for (const points of [odd, ...odd.map((point) => [point])]) {
    assert.doesNotMatch(sedPlotSvg(points, NAMED), /NaN|Infinity|undefined/);
  }
});

Deno.test("sedPlotSvg() chooses a unit that keeps the numbers short", () => {
  const bright = (factor: number) =>
    sedPlotSvg(exampleSpectrum(5).map((p) => ({ ...p, fluxMicroJy: p.fluxMicroJy * factor })), NAMED);
  assert.match(bright(1), /Flux density \(\u00b5Jy\)/);
  assert.match(bright(1e4), /Flux density \(mJy\)/);
  assert.match(bright(1e8), /Flux density \(Jy\)/);
});

Deno.test("sedPlotSvg() writes awkward names as text and cuts long ones", async () => {
  const svg = sedPlotSvg([examplePoint()], { sourceName: `<b>&"quoted", ünïcode \u0000\ud800 β Pic` });
  assert(svg.includes("&lt;b&gt;&amp;&quot;quoted&quot;, ünïcode \ufffd\ufffd β Pic"));
  assert(inkedPixels(await rasteriseSvg(svg, 672)) > 1000);
  const long = sedPlotSvg([examplePoint()], { sourceName: "W".repeat(500) });
  assert.match(long, />W{20,60}\u2026</);
});

const MEANS = [1.2, 2, 4].map((wavelengthMicron) => ({
  wavelengthMicron,
  widthMicron: 0.05,
  fluxMicroJy: 150,
  fluxErrorMicroJy: 4,
}));

Deno.test("sedPlotSvg() by powers of ten, in magnitudes, and with a binned spectrum looks as reviewed", async (t) => {
  await t.assertSnapshot(sedPlotSvg(exampleSpectrum(12), { ...NAMED, scale: "log", note: "dereddened" }));
  await t.assertSnapshot(sedPlotSvg(exampleSpectrum(12), { ...NAMED, scale: "magnitude", binned: MEANS }));
});

Deno.test("sedPlotSvg() puts brighter points higher on every axis", () => {
  const heights = (scale: "linear" | "log" | "magnitude") => {
    const points = [100, 1000].map((fluxMicroJy, n) =>
      examplePoint({ fluxMicroJy, wavelengthMicron: 1 + n, detector: 1 + n, fluxErrorMicroJy: 1 })
    );
    const svg = sedPlotSvg(points, { ...NAMED, scale });
    return [...svg.matchAll(/r="2.5" cy="([0-9.]+)"/g)].map((match) => Number(match[1]));
  };
  for (const scale of ["linear", "log", "magnitude"] as const) {
    const [faint, bright] = heights(scale);
    assert(bright! < faint!, `${scale}: ${bright} above ${faint}`);
  }
});

Deno.test("sedPlotSvg() counts what an axis of logarithms has no place for", () => {
  const points = [-5, 50, 60].map((fluxMicroJy) => examplePoint({ fluxMicroJy, standing: "rejected" }));
  for (const scale of ["log", "magnitude"] as const) {
    assert.match(sedPlotSvg(points, { ...NAMED, scale }), /below zero 1</);
    const none = sedPlotSvg(points.slice(0, 1), { ...NAMED, scale });
    assert.match(none, /No flux is positive/);
    assert(!/NaN|undefined|Infinity/.test(none));
  }
});
