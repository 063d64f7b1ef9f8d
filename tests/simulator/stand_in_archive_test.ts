import assert from "node:assert/strict";
import { parseIrsaCsv } from "../../lib/archive/irsa_csv.ts";
import { isTaggedError } from "../../lib/core/errors.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import { parseVotable } from "../../lib/votable/votable_parser.ts";
import { type StandInArchive, startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import { truthCsv } from "../../lib/simulator/truth.ts";

const TARGET = { name: "TDE, one", rightAscensionDeg: 68.0516625, declinationDeg: -5.3776417 } as const;
const POSITION = "circle 68.0516625 -5.3776417 0.000278";
const CENTER = "68.0516625,-5.3776417";

function start(): Promise<StandInArchive> {
  return startStandInArchive({ seed: 7, targets: [TARGET], visitsPerDetector: 8 });
}

async function getText(url: string, init?: RequestInit): Promise<{ status: number; text: string }> {
  const response = await fetch(url, init);
  return { status: response.status, text: await response.text() };
}

async function getBytes(url: string, init?: RequestInit): Promise<{ response: Response; bytes: Uint8Array }> {
  const response = await fetch(url, init);
  return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
}

function siaUrl(archive: StandInArchive, parameters: Record<string, string | string[]>): string {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters)) {
    for (const value of [values].flat()) query.append(name, value);
  }
  return `${archive.urls.siaEndpoint}?${query}`;
}

/** The access URLs of a detector's images of the target. */
async function accessUrls(archive: StandInArchive, detector: number): Promise<string[]> {
  const { text } = await getText(siaUrl(archive, { POS: POSITION, RESPONSEFORMAT: "CSV" }));
  const { columns, rows } = parseIrsaCsv(text);
  return rows.filter((row) => row[columns.indexOf("energy_bandpassname")] === `SPHEREx-D${detector}`)
    .map((row) => row[columns.indexOf("access_url")]!);
}

Deno.test("startStandInArchive() answers SIA2 as VOTable and as CSV with the same rows", async () => {
  await using archive = await start();
  const votable = parseVotable((await getText(siaUrl(archive, { POS: POSITION }))).text);
  const table = votable.resources[0]!.tables[0]!;
  const csv = parseIrsaCsv((await getText(siaUrl(archive, { POS: POSITION, RESPONSEFORMAT: "CSV" }))).text);
  assert.deepEqual(table.fields.map(({ name }) => name), csv.columns);
  assert.equal(table.fields[15]!.id, "col_15");
  assert.equal(table.rows.length, archive.truth("TDE, one").length);
  assert.deepEqual(table.rows.map((row) => row[15]), csv.rows.map((row) => row[15]!));
  assert.deepEqual(
    table.rows.map((row) => row[9]),
    archive.truth("TDE, one").map((row) => row.observationId),
  );
  const cloud = JSON.parse(csv.rows[0]![csv.columns.indexOf("cloud_access")]!);
  assert.equal(`${archive.urls.ibeBaseUrl}/${cloud.aws.key}`, csv.rows[0]![15]);
});

Deno.test("startStandInArchive() honours COLLECTION, TIME, BAND and MAXREC, and tells overflow", async () => {
  await using archive = await start();
  const rowsOf = async (more: Record<string, string | string[]>) =>
    parseVotable((await getText(siaUrl(archive, { POS: POSITION, ...more }))).text).resources[0]!;
  const all = (await rowsOf({})).tables[0]!.rows.length;
  const qr2 = (await rowsOf({ COLLECTION: "spherex_qr2" })).tables[0]!.rows.length;
  const qr3 = (await rowsOf({ COLLECTION: "spherex_qr3" })).tables[0]!.rows.length;
  assert(qr2 > 0 && qr3 > 0 && qr2 + qr3 === all);
  assert.equal((await rowsOf({ COLLECTION: ["spherex_qr2", "spherex_qr3"] })).tables[0]!.rows.length, all);
  assert.equal((await rowsOf({ COLLECTION: "spherex_qr2_deep" })).tables[0]!.rows.length, 0);
  assert.equal((await rowsOf({ TIME: "61241 61400" })).tables[0]!.rows.length, qr3);
  const blue = (await rowsOf({ BAND: "0.8e-6 0.9e-6" })).tables[0]!.rows;
  assert(blue.length > 0 && blue.every((row) => row[7] === "SPHEREx-D1"));
  const cut = await rowsOf({ MAXREC: "3" });
  assert.equal(cut.tables[0]!.rows.length, 3);
  const statuses = cut.infos.filter(({ name }) => name === "QUERY_STATUS").map(({ value }) => value);
  assert.deepEqual(statuses, ["OK", "OVERFLOW"]);
  assert(!(await rowsOf({ MAXREC: String(all) })).infos.some(({ value }) => value === "OVERFLOW"));
});

