import assert from "node:assert/strict";
import { AccessChoice } from "../../lib/archive/access_choice.ts";
import type { AccessName } from "../../lib/archive/access_route.ts";

const ROUTES = [
  { name: "cutout", expectedBytes: 5_070_000 },
  { name: "truncated", expectedBytes: 130_000 },
  { name: "cloud", expectedBytes: 850_000 },
] as const satisfies { name: AccessName; expectedBytes: number }[];

function names(choice: AccessChoice): AccessName[] {
  return choice.order(ROUTES).map(({ name }) => name);
}

function learn(
  choice: AccessChoice,
  name: AccessName,
  count: number,
  durationMs: number,
  isSuccess = true,
): void {
  for (let i = 0; i < count; i++) choice.learn({ name, isSuccess, durationMs });
}

Deno.test("AccessChoice takes the route that was named, or the one with the fewest bytes", () => {
  assert.deepEqual(names(new AccessChoice("auto")), ["truncated", "cloud", "cutout"]);
  assert.deepEqual(names(new AccessChoice("cloud")), ["cloud"]);
  assert.deepEqual(new AccessChoice("cloud").order(ROUTES.slice(0, 2)).map(({ name }) => name), ["cutout"]);
});

Deno.test("AccessChoice tries the object store a few times and prefers it when it takes half the time", () => {
  for (const [cloudMs, first] of [[100, "cloud"], [900, "truncated"]] as const) {
    const choice = new AccessChoice("auto");
    learn(choice, "truncated", 12, 1000);
    assert.deepEqual([1, 2, 3, 4].map(() => names(choice)[0]), ["cloud", "cloud", "cloud", "truncated"]);
    learn(choice, "cloud", 3, cloudMs);
    assert.equal(names(choice)[0], first);
  }
});

Deno.test("AccessChoice puts a route last that failed three times in a row, until it works again", () => {
  const choice = new AccessChoice("auto");
  learn(choice, "truncated", 3, 0, false);
  assert.deepEqual(names(choice), ["cloud", "cutout", "truncated"]);
  learn(choice, "truncated", 1, 10);
  assert.equal(names(choice)[0], "truncated");
});
