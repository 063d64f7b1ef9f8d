import { join } from "node:path";
import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import {
  type CalibrationEvent,
  type CalibrationSyncOptions,
  syncCalibration,
} from "../../lib/archive/calibration_sync.ts";
import { sha256Hex } from "../../lib/files/sha256.ts";
import { serveHttp, type TestServer } from "../net/test_server.ts";
import { collect, DownloadFixture, fitsBytes, validateLength } from "./download_fixture.ts";

const KEYS = [
  "qr2/spectral_wcs/cal-wcs-v3-2025-240/1/spectral_wcs_D1_spx_cal-wcs-v3-2025-240.fits",
  "qr2/spectral_wcs/cal-wcs-v4-2025-254/1/spectral_wcs_D1_spx_cal-wcs-v4-2025-254.fits",
  "qr2/spectral_wcs/cal-wcs-v5-2025-254/2/spectral_wcs_D2_spx_cal-wcs-v5-2025-254.fits",
  "qr2/spectral_wcs/cal-wcs-v4-2025-254/2/spectral_wcs_D2_spx_cal-wcs-v4-2025-254.fits",
  "qr2/spectral_wcs/index.html",
  "qr2/spectral_wcs_old/cal-wcs-v9-2025-300/1/spectral_wcs_old_D1_spx_cal-wcs-v9-2025-300.fits",
  "qr2/solid_angle_pixel_map/cal-sapm-v2-2025-164/1/solid_angle_pixel_map_D1_spx_cal-sapm-v2-2025-164.fits",
  "qr3/spectral_wcs/cal-swcs-v5-2026-191/1/spectral_wcs_D1_spx_cal-swcs-v5-2026-191.fits",
];

function contentsOf(key: string): Uint8Array<ArrayBuffer> {
  return fitsBytes(2880 * 2, key.length);
}

