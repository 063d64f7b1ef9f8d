import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { parseIrsaCsv } from "../../lib/archive/irsa_csv.ts";
import { parseSia2Answer, querySia2, type Sia2Query, sia2Url } from "../../lib/archive/sia2.ts";
import { createHttpClient } from "../../lib/net/http_client.ts";
import { FakeClock } from "../net/fake_clock.ts";
import { serveHttp } from "../net/test_server.ts";

function fixture(name: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL(`../fixtures/archive/${name}`, import.meta.url));
}

const QUERY: Sia2Query = {
  collections: ["spherex_qr2", "spherex_qr3"],
  rightAscensionDeg: 10.6847,
  declinationDeg: 41.269,
  radiusDeg: 1 / 3600,
  responseFormat: "csv",
};

Deno.test("sia2Url() asks for all collections, a circle, a window and a bound", () => {
  const url = sia2Url("https://irsa.example/SIA", { ...QUERY, timeMjd: [61000, 61003.5], maxRecords: 25000 });
  assert.equal(
    url,
    "https://irsa.example/SIA?COLLECTION=spherex_qr2&COLLECTION=spherex_qr3&POS=circle+10.6847+41.269+0.0002777778" +
      "&TIME=61000+61003.5&MAXREC=25000&RESPONSEFORMAT=CSV",
  );
  assert.throws(() => sia2Url("https://irsa.example/SIA", { ...QUERY, declinationDeg: 95 }), RangeError);
  assert.throws(() => sia2Url("https://irsa.example/SIA", { ...QUERY, radiusDeg: 0 }), RangeError);
});

Deno.test("parseSia2Answer() reads the archive's CSV with its JSON column", () => {
  const { rows, overflow, skipped } = parseSia2Answer(fixture("sia2_m31_irsa.csv"), 25000);
  assert.deepEqual([rows.length, overflow, skipped.length], [31, false, 0]);
  const [first] = rows;
  assert.deepEqual(
    [
      first!.observationId,
      first!.detector,
      first!.planningPeriod,
      first!.processingVersion,
      first!.processingDate,
    ],
    ["2025W51_1A_0684_2", 3, "2025W51_1A", "l2b-v21-2025-354", "2025-12-20"],
  );
  assert.deepEqual(
    [
      first!.collection,
      first!.tMinMjd,
      first!.tMaxMjd,
      first!.emMinM,
      first!.accessEstsizeKb,
      first!.bandpassName,
    ],
    ["spherex_qr2", 61027.214984, 61027.216317, 1.6301e-6, 71638, "SPHEREx-D3"],
  );
  assert.equal(first!.cloudKey, new URL(first!.accessUrl).pathname.replace("/ibe/data/spherex/", ""));
  assert(rows.every((row) => row.cloudBucket === "nasa-irsa-spherex" && row.cloudRegion === "us-east-1"));
  assert.deepEqual([...new Set(rows.map((row) => row.collection))].sort(), ["spherex_qr2", "spherex_qr3"]);
  assert.deepEqual([...new Set(rows.map((row) => row.detector))].sort(), [1, 2, 3, 4, 5, 6]);
  assert.equal(new Set(rows.map((row) => row.productSignature)).size, 31);
  assert.equal(parseSia2Answer(fixture("sia2_m31_irsa.csv"), 31).overflow, true);
});

Deno.test("parseSia2Answer() reads a CSV that a spreadsheet has saved", () => {
  const { rows } = parseSia2Answer(fixture("sia2_iris_d2_irsa.csv"), undefined);
  assert.equal(rows.length, 14);
  assert(rows.every((row) => row.detector === 2 && row.cloudBucket === "nasa-irsa-spherex"));
  assert(
    rows.every((row) => row.cloudKey === new URL(row.accessUrl).pathname.replace("/ibe/data/spherex/", "")),
  );
});