Deno.test("startStandInArchive() answers a query outside of the sky like the real service", async () => {
  await using archive = await start();
  const { status, text } = await getText(siaUrl(archive, { POS: "circle 10 95 0.1" }));
  assert.equal(status, 400);
  const [info] = parseVotable(text).resources[0]!.infos;
  assert.equal(info!.value, "ERROR");
  assert.equal(info!.text, "UsageFault: BAD_REQUEST: dec value 95 lies outside valid interval [-90, 90]");
  assert.equal((await getText(siaUrl(archive, { POS: "somewhere" }))).status, 400);
});

Deno.test("startStandInArchive() serves cutouts of the asked-for size around the target, and ignores Range", async () => {
  await using archive = await start();
  const url = (await accessUrls(archive, 3))[1]!;
  const truth = archive.truth("TDE, one").find((row) => url.endsWith(row.fileName))!;
  for (
    const [size, pixels] of [["0.05", 29], ["180arcsec", 29], ["10px", 10], ["1,2arcmin", 10]] as const
  ) {
    const { response, bytes } = await getBytes(`${url}?center=${CENTER}&size=${size}`, {
      headers: { range: "bytes=0-9" },
    });
    assert.equal(response.status, 200);
    const { header } = await (await openFits(memorySource(bytes))).hdu("IMAGE");
    const x0 = Math.max(0, Math.floor(truth.detectorX + 1 - pixels / 2));
    assert.equal(header.getNumber("NAXIS1"), Math.min(pixels, 2040 - x0), size);
    assert.equal(1 - header.getNumber("CRPIX1A")!, x0, size);
    if (size.includes(",")) assert.equal(header.getNumber("NAXIS2"), 20);
  }
  const suffixed = await getBytes(`${url}?center=${CENTER}d&size=0.05`);
  const plain = await getBytes(`${url}?center=${CENTER}&size=0.05deg`);
  assert.deepEqual(suffixed.bytes, plain.bytes);
});

Deno.test("startStandInArchive() cuts cutouts at the detector's edge and refuses those beyond it", async () => {
  await using archive = await start();
  const url = (await accessUrls(archive, 2))[0]!;
  const image = archive.simulation.survey.imageOfFile(url)!;
  const edge = image.wcs.pixelToSky(3, 2036.2);
  const at = `${edge.rightAscensionDeg},${edge.declinationDeg}`;
  const { bytes } = await getBytes(`${url}?center=${at}&size=20px`);
  const { header } = await (await openFits(memorySource(bytes))).hdu("IMAGE");
  assert.deepEqual([header.getNumber("NAXIS1"), header.getNumber("NAXIS2")], [14, 13]);
  assert.equal(header.getNumber("CRPIX1A"), 1);
  const beyond = image.wcs.pixelToSky(-60, 500);
  const outside = await getText(
    `${url}?center=${beyond.rightAscensionDeg},${beyond.declinationDeg}&size=20px`,
  );
  assert.equal(outside.status, 400);
  assert.equal((await getText(`${url}?center=${CENTER}&size=20parsec`)).status, 400);
  assert.equal((await getText(`${url}?center=${CENTER}&size=-1`)).status, 400);
  assert.equal((await getText(`${url.replace("/2/", "/3/")}?center=${CENTER}&size=0.01`)).status, 404);
});

Deno.test("startStandInArchive() serves ranges of parent files alike from both routes", async () => {
  await using archive = await start();
  const url = (await accessUrls(archive, 1))[0]!;
  const key = url.slice(archive.urls.ibeBaseUrl.length + 1);
  const head = await fetch(url, { method: "HEAD" });
  assert.equal(head.headers.get("content-length"), "71637120");
  assert.equal(head.headers.get("accept-ranges"), "bytes");
  const file = archive.simulation.survey.imageOfFile(key)!;
  const length = 71_637_120;
  for (
    const [range, from, size] of [
      ["bytes=2880-2959", 2880, 80],
      ["bytes=25920-42239", 25920, 16320],
      [`bytes=${length - 100}-`, length - 100, 100],
      ["bytes=-7", length - 7, 7],
      [`bytes=${length - 5}-${length + 5}`, length - 5, 5],
    ] as const
  ) {
    const ibe = await getBytes(url, { headers: { range } });
    const s3 = await getBytes(`${archive.urls.s3BaseUrl}/${key}`, { headers: { range } });
    assert.equal(ibe.response.status, 206);
    assert.equal(ibe.response.headers.get("content-range"), `bytes ${from}-${from + size - 1}/${length}`);
    assert.equal(ibe.bytes.byteLength, size);
    assert.deepEqual(ibe.bytes, s3.bytes);
    assert.equal(s3.response.headers.get("access-control-allow-origin"), "*");
  }
  const pixels = (await getBytes(url, { headers: { range: "bytes=25920-25923" } })).bytes;
  const { image } = archive.simulation.renderer(file).render({ x0: 0, y0: 0, width: 1, height: 1 });
  assert.equal(new DataView(pixels.buffer).getFloat32(0), image[0]);
  assert.equal((await getText(url, { headers: { range: `bytes=${length}-` } })).status, 416);
  const missing = await getText(`${archive.urls.s3BaseUrl}/qr2/level2/none.fits`);
  assert.equal(missing.status, 404);
  assert(missing.text.includes("<Code>NoSuchKey</Code>"));
});

