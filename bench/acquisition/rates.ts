import { join } from "node:path";
import { truncatedRoute } from "../../lib/archive/truncated_route.ts";
import { wholeFileRoute } from "../../lib/archive/access_route.ts";
import type { DownloadItem } from "../../lib/archive/download_item.ts";
import { iterDownloadPlanResults } from "../../lib/archive/downloader.ts";
import type { StandInPsf } from "../../lib/archive/stand_in_psf.ts";
import { commitFile } from "../../lib/files/atomic_write.ts";
import { createHttpClient, type HttpClient } from "../../lib/net/http_client.ts";
import type { ExpectedCutout } from "../../lib/spherex/cutout_validation.ts";
import { type AccessFixture, PLACE, validateFile } from "../../tests/archive/access_fixture.ts";
import { atLeast, atMost, type Goal } from "./goal.ts";
import type { ReplaySettings } from "./replay_server.ts";

/** A server that replays a recorded answer. */
interface Replay extends Disposable {
  readonly origin: string;
}

async function startReplay(settings: ReplaySettings): Promise<Replay> {
  const worker = new Worker(new URL("./replay_server.ts", import.meta.url), { type: "module" });
  const started = Promise.withResolvers<number>();
  worker.onmessage = (event: MessageEvent<number>) => started.resolve(event.data);
  worker.postMessage(settings);
  return { origin: `http://127.0.0.1:${await started.promise}`, [Symbol.dispose]: () => worker.terminate() };
}

/** The recorded cutout and what a download of it takes. */
interface Recording {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly standIn: StandInPsf;
  readonly expected: ExpectedCutout;
  readonly root: string;
}

function planOf(origin: string, recording: Recording, isTruncated: boolean, count: number, label: string) {
  return Array.from({ length: count }, (_, i): DownloadItem<ExpectedCutout> => {
    const url = `${origin}/level2_${i}.fits`;
    const path = join(recording.root, label, `${i}.fits`);
    const route = isTruncated ? truncatedRoute(url, recording.standIn) : wholeFileRoute(url);
    return {
      key: `${label} ${i}`,
      url,
      routes: () => [route],
      localPath: path,
      partialPath: `${path}.part`,
      expected: recording.expected,
    };
  });
}

/** Processor time of this thread so far, milliseconds; NaN where /proc does not tell. */
function threadMs(): number {
  try {
    const fields = Deno.readTextFileSync(`/proc/self/task/${Deno.pid}/stat`).replace(/^.*\) /, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return NaN;
  }
}

/** Cutouts a second from the first request to the last file in its place, and the downloader's own time for each. */
async function rate(
  recording: Recording,
  settings: Omit<ReplaySettings, "body">,
  isTruncated: boolean,
  count: number,
  label: string,
): Promise<{ perSecond: number; threadMs: number }> {
  using replay = await startReplay({ body: recording.body, ...settings });
  const client = createHttpClient();
  try {
    const options = {
      client,
      projectRoot: recording.root,
      validate: validateFile,
      maxWorkers: 64,
    };
    await run(planOf(replay.origin, recording, isTruncated, Math.min(40, count), `${label} warm`), options);
    const [started, before] = [performance.now(), threadMs()];
    await run(planOf(replay.origin, recording, isTruncated, count, label), options);
    const seconds = (performance.now() - started) / 1000;
    return { perSecond: count / seconds, threadMs: (threadMs() - before) / count };
  } finally {
    client.close();
    await Deno.remove(join(recording.root, label), { recursive: true });
  }
}

async function run(
  plan: readonly DownloadItem<ExpectedCutout>[],
  options: Parameters<typeof iterDownloadPlanResults<ExpectedCutout>>[1],
): Promise<void> {
  for await (const event of iterDownloadPlanResults(plan, options)) {
    if (event.type === "download_failed") throw new Error(event.message);
  }
}

/** Milliseconds that each step takes for one truncated cutout, one after the other. */
async function steps(recording: Recording, count: number): Promise<[string, number][]> {
  using replay = await startReplay({ body: recording.body, latencyMs: 0, maxConcurrent: 64 });
  const client = createHttpClient();
  const items = planOf(replay.origin, recording, true, count, "steps");
  const { signal } = new AbortController();
  const average = async (step: (item: DownloadItem<ExpectedCutout>) => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    for (const item of items) await step(item);
    return (performance.now() - started) / count;
  };
  try {
    return [
      ["request, transfer, close", await average((item) => fetchOne(item, client, signal))],
      ["checks and content hash", await average((item) => validateFile(item.partialPath, item))],
      ["to the disk (fsync, rename)", await average((item) => commitFile(item.partialPath, item.localPath))],
    ];
  } finally {
    client.close();
  }
}

function fetchOne(item: DownloadItem<ExpectedCutout>, client: HttpClient, signal: AbortSignal) {
  return item.routes!()[0].fetch({ client, partialPath: item.partialPath, isRepeat: false, signal });
}

async function record(fixture: AccessFixture): Promise<Recording> {
  const covering = fixture.images(PLACE).find(({ image }) => image.exposure.visit.release === "QR2")!;
  const { detector, exposure: { observationId } } = covering.image;
  return {
    body: await fixture.fetch("cutout", covering, PLACE) as Uint8Array<ArrayBuffer>,
    standIn: await fixture.standIn(covering),
    expected: { ...PLACE, detector, observationId },
    root: fixture.root,
  };
}

/** Rates of the whole downloader, and where the time of one truncated cutout goes. */
export async function rateGoals(fixture: AccessFixture): Promise<{ goals: Goal[]; profile: string[] }> {
  const recording = await record(fixture);
  const free = { latencyMs: 0, maxConcurrent: 64 };
  const slow = { latencyMs: 200, maxConcurrent: 8 };
  const truncated = await rate(recording, free, true, 1500, "truncated");
  const whole = await rate(recording, free, false, 200, "whole");
  const limited = await rate(recording, slow, true, 600, "limited");
  const goals = [
    atLeast("truncated cutouts of 180 arcsec, no latency", truncated.perSecond, 300, "/s"),
    atLeast("truncated, 200 ms latency, 8 at once (40/s can be given)", limited.perSecond, 36, "/s"),
    atMost(
      "processor time of the downloader's thread, a truncated cutout",
      truncated.threadMs,
      1000 / 300,
      "ms",
    ),
  ];
  const profile = [`| whole cutouts of 180 arcsec, no latency | ${whole.perSecond.toFixed(0)}/s |`];
  for (const [name, milliseconds] of await steps(recording, 200)) {
    profile.push(`| a truncated cutout alone: ${name} | ${milliseconds.toFixed(2)} ms |`);
  }
  return { goals, profile: ["| what | measured |", "|---|---|", ...profile] };
}