Deno.test("parseSia2Answer() gives the same products from a VOTable as from the CSV", () => {
  const { columns, rows } = parseIrsaCsv(new TextDecoder().decode(fixture("sia2_m31_irsa.csv")));
  const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const numbers = new Set([
    "s_ra",
    "s_dec",
    "em_min",
    "em_max",
    "t_min",
    "t_max",
    "t_exptime",
    "access_estsize",
  ]);
  // The service's own VOTables make up identifiers: only names count.
  const fields = columns.map((name, i) =>
    `<FIELD ID="col_${i}" name="${name}" ` +
    (numbers.has(name) ? 'datatype="double"/>' : 'datatype="char" arraysize="*"/>')
  );
  const body = rows.map((row) =>
    `<TR>${columns.map((_, i) => `<TD>${escape(row[i] ?? "")}</TD>`).join("")}</TR>`
  );
  const votable = `<?xml version="1.0"?><VOTABLE version="1.3"><RESOURCE type="results">
    <INFO name="QUERY_STATUS" value="OK"/><TABLE>${fields.join("")}<DATA><TABLEDATA>${
    body.join("")
  }</TABLEDATA></DATA>
    </TABLE><INFO name="QUERY_STATUS" value="OVERFLOW"/></RESOURCE></VOTABLE>`;
  const fromVotable = parseSia2Answer(new TextEncoder().encode(votable), undefined);
  const fromCsv = parseSia2Answer(fixture("sia2_m31_irsa.csv"), undefined);
  const plain = ({ raw: _raw, ...product }: (typeof fromCsv.rows)[number]) => product;
  assert.deepEqual(fromVotable.rows.map(plain), fromCsv.rows.map(plain));
  assert.deepEqual([fromVotable.overflow, fromCsv.overflow], [true, false]);
});

Deno.test("parseSia2Answer() leaves out what is no Level-2 image, and says why", () => {
  const csv = "access_url,obs_id\n" +
    "https://h.example/ibe/data/spherex/qr2/average_psf/average_psf_D1_spx_cal-psf-v5-2025-206.fits,a\n,b\n" +
    "https://h.example/ibe/data/spherex/qr2/level2/x/level2_2025W18_2B_0001_1D4_spx_l2b-v20-2025-247.fits,c\n";
  const { rows, skipped } = parseSia2Answer(new TextEncoder().encode(csv), undefined, "spherex_qr2");
  assert.deepEqual(rows.map((row) => [row.observationId, row.collection, row.tMinMjd]), [
    ["2025W18_2B_0001_1", "spherex_qr2", null],
  ]);
  assert.deepEqual(skipped, [
    "average_psf_D1_spx_cal-psf-v5-2025-206.fits is not the name of a Level-2 image",
    "Row b has no access_url",
  ]);
});

Deno.test("querySia2() tells refusals, pages in place of answers, and empty answers apart", async () => {
  const bodies: Record<string, [number, Uint8Array<ArrayBuffer>]> = {
    "/refused": [200, fixture("sia2_error_irsa.xml")],
    "/refused-400": [400, fixture("sia2_error_irsa.xml")],
    "/page": [200, fixture("dss_poss1_not_covered.html")],
    "/empty": [200, fixture("sia2_m31_irsa.csv").slice(0, fixture("sia2_m31_irsa.csv").indexOf(10) + 1)],
  };
  await using server = serveHttp((request) => {
    const [status, body] = bodies[new URL(request.url).pathname]!;
    return new Response(body, { status });
  });
  const client = createHttpClient({ clock: new FakeClock() });
  for (const path of ["/refused", "/refused-400"]) {
    await assert.rejects(querySia2(client, server.url + path, QUERY), (error) => {
      assert(isTaggedError(error, "discovery/query-refused"));
      assert.match(error.message, /dec value 95 lies outside valid interval/);
      return true;
    });
  }
  await assert.rejects(
    querySia2(client, `${server.url}/page`, QUERY),
    (error) => isTaggedError(error, "discovery/bad-answer"),
  );
  const empty = await querySia2(client, `${server.url}/empty`, QUERY);
  assert.deepEqual(empty, { rows: [], overflow: false, skipped: [] });
  client.close();
});

Deno.test("querySia2() waits for a busy service and stops when told", async () => {
  await using server = serveHttp((_request, index) =>
    index < 2
      ? new Response("busy", { status: 503, headers: { "retry-after": "30" } })
      : new Response(fixture("sia2_m31_irsa.csv"))
  );
  const clock = new FakeClock();
  const client = createHttpClient({ clock, random: () => 0 });
  assert.equal((await querySia2(client, server.url, QUERY)).rows.length, 31);
  assert.deepEqual(clock.sleeps, [30_000, 30_000]);
  const stop = AbortSignal.abort(new Error("stopped"));
  await assert.rejects(querySia2(client, server.url, QUERY, stop), /stopped/);
  client.close();
});

Deno.test("parseSia2Answer() reads 10,000 rows in less than a second", () => {
  const text = new TextDecoder().decode(fixture("sia2_m31_irsa.csv")).trimEnd();
  const [header, ...lines] = text.split("\n");
  const csv = new TextEncoder().encode(`${[header, ...Array(323).fill(lines).flat()].join("\n")}\n`);
  // The best of three, because the machine may be busy with other things.
  const times = Array.from({ length: 3 }, () => {
    const startMs = performance.now();
    assert.equal(parseSia2Answer(csv, undefined).rows.length, 31 * 323);
    return performance.now() - startMs;
  });
  assert(Math.min(...times) < 1000, `${times} ms`);
});
