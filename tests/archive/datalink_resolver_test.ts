import assert from "node:assert/strict";
import { DatalinkResolver } from "../../lib/archive/datalink_resolver.ts";
import { cloudPlace, datasetLinks } from "../../lib/archive/dataset_links.ts";
import { querySia2, type Sia2Query } from "../../lib/archive/sia2.ts";
import { isTaggedError } from "../../lib/core/errors.ts";
import { createHttpClient } from "../../lib/net/http_client.ts";
import type { StandInArchiveOptions } from "../../lib/simulator/stand_in_options.ts";
import { type StandInArchive, startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import { parseVotable } from "../../lib/votable/votable_parser.ts";
import { FakeClock } from "../net/fake_clock.ts";

const OPTIONS: StandInArchiveOptions = { seed: 7, visitsPerDetector: 4 };
const QUERY: Sia2Query = {
  collections: ["spherex_qr2", "spherex_qr3"],
  rightAscensionDeg: 68.0516625,
  declinationDeg: -5.3776417,
  radiusDeg: 1 / 3600,
  responseFormat: "votable",
};

function fixture(name: string) {
  return parseVotable(Deno.readFileSync(new URL(`../fixtures/votable/${name}`, import.meta.url)));
}

async function withArchive(
  options: StandInArchiveOptions,
  work: (archive: StandInArchive, http: ReturnType<typeof createHttpClient>) => Promise<void>,
): Promise<void> {
  await using archive = await startStandInArchive({ ...OPTIONS, ...options });
  const http = createHttpClient({ clock: new FakeClock(), random: () => 0 });
  try {
    await work(archive, http);
  } finally {
    http.close();
  }
}

Deno.test("datasetLinks() reads where a real document leads, and why another leads nowhere", () => {
  const links = datasetLinks(fixture("casda_datalink.xml"));
  assert.equal(links.fileUrl, "https://casda.csiro.au/casda_data_access/data/sync?id=cube-244");
  assert.match(links.cutoutUrl ?? "", /^https:\/\/casda\.csiro\.au\//);
  assert.equal(links.cloud, null);
  assert.throws(() => datasetLinks(fixture("casda_datalink_noaccess.xml")), (error) => {
    assert(isTaggedError(error, "discovery/no-links"));
    assert.match(error.message, /names no file: \w/);
    return true;
  });
});

Deno.test("cloudPlace() reads all forms of an address in S3 and nothing else", () => {
  const place = { bucket: "nasa-irsa-spherex", key: "qr2/level2/a.fits" };
  assert.deepEqual(cloudPlace("s3://nasa-irsa-spherex/qr2/level2/a.fits"), { ...place, region: null });
  const hosted = "https://nasa-irsa-spherex.s3.us-east-1.amazonaws.com/qr2/level2/a.fits";
  assert.deepEqual(cloudPlace(hosted), { ...place, region: "us-east-1" });
  assert.deepEqual(cloudPlace(hosted.replace(".us-east-1", "")), { ...place, region: null });
  const pathed = "https://s3.us-east-1.amazonaws.com/nasa-irsa-spherex/qr2/level2/a.fits";
  assert.deepEqual(cloudPlace(pathed), { ...place, region: "us-east-1" });
  assert.equal(cloudPlace("https://irsa.ipac.caltech.edu/ibe/data/spherex/qr2/level2/a.fits"), null);
});

Deno.test("DatalinkResolver finds file, cutout service, cloud copy and calibration, and asks once", async () => {
  await withArchive({}, async (archive, http) => {
    const image = archive.simulation.survey.imagesCovering(68.05, -5.37)[0]!.image;
    const id = `ivo://irsa.ipac/spherex_qr2?${image.exposure.observationId}/D${image.detector}`;
    const url = `${archive.urls.datalinkUrl}?ID=${encodeURIComponent(id)}`;
    const resolver = new DatalinkResolver(http);
    const [links, same] = await Promise.all([resolver.resolve(url), resolver.resolve(url)]);
    assert.deepEqual(same, links);
    assert.equal(links.fileUrl, `${archive.urls.ibeBaseUrl}/${image.archiveKey}`);
    assert.equal(links.cutoutUrl, links.fileUrl);
    assert.deepEqual(links.cloud, { bucket: "nasa-irsa-spherex", key: image.archiveKey, region: null });
    assert(
      links.calibrationUrls.length >= 2 && links.calibrationUrls.every((one) => one.includes("/ibe/data/")),
    );
    await resolver.resolve(url);
    assert.equal(archive.counts().datalink.requests, 1);
  });
});

Deno.test("DatalinkResolver tells unknown images, pages and silence apart, and keeps none of them", async () => {
  const decide = ({ url }: { url: string }) =>
    url.includes("page")
      ? "html-with-200" as const
      : url.includes("busy")
      ? "status-503" as const
      : undefined;
  await withArchive({ faults: { decide } }, async (archive, http) => {
    const kept = new Map();
    const resolver = new DatalinkResolver(http, kept);
    const codes = [
      ["ID=unknown", "discovery/no-links"],
      ["ID=page", "discovery/bad-answer"],
      ["ID=busy", "net/status"],
    ] as const;
    for (const [query, code] of codes) {
      await assert.rejects(
        resolver.resolve(`${archive.urls.datalinkUrl}?${query}`),
        (error) => isTaggedError(error, code),
      );
    }
    assert.equal(kept.size, 0);
  });
});

Deno.test("querySia2() finds the same products where the archive's addresses lead to DataLink documents", async () => {
  await withArchive({}, async (files, http) => {
    const plain = await querySia2(http, files.urls.siaEndpoint, QUERY);
    await withArchive({ accessUrls: "datalink" }, async (archive, http) => {
      const linked = await querySia2(http, archive.urls.siaEndpoint, QUERY);
      assert.equal(archive.counts().datalink.requests, linked.rows.length);
      const essence = (
        { raw: _raw, accessUrl, cloudRegion: _region, ...rest }: (typeof plain.rows)[number],
      ) => ({
        ...rest,
        path: new URL(accessUrl).pathname,
      });
      assert.deepEqual(linked.rows.map(essence), plain.rows.map(essence));
      assert.deepEqual([linked.skipped, linked.overflow], [[], false]);
    });
  });
});