Deno.test("startStandInArchive() lists directories as IBE does and keys as S3 does", async () => {
  await using archive = await start();
  const ibe = async (path: string) =>
    (await getText(`${archive.urls.ibeListingUrl}/${path}`)).text.trim().split("\n").map((line) =>
      JSON.parse(line)
    );
  assert.deepEqual((await ibe("qr2/spectral_wcs")).map(({ name, size }) => [name, size]), [
    ["cal-wcs-v3-2025-161", "-"],
    ["cal-wcs-v4-2025-254", "-"],
  ]);
  const [file] = await ibe("qr3/epsf/cal-epsf-v2-2026-191/3");
  assert.equal(file.name, "epsf_D3_spx_cal-epsf-v2-2026-191.fits");
  const { bytes } = await getBytes(`${archive.urls.ibeBaseUrl}/qr3/epsf/cal-epsf-v2-2026-191/3/${file.name}`);
  assert.equal(bytes.byteLength, file.size);
  assert.equal((await getText(`${archive.urls.ibeListingUrl}/qr9`)).status, 404);

  const s3 = async (query: string) => (await getText(`${archive.urls.s3BaseUrl}/?list-type=2&${query}`)).text;
  const prefixes = [...(await s3("prefix=qr3/&delimiter=/")).matchAll(/<CommonPrefixes><Prefix>(.*?)</g)].map(
    (m) => m[1],
  );
  assert.deepEqual(
    prefixes,
    ["epsf", "l3_flux_corrections", "level2", "solid_angle_pixel_map", "spectral_wcs"].map((name) =>
      `qr3/${name}/`
    ),
  );
  const whole = keysOf(await s3("prefix=qr3/epsf/"));
  assert.equal(whole.length, 6);
  const paged: string[] = [];
  for (let token = "";;) {
    const page = await s3(
      `prefix=qr3/epsf/&max-keys=4${token === "" ? "" : `&continuation-token=${encodeURIComponent(token)}`}`,
    );
    paged.push(...keysOf(page));
    const next = /<NextContinuationToken>(.*?)</.exec(page)?.[1];
    assert.equal(/<IsTruncated>(.*?)</.exec(page)![1], String(next !== undefined));
    if (next === undefined) break;
    token = next;
  }
  assert.deepEqual(paged, whole);
  const period = archive.simulation.survey.visits[0]!;
  const files = await s3(
    `prefix=qr2/level2/${period.planningPeriod}/${period.processingVersion}/5/&max-keys=3`,
  );
  assert.equal(keysOf(files).length, 3);
  assert(files.includes("<Size>71637120</Size>"));
});

function keysOf(page: string): string[] {
  return [...page.matchAll(/<Key>(.*?)<\/Key>/g)].map((match) => match[1]!);
}

Deno.test("startStandInArchive() answers the positional query of TAP and a DataLink query", async () => {
  await using archive = await start();
  const adql =
    "SELECT 'https://irsa/' || a.uri || '?size=1' AS uri, p.time_bounds_lower FROM spherex.artifact a " +
    "JOIN spherex.plane p ON a.planeid = p.planeid WHERE 1 = CONTAINS(POINT('ICRS', 68.0516625, -5.3776417), p.poly) " +
    "AND p.energy_bandpassname = 'SPHEREx-D2' ORDER BY p.time_bounds_lower";
  const query = new URLSearchParams({ REQUEST: "doQuery", LANG: "ADQL", FORMAT: "csv", QUERY: adql });
  const { text } = await getText(`${archive.urls.tapUrl}/sync`, { method: "POST", body: query });
  const [header, ...lines] = text.trim().split("\n");
  assert.equal(header, "uri,time_bounds_lower");
  const expected = (await accessUrls(archive, 2)).map((url) => `https://irsa${new URL(url).pathname}?size=1`);
  assert.deepEqual(lines.map((line) => line.split(",")[0]), expected);
  assert.equal((await getText(`${archive.urls.tapUrl}/sync?QUERY=SELECT+1`)).status, 400);

  const row = archive.truth("TDE, one")[0]!;
  const id = `ivo://irsa.ipac/spherex_qr2?${row.observationId}/D${row.detector}`;
  const link = parseVotable((await getText(`${archive.urls.datalinkUrl}?ID=${encodeURIComponent(id)}`)).text);
  const semantics = link.resources[0]!.tables[0]!.rows.map((cells) => cells[4]);
  assert.deepEqual(semantics, ["#this", "#cutout", "#this", "#calibration", "#calibration", "#calibration"]);
});

