import assert from "node:assert/strict";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { verifyChecksums } from "../../lib/fits/checksum.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import { type StandInArchive, startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import type { FaultKind, StandInArchiveOptions } from "../../lib/simulator/stand_in_options.ts";

const TARGET = { name: "A", rightAscensionDeg: 68.0516625, declinationDeg: -5.3776417 } as const;

function start(options: StandInArchiveOptions): Promise<StandInArchive> {
  return startStandInArchive({ seed: 7, targets: [TARGET], visitsPerDetector: 4, ...options });
}

/** The URL of a small cutout that lies well inside its image. */
function cutoutUrl(archive: StandInArchive, skip = 0): string {
  const covering = archive.simulation.survey.imagesCovering(TARGET.rightAscensionDeg, TARGET.declinationDeg)
    .filter(({ x, y }) => Math.min(x, y) > 40 && Math.max(x, y) < 2000);
  const { image } = covering[skip]!;
  return `${archive.urls.ibeBaseUrl}/${image.archiveKey}?center=68.0516625,-5.3776417&size=0.02`;
}

function faulty(fault: FaultKind, more: StandInArchiveOptions = {}): Promise<StandInArchive> {
  const decide = ({ attempt }: { attempt: number }) => attempt === 0 ? fault : undefined;
  return start({ ...more, faults: { decide, stallMilliseconds: 150, retryAfter: "2" } });
}

async function getBytes(url: string, init?: RequestInit): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url, init)).arrayBuffer());
}

Deno.test("faults that are answers come once and are gone the next time", async () => {
  for (
    const [fault, status, retryAfter] of [
      ["status-429", 429, "2"],
      ["status-503", 503, null],
      ["status-503-retry-after", 503, "2"],
      ["html-with-200", 200, null],
      ["redirect-loop", 302, null],
    ] as const
  ) {
    await using archive = await faulty(fault);
    const url = cutoutUrl(archive);
    const response = await fetch(url, { redirect: "manual" });
    assert.equal(response.status, status, fault);
    assert.equal(response.headers.get("retry-after"), retryAfter, fault);
    const text = await response.text();
    if (fault === "html-with-200") assert(text.startsWith("<html>"));
    if (fault === "redirect-loop") assert.equal(new URL(response.headers.get("location")!, url).href, url);
    assert((await getBytes(url)).byteLength > 3_000_000, fault);
    assert.equal(archive.counts().cutout.faults, 1);
  }
});

Deno.test("faults of the connection break the transfer", async () => {
  for (const fault of ["reset", "truncation", "stall", "slow-drip"] as const) {
    await using archive = await faulty(fault);
    const url = cutoutUrl(archive);
    await assert.rejects(getBytes(url), TypeError, fault);
    assert((await getBytes(url)).byteLength > 3_000_000, fault);
    const sent = archive.requests[0]!.bodyBytes;
    assert(fault === "reset" ? sent === 0 : sent > 0 && sent < 3_000_000, `${fault}: ${sent} bytes`);
  }
});

Deno.test("a wrong Content-Length gives a shorter file without any error of the transfer", async () => {
  await using archive = await faulty("wrong-content-length");
  const url = cutoutUrl(archive);
  const short = await getBytes(url);
  const whole = await getBytes(url);
  assert.equal(short.byteLength, whole.byteLength - 2880);
  assert.deepEqual(short, whole.subarray(0, short.byteLength));
});

Deno.test("corrupt headers and data are of the right length but not the right file", async () => {
  await using badHeader = await faulty("corrupt-header");
  const url = cutoutUrl(badHeader);
  const bad = await getBytes(url);
  assert.equal(bad.byteLength, (await getBytes(url)).byteLength);
  await assert.rejects(async () => (await openFits(memorySource(bad))).hdu("IMAGE"));

  await using badData = await faulty("corrupt-data", { checksums: true });
  const damaged = await openFits(memorySource(await getBytes(cutoutUrl(badData))));
  assert.equal((await verifyChecksums(await damaged.hdu("IMAGE"))).datasum, "wrong");
  const good = await openFits(memorySource(await getBytes(cutoutUrl(badData))));
  assert.equal((await verifyChecksums(await good.hdu("IMAGE"))).datasum, "correct");
});

