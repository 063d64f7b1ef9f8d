import assert from "node:assert/strict";
import type { AccessName } from "../../lib/archive/access_route.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { openLevel2 } from "../../lib/spherex/level2_file.ts";
import { measuredContentSha256 } from "../../lib/spherex/measured_content.ts";
import { readCutoutOrigin } from "../../lib/spherex/cutout_origin.ts";
import { validateCutout } from "../../lib/spherex/validate_cutout.ts";
import { AccessFixture, hduNames, PLACE, type Place } from "./access_fixture.ts";

/** What must agree between a cutout of the service and one cut out of the parent. */
async function essence(bytes: Uint8Array) {
  using level2 = await openLevel2(memorySource(bytes));
  const { image, variance, flags } = await level2.readPlanes();
  const crpix = ["", "A", "W"].flatMap((system) =>
    [1, 2].map((axis) => level2.header.get(`CRPIX${axis}${system}`))
  );
  return {
    size: [level2.width, level2.height],
    crpix,
    image,
    variance,
    flags,
    flagsCrpix: (await level2.planeHdu("FLAGS"))!.header.get("CRPIX1"),
    version: level2.version,
    mjd: level2.mjdAverage,
    content: await measuredContentSha256(level2, { image, variance, flags }),
  };
}

Deno.test("all routes bring the same pixels, coordinates and content, in both releases, inside and at edges", async () => {
  await using fixture = await AccessFixture.open();
  const covering = [
    fixture.images(PLACE).find(({ image }) => image.exposure.visit.release === "QR2")!,
    fixture.images(PLACE).find(({ image }) => image.exposure.visit.release === "QR3")!,
  ];
  assert(covering.every((image) => image !== undefined));
  for (const images of covering) {
    const { image } = images;
    const at = (x: number, y: number, sizeArcsec: number): Place => ({
      ...image.wcs.pixelToSky(x, y),
      sizeArcsec,
    });
    const places = [PLACE, at(3.2, 2.6, 60), at(2037.4, 1000.1, 60), at(1203.5, 2039.2, 61.5)];
    for (const place of places) {
      // The sky of the stand-in archive gets a star where it is asked for one; its files are others then.
      fixture.forgetParents();
      const whole = await essence(await fixture.fetch("cutout", images, place));
      for (const name of ["truncated", "cloud"] as const) {
        assert.deepEqual(await essence(await fixture.fetch(name, images, place)), whole, name);
      }
    }
  }
});

Deno.test("a cutout that was cut short says what was left out, and passes", async () => {
  await using fixture = await AccessFixture.open();
  for (const covering of fixture.images(PLACE).slice(0, 1)) {
    const standIn = await fixture.standIn(covering);
    const expected: Record<AccessName, string[]> = {
      cutout: ["PRIMARY", "IMAGE", "FLAGS", "VARIANCE", "ZODI", "PSF", "WCS-WAVE"],
      truncated: ["PRIMARY", "IMAGE", "FLAGS", "VARIANCE", "ZODI", "WCS-WAVE"],
      cloud: ["PRIMARY", "IMAGE", "FLAGS", "VARIANCE", "WCS-WAVE"],
    };
    for (const name of ["cutout", "truncated", "cloud"] as const) {
      const bytes = await fixture.fetch(name, covering, PLACE);
      assert.deepEqual(await hduNames(bytes), expected[name]);
      const { status, warnings, summary } = await validateCutout(memorySource(bytes), PLACE);
      assert(status.startsWith("passed"), status);
      assert.deepEqual(warnings.filter((text) => !text.startsWith("PSF header of version")), []);
      assert.equal(summary["access"], name);
      using level2 = await openLevel2(memorySource(bytes));
      const origin = readCutoutOrigin(level2.primaryHeader);
      if (name === "cutout") continue;
      assert.equal(origin.psf?.fileSha256, standIn.file.fileSha256);
      assert(level2.primaryHeader.history().some((line) => line.includes(standIn.file.fileName)));
      const refused = await validateCutout(memorySource(bytes), PLACE, { hasPsfProduct: () => false });
      assert.equal(refused.status, "failed_psf_hdu");
    }
  }
});

