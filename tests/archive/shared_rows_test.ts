import assert from "node:assert/strict";
import { sharedRows } from "../../lib/archive/shared_rows.ts";
import { parseCelestialWcs } from "../../lib/wcs/celestial_wcs.ts";
import { cutoutWindow } from "../../lib/spherex/cutout_window.ts";
import { REAL_IMAGE_HEADER, REAL_ORIGIN } from "../spherex/synthetic_level2.ts";

/** The real image whose rows are counted: the parent of a real cutout. */
function realParent() {
  const header = REAL_IMAGE_HEADER.clone();
  for (const [axis, start] of [[1, REAL_ORIGIN.x], [2, REAL_ORIGIN.y]] as const) {
    header.set(`CRPIX${axis}`, header.getNumber(`CRPIX${axis}`)! + start);
  }
  return parseCelestialWcs(header);
}

function placeAt(x: number, y: number, sizeArcsec: number) {
  return { ...realParent().pixelToSky(x, y), sizeArcsec };
}

Deno.test("sharedRows() is never less than the rows that cutouts which overlap have together in a real image", () => {
  const celestial = realParent();
  const center = placeAt(900, 1100, 180);
  const others = [placeAt(912, 1093, 180), placeAt(893, 1109, 60), placeAt(903, 1085, 120)];
  for (let count = 0; count <= others.length; count++) {
    const places = [center, ...others.slice(0, count)];
    const windows = places.map((place) => cutoutWindow(celestial, place)!);
    const first = Math.min(...windows.map(({ y0 }) => y0));
    const last = Math.max(...windows.map(({ y0, height }) => y0 + height));
    const { rows, cutouts } = sharedRows(center, places);
    assert.equal(cutouts, count + 1);
    assert(rows >= last - first, `${rows} rows, ${last - first} are needed`);
    assert(rows <= 2.5 * (last - first) + 2, `${rows} rows, ${last - first} are needed`);
  }
});

Deno.test("sharedRows() leaves out what does not overlap, and the cutout itself", () => {
  const center = placeAt(900, 1100, 60);
  assert.deepEqual(sharedRows(center, [{ ...center }, placeAt(900, 1400, 60)]), { rows: 10, cutouts: 1 });
  assert.deepEqual(sharedRows(center, []), { rows: 10, cutouts: 1 });
});
