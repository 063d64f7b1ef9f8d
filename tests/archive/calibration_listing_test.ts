import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import {
  fillCalibrationTemplate,
  localPathOf,
  needsListing,
} from "../../lib/archive/calibration_template.ts";
import { listIbe, parseIbeListing } from "../../lib/archive/ibe_listing.ts";
import { listS3, parseS3Page } from "../../lib/archive/s3_listing.ts";
import { createHttpClient } from "../../lib/net/http_client.ts";
import { serveHttp } from "../net/test_server.ts";
import { collect } from "./download_fixture.ts";

const PAGE = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>nasa-irsa-spherex</Name>
<Prefix>qr2/spectral_wcs/</Prefix><NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>
<KeyCount>2</KeyCount><MaxKeys>2</MaxKeys><Delimiter>/</Delimiter><IsTruncated>true</IsTruncated>
<Contents><Key>qr2/spectral_wcs/a &amp; b.fits</Key><LastModified>2025-09-12T00:00:00.000Z</LastModified>
<ETag>&quot;x-4&quot;</ETag><Size>33298560</Size><StorageClass>STANDARD</StorageClass></Contents>
<Contents><Key>qr2/spectral_wcs/index.html</Key><Size>12</Size></Contents>
<CommonPrefixes><Prefix>qr2/spectral_wcs/cal-wcs-v4-2025-254/</Prefix></CommonPrefixes></ListBucketResult>`;

Deno.test("parseS3Page() reads keys, sizes, prefixes and the token of the next page", () => {
  assert.deepEqual(parseS3Page(PAGE), {
    objects: [
      { key: "qr2/spectral_wcs/a & b.fits", bytes: 33298560 },
      { key: "qr2/spectral_wcs/index.html", bytes: 12 },
    ],
    commonPrefixes: ["qr2/spectral_wcs/cal-wcs-v4-2025-254/"],
    continuationToken: "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=",
  });
});

Deno.test("parseS3Page() refuses errors of the store and anything else", () => {
  const texts = [
    "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
    "<html><body>index</body></html>",
    "<ListBucketResult><Contents>",
    "not xml at all",
  ];
  for (const text of texts) {
    assert.throws(() => parseS3Page(text), (error) => isTaggedError(error, "archive/bad-listing"), text);
  }
  assert.throws(() => parseS3Page(texts[0]!), /AccessDenied: Access Denied/);
});

Deno.test("listS3() follows the continuation over all pages", async () => {
  await using server = serveHttp((request) => {
    const token = new URL(request.url).searchParams.get("continuation-token");
    const last = token !== null;
    return new Response(
      `<ListBucketResult><IsTruncated>${!last}</IsTruncated><Contents><Key>k${
        last ? 2 : 1
      }</Key><Size>1</Size></Contents>` +
        `${last ? "" : "<NextContinuationToken>a+b/c=</NextContinuationToken>"}</ListBucketResult>`,
    );
  });
  const client = createHttpClient();
  const objects = await collect(listS3(client, `${server.url}/`, "qr2/x y/"));
  assert.deepEqual(objects.map((object) => object.key), ["k1", "k2"]);
  assert.deepEqual(server.requests, [
    "/?list-type=2&prefix=qr2%2Fx+y%2F",
    "/?list-type=2&prefix=qr2%2Fx+y%2F&continuation-token=a%2Bb%2Fc%3D",
  ]);
  client.close();
});

Deno.test("parseIbeListing() reads directories and files", () => {
  const text = '{"name":"cal-wcs-v4-2025-254/","last_modified":"2025-09-12 01:02:03","size":"-"}\r\n' +
    '{"name":"a.fits","last_modified":"2025-09-12","size":"33298560"}\n\n{"name":"b.fits","size":5}\n';
  assert.deepEqual(parseIbeListing(text), [
    { name: "cal-wcs-v4-2025-254", bytes: null, lastModified: "2025-09-12 01:02:03" },
    { name: "a.fits", bytes: 33298560, lastModified: "2025-09-12" },
    { name: "b.fits", bytes: 5, lastModified: null },
  ]);
  assert.throws(() => parseIbeListing("<html>"), (error) => isTaggedError(error, "archive/bad-listing"));
  assert.throws(() => parseIbeListing('{"size":1}'), (error) => isTaggedError(error, "archive/bad-listing"));
});

Deno.test("listIbe() finds nothing in a directory that is not there", async () => {
  await using server = serveHttp(() => new Response("not found", { status: 404 }));
  const client = createHttpClient();
  assert.deepEqual(await listIbe(client, `${server.url}/list/none`), []);
  client.close();
});

Deno.test("fillCalibrationTemplate() fills all placeholders and refuses others", () => {
  const template = "https://h.example/{release}/{release_lower}/{product}/{version}/{detector}/{filename}";
  const values = {
    release: "QR2",
    product: "spectral_wcs",
    detector: 3,
    version: "cal-wcs-v4-2025-254",
    filename: "f.fits",
  };
  assert.equal(
    fillCalibrationTemplate(template, values),
    "https://h.example/QR2/qr2/spectral_wcs/cal-wcs-v4-2025-254/3/f.fits",
  );
  assert.deepEqual([needsListing(template), needsListing("/data/{product}_D{detector}.fits")], [true, false]);
  assert.throws(() => fillCalibrationTemplate("{band}", values), TypeError);
  const { release, product, detector } = values;
  assert.throws(() => fillCalibrationTemplate("{version}", { release, product, detector }), TypeError);
});

Deno.test("localPathOf() tells files from web addresses", () => {
  assert.equal(localPathOf("file:///data/a%20b.fits"), "/data/a b.fits");
  assert.equal(localPathOf("maps/a.fits"), "maps/a.fits");
  assert.equal(localPathOf("https://h.example/a.fits"), undefined);
});
