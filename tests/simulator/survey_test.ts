import assert from "node:assert/strict";
import fc from "fast-check";
import { SPECTRAL_CHANNELS } from "../../lib/spherex/channels.ts";
import { parseLevel2FileName } from "../../lib/spherex/file_names.ts";
import { spectralMap } from "../../lib/simulator/spectral_map.ts";
import { Survey } from "../../lib/simulator/survey.ts";

const survey = new Survey(5, 24, 6);
const positions = fc.tuple(
  fc.double({ min: 0, max: 359.999, noNaN: true }),
  fc.double({ min: -90, max: 90, noNaN: true }),
);

Deno.test("imagesCovering() finds images of every detector at any place of the sky", () => {
  fc.assert(
    fc.property(positions, ([ra, dec]) => {
      const images = survey.imagesCovering(ra, dec);
      for (let detector = 1; detector <= 6; detector++) {
        const count = images.filter(({ image }) => image.detector === detector).length;
        assert(count >= 16, `${count} images of D${detector} at ${ra}, ${dec}`);
      }
      assert(new Set(images.map(({ image }) => image.fileName)).size === images.length, "no image twice");
    }),
    { numRuns: 60 },
  );
});

Deno.test("imagesCovering() samples all channels of all detectors in the usual number of visits", () => {
  for (const [ra, dec] of [[68.0516625, -5.3776417], [127.2151458, 39.0817528], [310.4, -61.2]] as const) {
    const wavelengths = survey.imagesCovering(ra, dec).map(({ image, x, y }) =>
      [image.detector, spectralMap(image.detector, image.solution).wavelengthMicron(x, y)] as const
    );
    const missing = SPECTRAL_CHANNELS.filter(({ detector, wavelengthMicron, widthMicron }) =>
      !wavelengths.some(([d, w]) =>
        d === detector && Math.abs(w - wavelengthMicron) <= widthMicron / 2 + 0.001
      )
    );
    assert.deepEqual(missing.map(({ channel }) => channel), [], `at ${ra}, ${dec}`);
  }
});

Deno.test("imagesCovering() gives the pixel that the image's own coordinates lead back to the sky", () => {
  fc.assert(
    fc.property(positions, ([ra, dec]) => {
      for (const { image, x, y } of survey.imagesCovering(ra, dec).slice(0, 20)) {
        assert(x >= -0.5 && x < 2039.5 && y >= -0.5 && y < 2039.5);
        const sky = image.wcs.pixelToSky(x, y);
        const east = ((sky.rightAscensionDeg - ra + 540) % 360 - 180) * Math.cos(dec * Math.PI / 180);
        assert(Math.hypot(east, sky.declinationDeg - dec) < 1e-10, `${east} ${sky.declinationDeg - dec}`);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("imageOfFile() finds each image by the name that the survey gave it, and nothing else", () => {
  for (const { image } of survey.imagesCovering(210.8, 54.3)) {
    const name = parseLevel2FileName(image.fileName)!;
    assert.equal(name.observationId, image.exposure.observationId);
    assert.equal(name.detector, image.detector);
    const found = survey.imageOfFile(image.archiveKey)!;
    assert.equal(found.archiveKey, image.archiveKey);
    assert.deepEqual(found.wcs.center, image.wcs.center);
    assert.deepEqual(found.wcs.pc, image.wcs.pc);
  }
  const name = survey.imagesCovering(1, 1)[0]!.image.fileName;
  assert.equal(survey.imageOfFile(name.replace(/_\d{4}_/, "_9999_")), undefined);
  assert.equal(survey.imageOfFile(name.replace("l2b-v2", "l2b-v9")), undefined);
  assert.equal(survey.imageOfFile("spectral_wcs_D1_spx_cal-wcs-v4-2025-254.fits"), undefined);
});

Deno.test("fileNames() lists files that exist, each once", () => {
  const visit = survey.visits[3]!;
  const names = survey.fileNames(visit, 4);
  assert(names.length > 3000);
  assert.equal(new Set(names).size, names.length);
  for (const name of [names[0]!, names[1777]!, names.at(-1)!]) {
    assert.equal(survey.imageOfFile(name)!.fileName, name);
  }
});

Deno.test("Survey.visits has QR2 first and QR3 from its first day on, each visit in a planning period of its own", () => {
  const { visits } = survey;
  assert.equal(visits.filter(({ release }) => release === "QR3").length, 6);
  assert(visits.every(({ release, startMjd }) => (release === "QR3") === (startMjd > 61241)));
  assert(visits.every((visit, i) => i === 0 || visit.startMjd > visits[i - 1]!.startMjd));
  assert.equal(new Set(visits.map(({ planningPeriod }) => planningPeriod)).size, visits.length);
  assert(visits.some(({ pipelineVersion }) => pipelineVersion === "6.4"));
  assert(visits.some(({ pipelineVersion }) => pipelineVersion.endsWith("+psffix1")));
  const crowded = new Survey(5, 400, 100).visits;
  assert.equal(new Set(crowded.map(({ planningPeriod }) => planningPeriod)).size, 400);
});

Deno.test("Survey gives equal images for equal seeds, and others for another seed", () => {
  const centers = (seed: number) =>
    new Survey(seed, 4, 1).imagesCovering(40, 10).map(({ image }) =>
      `${image.fileName} ${image.wcs.center.declinationDeg}`
    );
  assert.deepEqual(centers(1), centers(1));
  assert.notDeepEqual(centers(1), centers(2));
});