Deno.test("a wrong object is a good file of another place", async () => {
  await using archive = await faulty("wrong-object");
  const url = cutoutUrl(archive);
  const [wrong, right] = [await getBytes(url), await getBytes(url)];
  const origin = async (bytes: Uint8Array) =>
    (await (await openFits(memorySource(bytes))).hdu("IMAGE")).header.getNumber("CRPIX1A")!;
  assert.equal(Math.abs(await origin(wrong) - await origin(right)), 400);
});

Deno.test("a rate of faults holds over many requests, depends on the seed alone, and spares a URL in the end", async () => {
  const kindsOf = async (seed: number) => {
    await using archive = await start({
      seed,
      faults: { rate: 0.4, kinds: ["status-503", "status-429"], maxPerUrl: 2 },
    });
    const names = archive.simulation.survey.fileNames(archive.simulation.survey.visits[0]!, 1).slice(0, 120);
    const { planningPeriod, processingVersion } = archive.simulation.survey.visits[0]!;
    for (const name of names) {
      const url = `${archive.urls.s3BaseUrl}/qr2/level2/${planningPeriod}/${processingVersion}/1/${name}`;
      await getBytes(url, { headers: { range: "bytes=0-79" } });
    }
    const kinds = archive.requests.map(({ fault }) => fault ?? "none");
    let faultsInARow = 0;
    const one = `${archive.urls.s3BaseUrl}/qr2/level2/${planningPeriod}/${processingVersion}/1/${names[0]}`;
    for (let i = 0; i < 12; i++) {
      if (
        (await fetch(one, { headers: { range: "bytes=0-79" } }).then(async (response) => {
          await response.body?.cancel();
          return response.status;
        })) !== 206
      ) faultsInARow++;
    }
    assert(faultsInARow <= 2);
    return kinds;
  };
  const kinds = await kindsOf(3);
  const share = kinds.filter((kind) => kind !== "none").length / kinds.length;
  assert(share > 0.25 && share < 0.55, `${share}`);
  assert.deepEqual(await kindsOf(3), kinds);
  assert.notDeepEqual(await kindsOf(4), kinds);
});

Deno.test("a paced line holds its pace, and little is sent to a client that leaves early", async () => {
  await using archive = await start({ link: { bytesPerSecond: 1_000_000 } });
  const url = cutoutUrl(archive);
  const response = await fetch(url);
  const reader = response.body!.getReader();
  const begin = performance.now();
  let received = 0;
  while (received < 127_000) received += (await reader.read()).value!.byteLength;
  const seconds = (performance.now() - begin) / 1000;
  await reader.cancel();
  assert(received / seconds < 2_000_000, `${received / seconds} bytes a second`);
  await getBytes(`${archive.urls.ibeListingUrl}/qr2`);
  // Of 5 MB; how soon the server sees that the client is gone depends on how busy the machine is.
  assert(archive.requests[0]!.bodyBytes < 2_000_000, `${archive.requests[0]!.bodyBytes} bytes sent`);
});

Deno.test("a limit of concurrency makes requests wait, or turns them away", async () => {
  const ask = (archive: StandInArchive) =>
    Promise.all(Array.from({ length: 6 }, async () => {
      const response = await fetch(`${archive.urls.ibeListingUrl}/qr2`);
      await response.body?.cancel();
      return response.status;
    }));
  await using queueing = await start({ link: { maxConcurrent: 2, latencyMilliseconds: 40 } });
  const begin = performance.now();
  assert.deepEqual(await ask(queueing), [200, 200, 200, 200, 200, 200]);
  assert(performance.now() - begin >= 110, "three rounds of two");
  assert.equal(queueing.mostConcurrent, 6);
  await using refusing = await start({
    link: { maxConcurrent: 2, latencyMilliseconds: 40, overLimit: "refuse" },
  });
  const statuses = await ask(refusing);
  assert.equal(statuses.filter((status) => status === 503).length, 4);
});

Deno.test("close() ends stalled transfers at once", async () => {
  const archive = await start({ faults: { decide: () => "stall", stallMilliseconds: 60_000 } });
  const pending = assert.rejects(getBytes(cutoutUrl(archive)), TypeError);
  while (archive.counts().cutout.bodyBytes === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const begin = performance.now();
  await archive.close();
  await pending;
  assert(performance.now() - begin < 2000);
});
