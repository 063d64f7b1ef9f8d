import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { withChecksum } from "../../lib/fits/checksum.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { encodeFits, imageHdu, primaryHdu } from "../../lib/fits/encode_fits.ts";
import { Header } from "../../lib/fits/header.ts";
import type {
  CutoutRequirements,
  CutoutStatus,
  ExpectedCutout,
} from "../../lib/spherex/cutout_validation.ts";
import { openLevel2 } from "../../lib/spherex/level2_file.ts";
import { validateCutout } from "../../lib/spherex/validate_cutout.ts";
import { cubeHdu, placedHeader, syntheticLevel2, type SyntheticOptions } from "./synthetic_level2.ts";

const cutouts = new URL("../fixtures/spherex-cutouts-ngc6888/", import.meta.url);
using placed = await openLevel2(memorySource(syntheticLevel2()));
/** A position in the synthetic cutout. */
const TARGET = placed.celestial.pixelToSky(5.3, 6.1);

async function validate(
  options: SyntheticOptions,
  expected: ExpectedCutout = {},
  requirements: CutoutRequirements = {},
): Promise<Awaited<ReturnType<typeof validateCutout>>> {
  return await validateCutout(memorySource(syntheticLevel2(options)), expected, requirements);
}

Deno.test("validateCutout() passes whole files of both releases, plain, RICE-compressed and packed", async () => {
  const files: SyntheticOptions[] = [
    { psf: "cube", version: "6.5.7" },
    { psf: "table", version: "7.0.5", isRice: true },
    { psf: "cube", version: "6.5.7", without: ["ZODI"] },
  ];
  for (const options of files) {
    const result = await validate(options);
    assert.deepEqual([result.status, result.warnings, result.errors], ["passed", [], []]);
    assert.equal(result.summary["release"], options.version === "7.0.5" ? "QR3" : "QR2");
  }
  assert.equal((await validateCutout(memorySource(gzipSync(syntheticLevel2())))).status, "passed");
});

Deno.test("validateCutout() summarises what is in the file", async () => {
  const { summary } = await validate({});
  assert.deepEqual(summary["image_shape"], [12, 12]);
  assert.deepEqual(summary["origin"], [1292, 863]);
  assert.deepEqual(summary["psf"], { kind: "oversampled", size: 21, oversampling: 10, zones: [4, 3] });
  assert.equal(summary["observation_id"], "2025W51_1A_0684_2");
  assert(Math.abs((summary["wavelength_um"] as number) - 2.0656) < 1e-3);
  JSON.stringify(summary);
});

Deno.test("validateCutout() names what is wrong, by status and reason", async () => {
  const cases: [CutoutStatus, RegExp, SyntheticOptions][] = [
    ["failed_missing_hdu", /HDU FLAGS, VARIANCE missing/, { without: ["FLAGS", "VARIANCE"] }],
    ["failed_missing_hdu", /HDU IMAGE missing/, { without: ["IMAGE"] }],
    ["failed_missing_hdu", /WCS-WAVE/, { without: ["WCS-WAVE"] }],
    ["failed_psf_hdu", /neither PSF nor EPSF/, { psf: "none" }],
    ["failed_psf_hdu", /no|20 x 20/, {
      replace: { PSF: imageHdu("PSF", new Float32Array(4800), [20, 20, 12]) },
    }],
    ["failed_psf_hdu", /sums to 0/, { replace: { PSF: cubeHdu("PSF", false, 0) } }],
    ["failed_invalid_fits", /VARIANCE is 3 x 4, IMAGE is 12 x 12/, {
      replace: { VARIANCE: imageHdu("VARIANCE", new Float32Array(12), [3, 4]) },
    }],
    ["failed_invalid_fits", /FLAGS has BITPIX -32/, {
      replace: { FLAGS: imageHdu("FLAGS", new Float32Array(144), [12, 12]) },
    }],
    ["failed_invalid_fits", /IMAGE occurs more than once/, {
      replace: { ZODI: imageHdu("IMAGE", new Float32Array(144), [12, 12]) },
    }],
    ["failed_invalid_fits", /DETECTOR/, { changeHeader: (header) => header.set("DETECTOR", 9) }],
    ["failed_invalid_wcs", /CRVAL1/, { changeHeader: (header) => header.remove("CRVAL1") }],
    ["failed_invalid_wcs", /invert|determinant/, {
      changeHeader: (header) => ["PC1_1", "PC1_2", "PC2_1", "PC2_2"].forEach((name) => header.set(name, 0)),
    }],
    ["failed_invalid_wcs", /CRPIX1/, { changeHeader: (header) => header.set("CRPIX1", "NaN") }],
    ["failed_invalid_spectral_wcs", /NaN micron/, { changeHeader: (header) => header.set("CRPIX1W", 90000) }],
    ["failed_invalid_spectral_wcs", /CTYPE1W/, { changeHeader: (header) => header.remove("CTYPE1W") }],
  ];
  for (const [status, reason, options] of cases) {
    const result = await validate(options);
    assert.equal(result.status, status, `${reason}: ${result.reason}`);
    assert.match(result.reason ?? "", reason);
  }
});

