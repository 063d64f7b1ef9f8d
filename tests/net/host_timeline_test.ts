import assert from "node:assert/strict";
import { HostTimeline } from "../../lib/net/host_timeline.ts";

Deno.test("HostTimeline counts by intervals from the first thing that happened, and carries the limit on", () => {
  const timeline = new HostTimeline(4);
  assert.deepEqual(timeline.snapshot().intervals, []);
  timeline.setLimit(5, 0);
  timeline.count("requests", 1000);
  timeline.count("bytesReceived", 1099, 700);
  timeline.setLimit(2, 1150);
  timeline.setLimit(3, 1160);
  timeline.count("throttled", 1330);
  const { startMs, intervalMs, intervals } = timeline.snapshot();
  assert.deepEqual([startMs, intervalMs], [1000, 100]);
  const rows = intervals.map((each) =>
    [each.requests, each.bytesReceived, each.throttled, each.lowestLimit, each.limit].join(" ")
  );
  assert.deepEqual(rows, ["1 700 0 5 5", "0 0 0 2 3", "0 0 0 3 3", "0 0 1 3 3"]);
});

Deno.test("HostTimeline keeps totals and lowest limits of any length of time in little memory", () => {
  const timeline = new HostTimeline(8);
  const hourMs = 3_600_000;
  for (let now = 0; now < hourMs; now += 500) {
    timeline.count("bytesReceived", now, 10);
    if (now === 1_234_000) timeline.setLimit(1, now);
    if (now === 1_234_500) timeline.setLimit(9, now);
  }
  timeline.count("requests", -5);
  const { intervalMs, intervals } = timeline.snapshot();
  assert(intervals.length <= 160 && intervals.length > 80, `${intervals.length} intervals`);
  assert(intervalMs * intervals.length >= hourMs - 500);
  assert.equal(intervals.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0), 72_000);
  assert.equal(intervals.filter(({ lowestLimit }) => lowestLimit === 1).length, 1);
  assert.deepEqual([intervals[0]!.requests, intervals.at(-1)!.limit], [1, 9]);
});
