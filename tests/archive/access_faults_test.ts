import assert from "node:assert/strict";
import type { AccessName } from "../../lib/archive/access_route.ts";
import type { DownloadCompleted, DownloadFailed } from "../../lib/archive/download_event.ts";
import { iterDownloadPlanResults } from "../../lib/archive/downloader.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import type { FaultKind } from "../../lib/simulator/stand_in_options.ts";
import { validateCutout } from "../../lib/spherex/validate_cutout.ts";
import { AccessFixture, PLACE } from "./access_fixture.ts";
import { collect } from "./download_fixture.ts";

const SMALL = { ...PLACE, sizeArcsec: 60 };
const IMPATIENT = {
  timeouts: { readMs: 300, lowSpeedBytesPerSecond: 20_000, lowSpeedMs: 250 },
  retry: { backoffMs: [5], jitterMs: 0, maxRetryAfterMs: 20 },
};
const TRANSPORT_FAULTS: readonly FaultKind[] = [
  "status-429",
  "status-503",
  "status-503-retry-after",
  "reset",
  "stall",
  "slow-drip",
  "truncation",
  "wrong-content-length",
  "html-with-200",
  "wrong-object",
  "redirect-loop",
];
/** Damage inside of a byte range has no sum to be told by: a parent's sums are those of whole planes. */
const CUTOUT_FAULTS: readonly FaultKind[] = [...TRANSPORT_FAULTS, "corrupt-header", "corrupt-data"];

/** Requests of a cutout that goes well. */
const FEWEST_REQUESTS: Record<AccessName, number> = { cutout: 1, truncated: 1, cloud: 7 };

/** What each cutout holds, from an archive without faults. */
async function trueContents(): Promise<Map<string, string>> {
  await using fixture = await AccessFixture.open({ visitsPerDetector: 4 });
  const contents = new Map<string, string>();
  for (const covering of fixture.images(SMALL, true)) {
    const bytes = await fixture.fetch("truncated", covering, SMALL);
    const { contentSha256 } = await validateCutout(memorySource(bytes), SMALL, { contentSha256: true });
    contents.set(covering.image.fileName, contentSha256!);
  }
  return contents;
}

Deno.test("with 30 % of the answers faulty every cutout is the right one or listed, without a storm", async (test) => {
  const contents = await trueContents();
  const plans: readonly (readonly [AccessName, ...AccessName[]])[] = [
    ["truncated"],
    ["cloud"],
    ["truncated", "cutout", "cloud"],
  ];
  for (const names of plans) {
    await test.step(names.join(", then "), async () => {
      let isFaulty = false;
      const kinds = names[0] === "cloud" ? TRANSPORT_FAULTS : CUTOUT_FAULTS;
      let count = 0;
      await using fixture = await AccessFixture.open({
        visitsPerDetector: 4,
        checksums: true,
        faults: {
          decide: ({ route }) => {
            if (!isFaulty || (route !== "cutout" && route !== "s3")) return undefined;
            const draw = (count++ * 0.6180339887) % 1;
            const of = route === "s3" ? TRANSPORT_FAULTS : kinds;
            return draw < 0.3 ? of[Math.floor(draw / 0.3 * of.length)] : undefined;
          },
          retryAfter: "0",
          stallMilliseconds: 600,
        },
      }, IMPATIENT);
      // Rows of parents are costly to simulate.
      const images = fixture.images(SMALL, true).slice(0, names[0] === "cloud" ? 10 : 100);
      const items = await Promise.all(images.map((covering) => fixture.item(names, covering, SMALL)));
      isFaulty = true;
      fixture.archive.resetCounts();
      const events = await collect(
        iterDownloadPlanResults(items, fixture.options({ maxWorkers: names[0] === "cloud" ? 4 : 16 })),
      );
      const ends = events.filter((event): event is DownloadCompleted | DownloadFailed =>
        event.type === "download_completed" || event.type === "download_failed"
      );
      assert.deepEqual(ends.map(({ key }) => key).sort(), items.map(({ key }) => key).sort());
      let completed = 0;
      for (const end of ends) {
        const name = end.key.split(" ")[0]!;
        if (end.type === "download_failed") {
          assert.match(end.code, /^(net|archive|fits)\//);
          assert(end.message.length > 10);
        } else {
          completed++;
          assert.equal(end.validation.contentSha256, contents.get(name), `${name} by ${end.access}`);
        }
      }
      assert(completed >= 0.8 * items.length, `${completed} of ${items.length} came`);
      const { cutout, s3 } = fixture.archive.counts();
      const fewest = items.length * FEWEST_REQUESTS[names[0]];
      if (names.length === 1) {
        assert(cutout.requests + s3.requests <= 3 * fewest, `${cutout.requests + s3.requests} requests`);
      }
      assert(cutout.faults + s3.faults > 0.2 * items.length);
    });
  }
});

Deno.test("a route that cannot work is left for the next one, and the file says which one brought it", async () => {
  await using fixture = await AccessFixture.open({
    faults: { decide: ({ route }) => route === "cutout" ? "status-503" : undefined },
  }, IMPATIENT);
  const [covering] = fixture.images(SMALL);
  const item = await fixture.item(["truncated", "cutout", "cloud"], covering!, SMALL);
  const events = await collect(iterDownloadPlanResults([item], fixture.options()));
  const routes = events.flatMap((event) =>
    event.type === "download_retry" ? [`${event.access} to ${event.nextAccess}`] : []
  );
  assert.deepEqual(routes, ["truncated to truncated", "truncated to cloud"]);
  const end = events.at(-1)!;
  assert(end.type === "download_completed");
  assert.equal(end.access, "cloud");
  assert.deepEqual((end.validation.summary as Record<string, unknown>)["access"], "cloud");
});

Deno.test("a file that is refused is asked for once more, then as a whole", async () => {
  await using fixture = await AccessFixture.open({}, IMPATIENT);
  const [covering] = fixture.images(SMALL);
  const item = await fixture.item(["truncated", "cutout"], covering!, SMALL);
  const options = fixture.options();
  const events = await collect(iterDownloadPlanResults([item], {
    ...options,
    validate: async (path, each) => {
      const found = await options.validate(path, each);
      const { access } = found.summary as { access: string };
      return access === "truncated" ? { status: "failed_psf_hdu", reason: "no product" } : found;
    },
  }));
  const end = events.at(-1)!;
  assert(end.type === "download_completed");
  assert.deepEqual([end.access, end.attempts], ["cutout", 3]);
});