Deno.test("validateCutout() asks for what the caller requires, no more", async () => {
  assert.equal((await validate({ psf: "none" }, {}, { psf: false })).status, "passed");
  const lax = await validate({ without: ["WCS-WAVE"], psf: "none" }, {}, { hdus: ["IMAGE"], psf: false });
  assert.equal(lax.status, "passed_with_warnings");
  const noSpectral: SyntheticOptions = { changeHeader: (header) => header.remove("CTYPE1W") };
  assert.equal((await validate(noSpectral, {}, { spectralWcs: false })).status, "passed_with_warnings");
});

Deno.test("validateCutout() checks the exposure, the target and the size", async () => {
  assert.equal(
    (await validate({}, { ...TARGET, detector: 3, observationId: "2025W51_1A_0684_2" })).status,
    "passed",
  );
  assert.equal((await validate({}, { detector: 4 })).status, "failed_wrong_object");
  assert.equal((await validate({}, { observationId: "2025W51_1A_0684_3" })).status, "failed_wrong_object");
  const outside = await validate({}, { ...TARGET, declinationDeg: 41.4 });
  assert.equal(outside.status, "failed_target_outside");
  const clipped = await validate({}, { ...TARGET, sizeArcsec: 180 });
  assert.equal(clipped.status, "passed_with_warnings");
  assert.match(clipped.warnings[0]!, /12 pixels wide, about 29 were asked for, clipped/);
  assert.deepEqual((await validate({}, { ...TARGET, sizeArcsec: 72 })).warnings, []);
});

Deno.test("validateCutout() refuses pixel values that no image can have, and takes NaN, zero and negative ones", async () => {
  const withValues = (name: string, values: readonly number[]): SyntheticOptions => {
    const data = name === "FLAGS" ? new Int32Array(144) : new Float32Array(144).fill(0.3);
    data.set(values, 50);
    const header = name === "IMAGE" ? placedHeader({}) : undefined;
    return { replace: { [name]: imageHdu(name, data, [12, 12], header) } };
  };
  const cases: [string, readonly number[], RegExp][] = [
    ["IMAGE", [1.5e16], /IMAGE has the value 1\d+ MJy\/sr/],
    ["IMAGE", [-3e-33], /IMAGE has the value -3/],
    ["VARIANCE", [4e30], /VARIANCE has the value/],
    ["FLAGS", [0x5a5a5a5a], /FLAGS has the word 1515870810/],
    ["FLAGS", [-1], /FLAGS has the word 4294967295/],
  ];
  for (const [name, values, reason] of cases) {
    const found = await validate(withValues(name, values));
    assert.equal(found.status, "failed_pixel_values", `${name} ${values}`);
    assert.match(found.reason!, reason);
  }
  for (const [name, values] of [["IMAGE", [NaN, 0, -4.5, 9e5]], ["FLAGS", [2 ** 30 - 1]]] as const) {
    const found = await validate(withValues(name, values));
    assert.equal(found.status, "passed", found.reason);
  }
});

