import * as module from "../../mod.ts";

Deno.test("mod.ts offers these names and no others", async (t) => {
  await t.assertSnapshot(Object.keys(module).sort());
});
