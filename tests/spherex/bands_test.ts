import assert from "node:assert/strict";
import { bandOfDetector, BANDS, detectorOfBandpass, isDetectorNumber } from "../../lib/spherex/bands.ts";
import { nearestChannel, SPECTRAL_CHANNELS } from "../../lib/spherex/channels.ts";

const binsCsv = await Deno.readTextFile(new URL("../fixtures/spherex/spherex_bins.csv", import.meta.url));

Deno.test("SPECTRAL_CHANNELS are the 102 channels of the published list", () => {
  const published = binsCsv.trim().split("\n").slice(1).map((line) => line.split(",").map(Number));
  assert.equal(published.length, 102);
  assert.deepEqual(
    SPECTRAL_CHANNELS.map((
      { channel, wavelengthMicron, widthMicron },
    ) => [channel, wavelengthMicron, widthMicron]),
    published,
  );
  assert.deepEqual(
    SPECTRAL_CHANNELS.filter(({ detector }) => detector === 4).map(({ channel }) => channel),
    [
      ...Array(17).keys(),
    ].map((index) => 52 + index),
  );
});

Deno.test("nearestChannel() finds the channel in the detector's own band", () => {
  assert.equal(nearestChannel(1, 0.8001)?.channel, 4);
  assert.equal(nearestChannel(1, 1.0955)?.channel, 17);
  assert.equal(nearestChannel(2, 1.0955)?.channel, 18);
  assert.equal(nearestChannel(1, 1.2), undefined);
  assert.equal(nearestChannel(1, NaN), undefined);
});

Deno.test("bands name their detectors, their partners and follow one another in wavelength", () => {
  for (const [index, band] of BANDS.entries()) {
    assert.equal(band.detector, index + 1);
    assert.equal(bandOfDetector(band.partner).partner, band.detector);
    assert.equal(detectorOfBandpass(band.bandpassName), band.detector);
    const next = BANDS[index + 1];
    if (next !== undefined) assert(band.wavelengthMaxMicron < next.wavelengthMinMicron);
  }
  assert.equal(detectorOfBandpass("SPHEREx_D2"), 2);
  assert.equal(detectorOfBandpass("SPHEREx-D7"), undefined);
  assert.throws(() => bandOfDetector(0), RangeError);
  assert(!isDetectorNumber(2.5) && !isDetectorNumber("2") && isDetectorNumber(6));
});
