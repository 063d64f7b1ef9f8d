import assert from "node:assert/strict";
import { colorAt, DIVERGING_MAP, hexColor, SEQUENTIAL_MAP } from "../../lib/plot/color_map.ts";
import { numberText } from "../../lib/plot/number_text.ts";
import { quantile } from "../../lib/plot/plane_image.ts";
import { fittedText, textWidth } from "../../lib/plot/text_width.ts";

Deno.test("numberText() is short and honest about digits", () => {
  const texts: [number, string][] = [
    [0, "0"],
    [12.345, "12.3"],
    [-0.0123, "\u22120.0123"],
    [1234.6, "1235"],
    [999.96, "1000"],
    [4.2e7, "4.20e7"],
    [-3e-9, "\u22123.00e\u22129"],
    [NaN, "\u2013"],
    [Infinity, "\u221e"],
    [-Infinity, "\u2212\u221e"],
  ];
  for (const [value, text] of texts) assert.equal(numberText(value), text);
  assert.equal(numberText(2.01234, 5), "2.0123");
});

Deno.test("textWidth() adds the advances of DejaVu Sans", () => {
  assert.equal(textWidth("il", 1000), 556);
  assert.equal(textWidth("", 12), 0);
  assert(textWidth("Flux", 10, true) > textWidth("Flux", 10));
  assert(textWidth("銀河", 10) >= 20);
});

Deno.test("fittedText() cuts to the width and keeps whole letters", () => {
  assert.equal(fittedText("short", 100, 10), "short");
  assert.equal(fittedText("two\n lines", 1000, 10), "two lines");
  const cut = fittedText("\u{1f52d}".repeat(50), 60, 10);
  assert(textWidth(cut, 10) <= 60);
  assert.match(cut, /^(\u{1f52d})+\u2026$/u);
  assert.equal(fittedText("anything", 1, 10), "\u2026");
});

Deno.test("colorAt() gives the ends, the middle, and grey for NaN", () => {
  assert.deepEqual(colorAt(SEQUENTIAL_MAP, 0), [68, 1, 84]);
  assert.deepEqual(colorAt(SEQUENTIAL_MAP, 2), [253, 231, 37]);
  assert.deepEqual(colorAt(DIVERGING_MAP, 0.5), [247, 247, 247]);
  assert.deepEqual(colorAt([[0, 0, 0], [10, 20, 30]], 0.5), [5, 10, 15]);
  assert.equal(hexColor(colorAt(SEQUENTIAL_MAP, NaN)), "#c4c4c4");
});

Deno.test("quantile() ranks the finite values", () => {
  assert.equal(quantile([5, NaN, 1, 3, Infinity], 0.5), 3);
  assert.equal(quantile([4], 0.98), 4);
  assert.equal(quantile([NaN], 0.5), NaN);
});
