import assert from "node:assert/strict";
import type { WorkflowEvent } from "../../lib/workflow/events.ts";
import { StageClock } from "../../lib/workflow/stage_clock.ts";

Deno.test("StageClock.watch() passes events on and tells how long each stage took", async () => {
  let now = 1000;
  const progress = (stage: "download" | "measure", done: number): WorkflowEvent => ({
    type: "progress",
    stage,
    done,
    total: 9,
    failed: 0,
  });
  const events: WorkflowEvent[] = [
    { type: "warning", message: "Slow" },
    progress("download", 1),
    progress("measure", 1),
    progress("download", 4),
  ];
  async function* each(): AsyncGenerator<WorkflowEvent> {
    for (const event of events) {
      now += 500;
      yield await Promise.resolve(event);
    }
  }
  const clock = new StageClock(() => now);
  const seen = await Array.fromAsync(clock.watch(each()));
  assert.deepEqual(seen, events);
  // Downloads began after the warning at 1.5 s and showed a last sign at 3 s.
  assert.deepEqual(clock.times, [
    { stage: "download", seconds: 1.5, items: 4 },
    { stage: "measure", seconds: 0.5, items: 1 },
  ]);
});
