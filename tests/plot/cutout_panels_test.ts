import assert from "node:assert/strict";
import { PIXEL_ROLE } from "../../lib/photometry/pixel_roles.ts";
import { type CutoutPanels, cutoutPanelsPng, cutoutPanelsSvg } from "../../lib/plot/cutout_panels.ts";
import { decodePng, pixelsOfColor } from "./decode_png.ts";
import { exampleModels } from "./example_models.ts";

function panels(changes: Partial<CutoutPanels> = {}): CutoutPanels {
  return {
    title: "TDE_2025aarm   D3   2.0120 \u00b5m",
    lines: ["2025W18_2B_0001_1", "point 120 \u00b1 4 \u00b5Jy"],
    models: exampleModels(9, 9),
    targetX: 4.2,
    targetY: 3.8,
    protectionRadiusPixels: 2,
    ...changes,
  };
}

Deno.test("cutoutPanelsSvg() looks as reviewed", async (t) => {
  await t.assertSnapshot(cutoutPanelsSvg(panels({ models: exampleModels(5, 4) }), { colorBars: true }));
});

Deno.test("cutoutPanelsSvg() tells the range of each panel with and without colour bars", () => {
  const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map((match) => match[1]);
  const bars = (svg: string) => svg.match(/fill="url\(#map-/g)?.length ?? 0;
  const plain = cutoutPanelsSvg(panels());
  const withBars = cutoutPanelsSvg(panels(), { colorBars: true });
  assert.deepEqual(texts(plain), texts(withBars));
  assert.equal(bars(plain), 0);
  assert.equal(bars(withBars), 7);
});

Deno.test("cutoutPanelsPng() is 10 inches wide at the resolution asked for, and says so", async () => {
  const png = await cutoutPanelsPng(panels(), { dotsPerInch: 72 });
  assert.equal(decodePng(png).width, 720);
  const text = new TextDecoder("latin1").decode(png);
  const density = new DataView(png.buffer, png.byteOffset + text.indexOf("pHYs") + 4, 9);
  assert.equal(Math.round(density.getUint32(0) * 0.0254), 72);
  assert.equal(decodePng(await cutoutPanelsPng(panels())).width, 1100);
});

Deno.test("cutoutPanelsPng() is the same bytes for the same input", async () => {
  assert.deepEqual(await cutoutPanelsPng(panels()), await cutoutPanelsPng(panels()));
});

Deno.test("cutoutPanelsPng() paints pixels sharp, the lowest row at the bottom", async () => {
  const models = exampleModels(9, 9);
  models.roles.fill(PIXEL_ROLE.usable | PIXEL_ROLE.background);
  models.roles[0] = 0;
  const image = decodePng(await cutoutPanelsPng(panels({ models }), { dotsPerInch: 120 }));
  const masked = "#282828";
  const pixelArea = (209 * 1200 / 960 / 9) ** 2;
  const found = pixelsOfColor(image, masked);
  assert(
    Math.abs(found - pixelArea) < 0.25 * pixelArea + 100,
    `${found} dark pixels for one of ${pixelArea}`,
  );
  const { x, y } = centerOfColor(image, masked);
  assert(x > 900 && x < 940, `column ${x}`);
  assert(y > 320 && y < 400, `row ${y}`);
});

function centerOfColor(
  image: { width: number; rgba: ArrayLike<number> },
  color: string,
): { x: number; y: number } {
  const [red, green, blue] = Uint8Array.fromHex(color.slice(1));
  let [sumX, sumY, count] = [0, 0, 0];
  for (let i = 0; i < image.rgba.length / 4; i++) {
    if (image.rgba[4 * i] !== red || image.rgba[4 * i + 1] !== green || image.rgba[4 * i + 2] !== blue) {
      continue;
    }
    sumX += i % image.width;
    sumY += Math.floor(i / image.width);
    count++;
  }
  return { x: sumX / count, y: sumY / count };
}

Deno.test("cutoutPanelsSvg() marks the target, its protection and the neighbours in every panel", () => {
  const marks = (input: CutoutPanels) =>
    cutoutPanelsSvg(input).match(/<path [^>]*stroke="#111111"/g)?.length ?? 0;
  assert.equal(marks(panels()), 8);
  const alone = { ...exampleModels(9, 9), neighbors: [] };
  assert.equal(marks(panels({ models: alone, targetX: 40, targetY: -12 })), 0);
  assert.equal(marks(panels({ targetX: NaN, targetY: NaN })), 8, "the neighbour is still there");
});

Deno.test("cutoutPanelsSvg() draws planes without a value and without spread", () => {
  const models = exampleModels(6, 3);
  for (const plane of [models.raw, models.pointResidualSigma, models.jointModel]) plane.fill(NaN);
  models.background.fill(7);
  models.dataMinusBackground.fill(0);
  const svg = cutoutPanelsSvg(panels({ models, protectionRadiusPixels: NaN }));
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
});

Deno.test("cutoutPanelsSvg() refuses a cutout without pixels", () => {
  assert.throws(() => cutoutPanelsSvg(panels({ models: exampleModels(0, 0) })), RangeError);
});
