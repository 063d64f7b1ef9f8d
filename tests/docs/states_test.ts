import assert from "node:assert/strict";
import { statesPage } from "../../docs/draw_states.ts";

Deno.test("docs/states.md is what the program's tables say; `deno task docs:states` renews it", () => {
  assert.equal(Deno.readTextFileSync(new URL("../../docs/states.md", import.meta.url)), statesPage());
});