Deno.test("startStandInArchive() makes a target for a position that nobody told it of", async () => {
  await using archive = await start();
  await getText(siaUrl(archive, { POS: "circle 200.5 41.25 0.000278" }));
  const [made] = archive.targets.filter(({ name }) => name !== TARGET.name);
  assert.equal(made!.rightAscensionDeg, 200.5);
  await using other = await startStandInArchive({ seed: 7, visitsPerDetector: 8 });
  await getText(siaUrl(other, { POS: "circle 200.5 41.25 0.000278" }));
  const place = { rightAscensionDeg: 200.5, declinationDeg: 41.25 };
  assert.equal(truthCsv(other.truth(place)), truthCsv(archive.truth(place)));
  await using closed = await startStandInArchive({ targetsOnRequest: false, visitsPerDetector: 8 });
  await getText(siaUrl(closed, { POS: "circle 200.5 41.25 0.000278" }));
  assert.equal(closed.targets.length, 0);
  assert.throws(() => closed.truth(place), RangeError);
});

Deno.test("startStandInArchive() counts requests and bytes of each service", async () => {
  await using archive = await start();
  const [url] = await accessUrls(archive, 1);
  archive.resetCounts();
  const { bytes } = await getBytes(`${url}?center=${CENTER}&size=0.01`);
  await getBytes(url!, { headers: { range: "bytes=0-99" } });
  await (await fetch(url!, { method: "HEAD" })).body?.cancel();
  const counts = archive.counts();
  assert.deepEqual(counts.cutout, { requests: 1, faults: 0, bodyBytes: bytes.byteLength });
  assert.deepEqual(counts.ibe, { requests: 2, faults: 0, bodyBytes: 100 });
  assert.deepEqual(archive.requests.map(({ method, status, range }) => [method, status, range]), [
    ["GET", 200, undefined],
    ["GET", 206, "bytes=0-99"],
    ["HEAD", 200, undefined],
  ]);
});

Deno.test("truthCsv() quotes names and writes a line for each image", async () => {
  await using archive = await start();
  const rows = archive.truth("TDE, one");
  const lines = truthCsv(rows).trim().split("\n");
  assert.equal(lines.length, rows.length + 1);
  assert(lines[0]!.startsWith("name,ra_deg,dec_deg,observation_id,detector,release,file_name,mjd_avg"));
  assert(lines[1]!.startsWith(`"TDE, one",68.0516625,-5.3776417,${rows[0]!.observationId},`));
  assert.throws(() => archive.truth("nobody"), RangeError);
});

Deno.test("startStandInArchive() refuses options that make no sense", () => {
  assert.throws(() => startStandInArchive({ visitsPerDetector: 0 }), RangeError);
  assert.throws(() => startStandInArchive({ qr3Fraction: 1.5 }), RangeError);
});

Deno.test("the stand-in archive tells the truth of a place to whoever asks", async () => {
  await using archive = await startStandInArchive({ seed: 5, visitsPerDetector: 2 });
  const place = { rightAscensionDeg: 40.5, declinationDeg: 12.25 };
  await (await fetch(`${archive.urls.siaEndpoint}?POS=circle+40.5+12.25+0.0003&RESPONSEFORMAT=CSV`)).text();
  const told = await (await fetch(`${archive.urls.truthUrl}?ra=40.5&dec=12.25`)).text();
  assert.equal(told, truthCsv(archive.truth(place)));
  const wrong = await fetch(`${archive.urls.truthUrl}?ra=400&dec=0`);
  assert.equal(wrong.status, 400);
  await wrong.text();
  const nothing = await fetch(`${archive.urls.truthUrl}?ra=200&dec=-40`);
  assert.equal(nothing.status, 404);
  await nothing.text();
});

Deno.test("startStandInArchive() says that a port is taken", async () => {
  await using archive = await startStandInArchive();
  const port = Number(new URL(archive.urls.origin).port);
  assert.throws(() => startStandInArchive({ port }), (error) => isTaggedError(error, "usage/port-in-use"));
});
