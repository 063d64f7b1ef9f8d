import fc from "fast-check";
import assert from "node:assert/strict";
import { askCompletely, type TimeWindow } from "../../lib/archive/complete_answer.ts";
import type { DiscoveredProduct } from "../../lib/archive/discovered_product.ts";
import { productOfRow } from "../../lib/archive/product_row.ts";
import type { Sia2Answer } from "../../lib/archive/sia2.ts";

/** Time from one exposure to the next, and how long one takes, days. */
const [PITCH_DAYS, EXPOSURE_DAYS] = [0.0014, 0.00137];

function product(exposure: number, detector: number): DiscoveredProduct {
  const observation = `2025W18_2B_${String(exposure).padStart(4, "0")}_1`;
  const t_min = 60_800 + exposure * PITCH_DAYS;
  const made = productOfRow({
    access_url:
      `https://h.example/ibe/data/spherex/level2_${observation}D${detector}_spx_l2b-v20-2025-247.fits`,
    obs_collection: "spherex_qr2",
    t_min,
    t_max: t_min + EXPOSURE_DAYS,
  }, "");
  assert(typeof made !== "string");
  return made;
}

/** A service that gives at most so many rows, in no particular order, and counts the questions. */
function service(products: readonly DiscoveredProduct[], maxRecords: number) {
  let questions = 0;
  const ask = (window: TimeWindow | undefined): Promise<Sia2Answer> => {
    questions++;
    const [low, high] = window ?? [-Infinity, Infinity];
    const rows = products.filter(({ tMinMjd, tMaxMjd }) => tMaxMjd! >= low && tMinMjd! <= high);
    return Promise.resolve({
      rows: rows.slice(0, maxRecords),
      overflow: rows.length > maxRecords,
      skipped: [],
    });
  };
  return { ask, questions: () => questions };
}

Deno.test("askCompletely() brings every image once, whatever the order and the limit", async () => {
  const exposures = fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      exposures,
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 6, max: 40 }),
      async (numbers, detectors, maxRecords) => {
        const products = numbers.flatMap((number) =>
          Array.from({ length: detectors }, (_, i) => product(number, i + 1))
        );
        const { ask, questions } = service(products, maxRecords);
        const answer = await askCompletely(ask);
        const names = (list: readonly DiscoveredProduct[]) => list.map((one) => one.parentFileName).sort();
        assert.deepEqual(names(answer.rows), names(products));
        assert.equal(answer.overflow, false);
        assert(
          questions() <= 1 + 4 * products.length,
          `${questions()} questions for ${products.length} images`,
        );
      },
    ),
  );
});

Deno.test("askCompletely() says so when one moment has more images than the service gives", async () => {
  const products = [1, 2, 3].flatMap((exposure) =>
    [1, 2, 3, 4].map((detector) => product(exposure, detector))
  );
  const { ask, questions } = service(products, 3);
  const answer = await askCompletely(ask);
  assert.deepEqual([answer.overflow, answer.rows.length], [true, 9]);
  assert(questions() < 20);
  const whole = await askCompletely(service(products, 12).ask);
  assert.deepEqual([whole.overflow, whole.rows.length], [false, 12]);
});
