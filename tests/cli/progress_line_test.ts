import assert from "node:assert/strict";
import {
  progressFields,
  ProgressLine,
  type ProgressState,
  progressText,
} from "../../lib/cli/progress_line.ts";
import { RecordedSink } from "./recorded_sink.ts";

const measuring: ProgressState = {
  stage: "measure",
  done: 1204,
  total: 2310,
  unit: "files",
  perSecond: 38,
  failed: 3,
  fit: { busy: 4, all: 4 },
  network: { open: 6, limit: 8, host: "irsa" },
  bytes: 6.1e9,
};

/** A progress line with a clock that the test turns. */
function line(isTerminal: boolean, options: { isOff?: boolean; width?: number } = {}) {
  const sink = new RecordedSink(isTerminal, options.width ?? 80);
  const clock = { ms: 0 };
  const progress = new ProgressLine({ sink, now: () => clock.ms, isOff: options.isOff ?? false });
  return { sink, clock, progress };
}

Deno.test("progressText() says everything in one line, and less in a narrow one", () => {
  assert.equal(
    progressText(measuring, 200),
    "measure     [######------] 1,204/2,310 files  3 failed  38.0/s  eta 00:29  fit 4/4  net 6/8 (irsa)  6.10 GB",
  );
  assert.equal(progressText(measuring, 60), "measure     [######------] 1,204/2,310 files  3 failed");
  assert.equal(progressText(measuring, 20), "measure     [######");
  assert.equal(progressText({ stage: "discover", done: 5 }, 80), "discover    5");
  assert.equal(
    progressText({ stage: "plan", done: 0, total: 0 }, 80),
    "plan        [############] 0/0  eta --:--",
  );
});

Deno.test("progressText() never fills the last column, so that the line does not wrap", () => {
  for (let width = 1; width < 140; width++) {
    assert(progressText(measuring, width).length < Math.max(2, width));
  }
});

Deno.test("progressFields() gives a log the same as key=value", () => {
  assert.equal(
    progressFields(measuring),
    "stage=measure done=1204 total=2310 failed=3 per_second=38 eta_seconds=29 fit_busy=4/4 network=6/8 bytes=6100000000",
  );
});

Deno.test("ProgressLine paints one line over and over on a terminal, not too often", () => {
  const { sink, clock, progress } = line(true);
  progress.update({ stage: "measure", done: 0, total: 10 });
  assert.equal(sink.take(), "\r\x1b[Kmeasure     [------------] 0/10  eta --:--");
  clock.ms = 50;
  progress.update({ stage: "measure", done: 1, total: 10 });
  assert.equal(sink.take(), "");
  clock.ms = 500;
  progress.update({ stage: "measure", done: 5, total: 10 });
  assert.equal(sink.take(), "\r\x1b[Kmeasure     [######------] 5/10  10.0/s  eta 00:01");
  progress.clear();
  progress.clear();
  assert.equal(sink.take(), "\r\x1b[K");
  clock.ms = 501;
  progress.update({ stage: "measure", done: 6, total: 10 });
  assert.match(sink.take(), /6\/10/);
  progress.end();
  assert.equal(sink.take(), "\r\x1b[K");
  progress.end();
  assert.equal(sink.take(), "");
});

Deno.test("ProgressLine shows the stage that began last, and the counts of the others", () => {
  const { sink, clock, progress } = line(true);
  progress.update({ stage: "download", done: 3, total: 9 });
  clock.ms = 100;
  progress.update({ stage: "measure", done: 1, total: 9 });
  assert.match(sink.take(), /measure .*1\/9 {2}eta --:-- {2}download 3\/9$/);
  clock.ms = 200;
  progress.update({ stage: "measure", done: 9, total: 9 });
  assert.match(sink.take(), /download .*3\/9/);
});

Deno.test("ProgressLine writes to a log every 30 s and at the end, a line for each stage that has moved", () => {
  const { sink, clock, progress } = line(false);
  progress.update({ stage: "discover", done: 1, total: 2 });
  clock.ms = 20_000;
  progress.update({ stage: "discover", done: 2, total: 2 });
  progress.update({ stage: "measure", done: 0, total: 5 });
  assert.equal(sink.take(), "");
  clock.ms = 30_000;
  progress.update({ stage: "measure", done: 1, total: 5 });
  assert.equal(
    sink.take(),
    "stage=discover done=2 total=2 failed=0 per_second=0.05 eta_seconds=0\n" +
      "stage=measure done=1 total=5 failed=0 per_second=0.1 eta_seconds=40\n",
  );
  clock.ms = 31_000;
  progress.update({ stage: "measure", done: 5, total: 5, failed: 1 });
  progress.clear();
  assert.equal(sink.take(), "");
  progress.end();
  assert.match(sink.take(), /^stage=measure done=5 total=5 failed=1 .*\n$/);
  progress.end();
  assert.equal(sink.take(), "");
});

Deno.test("ProgressLine follows the rate of the last ten seconds or so", () => {
  const { sink, clock, progress } = line(true, { width: 200 });
  for (let second = 0; second <= 60; second++) {
    clock.ms = second * 1000;
    progress.update({
      stage: "measure",
      done: second < 30 ? second * 100 : 3000 + (second - 30) * 10,
      total: 10_000,
    });
  }
  const rate = Number(/([\d.]+)\/s/.exec(sink.text.split("\r").at(-1)!)![1]);
  assert(rate > 10 && rate < 20, `${rate} is not near 10`);
});

Deno.test("ProgressLine says nothing when it is off", () => {
  for (const isTerminal of [true, false]) {
    const { sink, progress } = line(isTerminal, { isOff: true });
    progress.update({ stage: "measure", done: 1, total: 2 });
    progress.end();
    assert.equal(sink.text, "");
  }
});

Deno.test("progressText() tells the time left at the rate of earlier runs until this one has a rate", () => {
  const state = { stage: "measure", done: 10, total: 70, expectedSecondsPerItem: 2 };
  assert.match(progressText(state, 100), /eta 02:00/);
  assert.match(progressText({ ...state, perSecond: 6 }, 100), /eta 00:10/);
  assert.match(progressText({ stage: "measure", done: 10, total: 70 }, 100), /eta --:--/);
});