/** Both routes to the same files: `/s3/`, `/ibe/data/` and `/ibe/list/`; `broken` paths answer with 404. */
function serveCalibrations(broken: (path: string) => boolean = () => false): TestServer {
  return serveHttp((request) => {
    const url = new URL(request.url);
    const path = decodeURIComponent(url.pathname);
    if (broken(path + url.search)) return new Response("gone", { status: 404 });
    const key = path.replace(/^\/(s3|ibe\/data)\//, "");
    if (KEYS.includes(key)) return new Response(contentsOf(key));
    if (path === "/s3/") return new Response(s3Listing(url.searchParams.get("prefix") ?? ""));
    if (path.startsWith("/ibe/list/")) return new Response(ibeListing(path.slice("/ibe/list/".length)));
    return new Response("no such place", { status: 404 });
  });
}

function s3Listing(prefix: string): string {
  const objects = KEYS.filter((key) => key.startsWith(prefix))
    .map((key) => `<Contents><Key>${key}</Key><Size>5760</Size></Contents>`);
  return `<ListBucketResult><IsTruncated>false</IsTruncated>${objects.join("")}</ListBucketResult>`;
}

function ibeListing(directory: string): string {
  const depth = directory.split("/").length;
  const below = KEYS.filter((key) => key.startsWith(`${directory}/`)).map((key) => key.split("/"));
  const names = [...new Set(below.map((parts) => parts[depth]!))];
  return names.map((name) => JSON.stringify({ name, size: name.includes(".") ? 5760 : "-" })).join("\n");
}

function options(
  here: DownloadFixture,
  server: string,
  more: Partial<CalibrationSyncOptions> = {},
): CalibrationSyncOptions {
  return {
    client: here.client,
    projectRoot: here.root,
    cacheRoot: join(here.root, "cache", "calibrations"),
    release: "QR2",
    products: ["spectral_wcs"],
    detectors: [1, 2],
    downloadSource: "cloud",
    cloudBaseUrl: `${server}/s3`,
    ibeBaseUrl: `${server}/ibe/data/{release_lower}`,
    ibeListingUrl: `${server}/ibe/list/{release_lower}`,
    validate: validateLength,
    ...more,
  };
}

function briefly(events: readonly CalibrationEvent[]): string[] {
  return events.flatMap((event) => {
    switch (event.type) {
      case "calibration_ready":
        return [`D${event.file.detector} ${event.file.version} ${event.downloaded ? "new" : "kept"}`];
      case "calibration_failed":
        return [`D${event.detector} ${event.code}`];
      default:
        return [];
    }
  }).sort();
}

const NEWEST = ["D1 cal-wcs-v4-2025-254 new", "D2 cal-wcs-v5-2025-254 new"];

for (const downloadSource of ["cloud", "ibe", "auto"] as const) {
  Deno.test(`syncCalibration() brings the newest version by date, then number, by ${downloadSource}`, async () => {
    await using server = serveCalibrations();
    await using here = new DownloadFixture();
    const events = await collect(syncCalibration(options(here, server.url, { downloadSource })));
    assert.deepEqual(briefly(events), NEWEST);
    const source = events.find((event) => event.type === "calibration_source");
    if (downloadSource !== "auto") assert.equal(source?.source, downloadSource);
    assert.deepEqual(here.files(), [
      "cache/calibrations/QR2/spectral_wcs/cal-wcs-v4-2025-254/D1/spectral_wcs_D1_spx_cal-wcs-v4-2025-254.fits",
      "cache/calibrations/QR2/spectral_wcs/cal-wcs-v5-2025-254/D2/spectral_wcs_D2_spx_cal-wcs-v5-2025-254.fits",
    ]);
    const ready = events.find((event) => event.type === "calibration_ready" && event.file.detector === 1);
    assert(ready?.type === "calibration_ready");
    const { file } = ready;
    assert.equal(file.sha256, sha256Hex(contentsOf(KEYS[1]!)));
    assert.deepEqual([file.bytes, file.release, file.processingDate], [5760, "QR2", "2025-09-11"]);
  });
}

Deno.test("syncCalibration() downloads nothing a second time, and repairs a damaged file", async () => {
  await using server = serveCalibrations();
  await using here = new DownloadFixture();
  await collect(syncCalibration(options(here, server.url)));
  const files = () => server.requests.filter((path) => path.endsWith(".fits"));
  assert.equal(files().length, 2);
  const again = await collect(syncCalibration(options(here, server.url)));
  assert.deepEqual(briefly(again), NEWEST.map((line) => line.replace("new", "kept")));
  assert.equal(files().length, 2);
  await Deno.writeFile(join(here.root, here.files()[0]!), new Uint8Array(100));
  const repaired = await collect(syncCalibration(options(here, server.url)));
  assert.deepEqual(briefly(repaired), [NEWEST[0], NEWEST[1]!.replace("new", "kept")]);
  assert.equal(files().length, 3);
});

Deno.test("syncCalibration() trusts files that are known to be valid", async () => {
  await using server = serveCalibrations();
  await using here = new DownloadFixture();
  const first = await collect(syncCalibration(options(here, server.url)));
  const known = new Map(
    first.flatMap((event) =>
      event.type === "calibration_ready" ? [[event.file.path, event.file.sha256] as const] : []
    ),
  );
  const validate = () => Promise.reject(new Error("not to be asked again"));
  const again = await collect(syncCalibration(options(here, server.url, { known, validate })));
  assert.deepEqual(briefly(again), NEWEST.map((line) => line.replace("new", "kept")));
});

Deno.test("syncCalibration() knows the names of QR3 and says what is missing", async () => {
  await using server = serveCalibrations();
  await using here = new DownloadFixture();
  const events = await collect(syncCalibration(options(here, server.url, { release: "QR3" })));
  assert.deepEqual(briefly(events), ["D1 cal-swcs-v5-2026-191 new", "D2 calibration/not-found"]);
});

Deno.test("syncCalibration() falls back to the other route for listings and for files", async () => {
  const noListing = serveCalibrations((path) => path.startsWith("/s3/?"));
  const noFiles = serveCalibrations((path) => path.startsWith("/s3/qr2"));
  for (const server of [noListing, noFiles]) {
    await using _server = server;
    await using here = new DownloadFixture();
    const events = await collect(syncCalibration(options(here, server.url, { downloadSource: "auto" })));
    assert.deepEqual(briefly(events), NEWEST);
  }
});

Deno.test("syncCalibration() reports what cannot be had and what is refused", async () => {
  await using server = serveCalibrations();
  await using here = new DownloadFixture();
  const validate = (_path: string, _product: string, detector: number) =>
    Promise.resolve(
      detector === 1 ? { status: "failed", reason: "CWAVE has no finite value" } : { status: "passed" },
    );
  const events = await collect(syncCalibration(options(here, server.url, { validate })));
  assert.deepEqual(briefly(events), ["D1 calibration/invalid-file", NEWEST[1]]);
  assert.equal(here.files().length, 1);
  await using silent = serveHttp(() => new Response(null, { status: 404 }));
  const none = await collect(syncCalibration(options(here, silent.url, { downloadSource: "cloud" })));
  assert.deepEqual(briefly(none), ["D1 net/status", "D2 net/status"]);
});

Deno.test("syncCalibration() takes files from a folder, by their names", async () => {
  await using here = new DownloadFixture();
  const folder = join(here.root, "from", "deep");
  await Deno.mkdir(folder, { recursive: true });
  for (const key of KEYS.slice(0, 2)) {
    await Deno.writeFile(join(folder, key.split("/").at(-1)!), contentsOf(key));
  }
  await Deno.writeTextFile(join(folder, "notes.txt"), "not a calibration file");
  const inputDirectory = join(here.root, "from");
  const events = await collect(syncCalibration(options(here, "http://127.0.0.1:1", { inputDirectory })));
  assert.deepEqual(briefly(events), [NEWEST[0], "D2 calibration/not-found"]);
  assert.equal(here.client.stats().hosts.length, 0);
});

Deno.test("syncCalibration() takes from a folder of several releases the files of its own", async () => {
  await using here = new DownloadFixture();
  const inputDirectory = join(here.root, "copy");
  for (const key of KEYS.filter((each) => each.endsWith(".fits"))) {
    await Deno.mkdir(join(inputDirectory, key, ".."), { recursive: true });
    await Deno.writeFile(join(inputDirectory, key), contentsOf(key));
  }
  const sync = (release: string) =>
    collect(syncCalibration(options(here, "http://127.0.0.1:1", { release, inputDirectory })));
  assert.deepEqual(briefly(await sync("QR2")), NEWEST);
  assert.deepEqual(briefly(await sync("QR3")), ["D1 cal-swcs-v5-2026-191 new", "D2 calibration/not-found"]);
});

Deno.test("syncCalibration() takes URL templates, file URLs and paths", async () => {
  await using server = serveCalibrations();
  await using here = new DownloadFixture();
  const own = join(here.root, "my map D1.fits");
  await Deno.writeFile(own, fitsBytes(2880));
  const withTemplate = (template: string) =>
    collect(
      syncCalibration(options(here, server.url, { detectors: [1], productUrls: { spectral_wcs: template } })),
    );
  const listed = await withTemplate(
    `${server.url}/ibe/data/{release_lower}/{product}/{version}/{detector}/{filename}`,
  );
  assert.deepEqual(briefly(listed), [NEWEST[0]]);
  assert(server.requests.includes(`/ibe/data/${KEYS[1]}`));
  const path = await withTemplate(own.replace("D1", "D{detector}"));
  assert.deepEqual(briefly(path), ["D1 custom-my_map_D1 new"]);
  const url = await withTemplate(`file://${encodeURI(here.root)}/my%20map%20D1.fits`);
  assert.deepEqual(briefly(url), ["D1 custom-my_map_D1 kept"]);
  await Deno.writeFile(own, fitsBytes(2880, 3));
  assert.deepEqual(briefly(await withTemplate(own)), ["D1 custom-my_map_D1 new"]);
  const missing = await withTemplate(join(here.root, "none_D{detector}.fits"));
  assert.deepEqual(briefly(missing), ["D1 storage/not-found"]);
});

Deno.test("syncCalibration() stops when told and stays inside the project", async () => {
  await using server = serveCalibrations();
  await using here = new DownloadFixture();
  const stop = new AbortController();
  const run = (async () => {
    for await (const event of syncCalibration(options(here, server.url, { signal: stop.signal }))) {
      if (event.type === "calibration_listed") stop.abort(new Error("SIGINT"));
    }
  })();
  await assert.rejects(run, (error) => isTaggedError(error, "interrupted/aborted"));
  const outside = options(here, server.url, { cacheRoot: join(here.root, "..", "elsewhere") });
  await assert.rejects(
    collect(syncCalibration(outside)),
    (error) => isTaggedError(error, "storage/outside-project"),
  );
});