Deno.test("validateCutout() warns of the PSF erratum, unknown flag bits and a missing place on the detector", async () => {
  const old = await validate({ psf: "cube-erratum", version: "6.5.4" });
  assert.equal(old.status, "passed_with_warnings");
  assert.match(old.warnings.join(), /pairs zones wrongly/);
  const flags = imageHdu("FLAGS", new Int32Array(144), [12, 12], Header.of([["MP_HOT", 3]]));
  assert.match((await validate({ replace: { FLAGS: flags } })).warnings.join(), /names bit 3 HOT/);
  const lost = await validate({ changeHeader: (header) => header.remove("CRPIX1A") });
  assert.match(lost.warnings.join(), /CRPIX1A is missing/);
});

Deno.test("validateCutout() recognises every truncation of a file", async () => {
  const bytes = syntheticLevel2();
  for (let length = 0; length < bytes.length - 2880; length += 1999) {
    const result = await validateCutout(memorySource(bytes.subarray(0, length)));
    assert(result.status.startsWith("failed_"), `${length} of ${bytes.length} bytes: ${result.status}`);
  }
  const cut = await validateCutout(memorySource(bytes.subarray(0, 80_000)));
  assert.match(cut.reason!, /truncated|missing|ends/);
});

Deno.test("validateCutout() says what answers of services are that are no FITS", async () => {
  const cases: [string, RegExp][] = [
    ["", /^The file is empty$/],
    [
      "<HTML><HEAD><TITLE>503</TITLE></HEAD><BODY>Service\n Unavailable</BODY></HTML>",
      /web page: "503 Service Unavailable"/,
    ],
    ["<!DOCTYPE html><p>no", /web page: "no"/],
    [
      '<?xml version="1.0"?><VOTABLE><INFO name="QUERY_STATUS" value="ERROR">UsageFault: bad</INFO></VOTABLE>',
      /XML answer: "UsageFault: bad"/,
    ],
    [
      "<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>",
      /"Reduce your rate"/,
    ],
    ['{"error": "gone"}', /JSON answer/],
    ["cutout does not overlap", /text: "cutout does not overlap"/],
    ["\x89PNG\r\n\x1a\n\0\0", /not FITS: it starts with the bytes/],
  ];
  for (const [text, reason] of cases) {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const result = await validateCutout(memorySource(bytes));
    assert.equal(result.status, "failed_invalid_fits");
    assert.match(result.reason!, reason);
  }
});

Deno.test("validateCutout() finds data that do not agree with DATASUM", async () => {
  const zodi = imageHdu("ZODI", new Float32Array(144).fill(0.25), [12, 12]);
  const summed = { ...zodi, header: withChecksum(zodi.header, zodi.data as Uint8Array) };
  assert.equal((await validate({ replace: { ZODI: summed } })).status, "passed");
  const wrong = { ...zodi, header: summed.header.clone().set("DATASUM", "12345") };
  const result = await validate({ replace: { ZODI: wrong } });
  assert.equal(result.status, "failed_invalid_fits");
  assert.match(result.reason!, /ZODI do not agree with DATASUM/);
  assert.equal((await validate({ replace: { ZODI: wrong } }, {}, { checksums: false })).status, "passed");
});

Deno.test("validateCutout() says of a real QR1 cutout which planes it lacks", async () => {
  const name = "NGC6888_cutout_level2_2025W18_2B_0201_3D4_spx_l2b-v12-2025-164.fits";
  const result = await validateCutout(memorySource(await Deno.readFile(new URL(name, cutouts))));
  assert.equal(result.status, "failed_missing_hdu");
  assert.equal(result.reason, "HDU FLAGS, VARIANCE missing: the file has PRIMARY, IMAGE, WCS-WAVE");
});

Deno.test("validateCutout() refuses a FITS file of something else", async () => {
  const file = encodeFits([primaryHdu(), imageHdu("IMAGE", new Float32Array(24), [2, 3, 4])]);
  const result = await validateCutout(memorySource(file), {}, { hdus: ["IMAGE"], psf: false });
  assert.equal(result.status, "failed_invalid_fits");
  assert.match(result.reason!, /2 x 3 x 4/);
});
