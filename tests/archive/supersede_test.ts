import fc from "fast-check";
import assert from "node:assert/strict";
import type { DiscoveredProduct } from "../../lib/archive/discovered_product.ts";
import { productOfRow } from "../../lib/archive/product_row.ts";
import { currentProducts, markSuperseded } from "../../lib/archive/supersede.ts";

function product(
  observation: string,
  detector: number,
  version: string,
  collection = "spherex_qr2",
): DiscoveredProduct {
  const file = `level2_${observation}D${detector}_spx_${version}.fits`;
  const made = productOfRow({
    access_url: `https://h.example/ibe/data/spherex/${file}`,
    obs_collection: collection,
  }, "");
  assert(typeof made !== "string");
  return made;
}

const NAMES = (products: readonly DiscoveredProduct[]) =>
  products.map((one) => `${one.collection} ${one.parentFileName}`);

Deno.test("markSuperseded() keeps the newest processing of each image by date, then number", () => {
  const old = product("2025W18_2B_0001_1", 4, "l2b-v21-2025-247");
  const newer = product("2025W18_2B_0001_1", 4, "l2b-v20-2025-340");
  const sameDay = product("2025W18_2B_0001_1", 4, "l2b-v22-2025-340");
  const otherDetector = product("2025W18_2B_0001_1", 5, "l2b-v11-2025-100");
  const otherVisit = product("2025W18_2B_0001_2", 4, "l2b-v11-2025-100");
  const marked = markSuperseded([sameDay, old, otherDetector, newer, otherVisit]);
  assert.deepEqual(marked.map(({ supersededBy }) => supersededBy), [
    null,
    sameDay.productSignature,
    null,
    sameDay.productSignature,
    null,
  ]);
});

Deno.test("markSuperseded() keeps one of the same file in two collections", () => {
  const wide = product("2025W18_2B_0001_1", 1, "l2b-v20-2025-247", "spherex_qr2");
  const deep = product("2025W18_2B_0001_1", 1, "l2b-v20-2025-247", "spherex_qr2_deep");
  assert.notEqual(wide.productSignature, deep.productSignature);
  assert.deepEqual(NAMES(currentProducts([deep, wide])), NAMES([wide]));
  assert.deepEqual(NAMES(currentProducts([wide, deep])), NAMES([wide]));
  assert.deepEqual(NAMES(currentProducts([wide, wide])), NAMES([wide]));
});

Deno.test("currentProducts() gives one product an image, whatever the order", () => {
  const some = fc.record({
    slew: fc.integer({ min: 1, max: 3 }),
    detector: fc.integer({ min: 1, max: 2 }),
    version: fc.constantFrom("l2b-v20-2025-247", "l2b-v21-2025-354", "l2b-v26-2026-201"),
    collection: fc.constantFrom("spherex_qr2", "spherex_qr2_deep", "spherex_qr3"),
  }).map(({ slew, detector, version, collection }) =>
    product(`2025W18_2B_0001_${slew}`, detector, version, collection)
  );
  fc.assert(
    fc.property(fc.array(some, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (products, random) => {
      const images = new Set(products.map((one) => `${one.observationId}D${one.detector}`));
      const kept = currentProducts(products);
      assert.equal(kept.length, images.size);
      const keys = new Map(products.map((one) => [one, random.next().value as number]));
      const shuffled = [...products].sort((a, b) => keys.get(a)! - keys.get(b)!);
      assert.deepEqual(NAMES(currentProducts(shuffled)).sort(), NAMES(kept).sort());
    }),
  );
});