Deno.test("the cloud route brings the zodiacal model of the cutout service when it is asked for", async () => {
  await using fixture = await AccessFixture.open();
  const zodiOf = async (bytes: Uint8Array) => {
    using level2 = await openLevel2(memorySource(bytes));
    return (await level2.readPlanes(level2.bounds, { zodi: true })).zodi;
  };
  for (const release of ["QR2", "QR3"]) {
    const covering = fixture.images(PLACE).find(({ image }) => image.exposure.visit.release === release)!;
    const whole = await zodiOf(await fixture.fetch("cutout", covering, PLACE));
    const cut = await fixture.fetch("cloud", covering, PLACE, true);
    assert.equal(whole!.length, 29 * 29);
    assert.deepEqual(await zodiOf(cut), whole);
    assert.deepEqual(await hduNames(cut), ["PRIMARY", "IMAGE", "FLAGS", "VARIANCE", "ZODI", "WCS-WAVE"]);
    using level2 = await openLevel2(memorySource(cut));
    assert(!readCutoutOrigin(level2.primaryHeader).leftOut.includes("ZODI"));
    fixture.forgetParents();
    assert.equal(await zodiOf(await fixture.fetch("cloud", covering, PLACE)), undefined);
  }
});

Deno.test("the truncated route closes the stream at once: on a paced line less than 400 kB leave the archive", async () => {
  await using fixture = await AccessFixture.open({ link: { bytesPerSecond: 4_000_000 } });
  const [covering] = fixture.images(PLACE);
  await fixture.standIn(covering!);
  fixture.archive.resetCounts();
  const before = fixture.client.stats().hosts[0]!.bytesReceived;
  for (let i = 0; i < 5; i++) await fixture.fetch("truncated", covering!, PLACE);
  const received = fixture.client.stats().hosts[0]!.bytesReceived - before;
  const { requests, bodyBytes } = fixture.archive.counts().cutout;
  assert.equal(requests, 5);
  assert(received / 5 <= 200_000 + 6000, `${received / 5} bytes of body read`);
  assert(bodyBytes / 5 <= 400_000, `${bodyBytes / 5} bytes sent`);
});

Deno.test("the truncated route takes the whole file when the PSF is not the product's", async () => {
  await using fixture = await AccessFixture.open();
  const covering = fixture.images(PLACE);
  const other = covering.find(({ image }) => image.exposure.visit.release === "QR3")!;
  const [first] = covering;
  const standIn = await fixture.standIn(other);
  const { truncatedRoute } = await import("../../lib/archive/truncated_route.ts");
  const partialPath = `${fixture.root}/whole.part`;
  const { signal } = new AbortController();
  const fetched = await truncatedRoute(fixture.url(first!, PLACE), standIn)
    .fetch({ client: fixture.client, partialPath, isRepeat: false, signal });
  assert.equal(fetched.access, "cutout");
  assert((await hduNames(await Deno.readFile(partialPath))).includes("PSF"));
});

Deno.test("the cloud route keeps to its bytes and requests, and cutouts of one parent share them", async () => {
  await using fixture = await AccessFixture.open();
  for (const release of ["QR2", "QR3"]) {
    const covering = fixture.images(PLACE).find(({ image }) => image.exposure.visit.release === release)!;
    await fixture.standIn(covering);
    for (const [sizeArcsec, budget] of [[180, 850_000], [60, 320_000]] as const) {
      fixture.forgetParents();
      fixture.archive.resetCounts();
      await fixture.fetch("cloud", covering, { ...PLACE, sizeArcsec });
      const { requests, bodyBytes } = fixture.archive.counts().s3;
      assert(requests <= 8, `${requests} requests for ${release}`);
      assert(bodyBytes <= budget, `${bodyBytes} bytes for ${release} at ${sizeArcsec} arcsec`);
    }
    fixture.forgetParents();
    fixture.archive.resetCounts();
    const near = { ...PLACE, rightAscensionDeg: PLACE.rightAscensionDeg + 0.004 };
    [PLACE, near].forEach((place, i) => fixture.join(covering, `${i}`, place));
    await Promise.all([PLACE, near].map((place) => fixture.fetch("cloud", covering, place)));
    const { requests, bodyBytes } = fixture.archive.counts().s3;
    assert(bodyBytes < 1.4 * 850_000, `${bodyBytes} bytes for two cutouts of one parent`);
    assert(requests <= 16, `${requests} requests for two cutouts of one parent`);
  }
});
