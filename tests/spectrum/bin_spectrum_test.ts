import assert from "node:assert/strict";
import { SeededRandom } from "../../lib/core/random.ts";
import { binSpectrum, channelOf, type SpectralChannel } from "../../lib/spectrum/bin_spectrum.ts";

const CHANNELS: readonly SpectralChannel[] = [
  { centerMicron: 1.0, widthMicron: 0.02, detector: 1 },
  { centerMicron: 1.02, widthMicron: 0.02, detector: 1 },
  { centerMicron: 1.02, widthMicron: 0.03, detector: 2 },
];

Deno.test("channelOf() picks the nearest channel of the same detector", () => {
  assert.equal(channelOf(1.004, CHANNELS, 1), 0);
  assert.equal(channelOf(1.0149, CHANNELS, 1), 1);
  assert.equal(channelOf(1.0149, CHANNELS, 2), 2);
});

Deno.test("channelOf() leaves a wavelength far from all channels unassigned", () => {
  assert.equal(channelOf(1.04, CHANNELS, 1), -1);
  assert.equal(channelOf(NaN, CHANNELS, 1), -1);
});

Deno.test("binSpectrum() weighs fluxes by their inverse variance, the negative ones included", () => {
  const { channels, unassignedCount } = binSpectrum([
    { wavelengthMicron: 1.001, fluxMicroJy: 10, fluxErrorMicroJy: 1, detector: 1 },
    { wavelengthMicron: 0.999, fluxMicroJy: -5, fluxErrorMicroJy: 2, detector: 1 },
    { wavelengthMicron: 1.0, fluxMicroJy: NaN, fluxErrorMicroJy: 2, detector: 1 },
    { wavelengthMicron: 3.0, fluxMicroJy: 1, fluxErrorMicroJy: 2, detector: 1 },
  ], CHANNELS);
  assert.equal(unassignedCount, 2);
  assert.equal(channels[0]!.count, 2);
  assert.ok(Math.abs(channels[0]!.fluxMicroJy - (10 - 5 / 4) / 1.25) < 1e-12);
  assert.ok(Math.abs(channels[0]!.fluxErrorMicroJy - 1 / Math.sqrt(1.25)) < 1e-12);
  assert.ok(Math.abs(channels[0]!.wavelengthMicron - (1.001 + 0.999 / 4) / 1.25) < 1e-12);
  assert.ok(Math.abs(channels[0]!.chiSquareReduced - 45) < 1e-9); // 15^2 / (1 + 4)
});

Deno.test("binSpectrum() gives NaN and a count of 0 for an empty channel", () => {
  const empty = binSpectrum([], CHANNELS).channels[1]!;
  assert.equal(empty.count, 0);
  assert.ok(Number.isNaN(empty.fluxMicroJy) && Number.isNaN(empty.fluxErrorMicroJy));
});

Deno.test("binSpectrum() recovers flux, scatter and chi-square of normal noise", () => {
  const random = new SeededRandom(11);
  const points = Array.from({ length: 5000 }, () => ({
    wavelengthMicron: 1.02,
    fluxMicroJy: 50 + 4 * random.normal(),
    fluxErrorMicroJy: 4,
    detector: 2,
  }));
  const bin = binSpectrum(points, CHANNELS).channels[2]!;
  assert.ok(Math.abs(bin.fluxMicroJy - 50) < 4 * bin.fluxErrorMicroJy);
  assert.ok(Math.abs(bin.scatterMicroJy - 4) < 0.15);
  assert.ok(Math.abs(bin.chiSquareReduced - 1) < 0.08);
});

Deno.test("binSpectrum() leaves outliers out only when asked, and never from fewer than three fluxes", () => {
  const fluxes = (...values: number[]) =>
    values.map((fluxMicroJy) => ({ wavelengthMicron: 1, fluxMicroJy, fluxErrorMicroJy: 1, detector: 1 }));
  const binned = (points: ReturnType<typeof fluxes>, clipSigma?: number) =>
    binSpectrum(points, CHANNELS, { clipSigma }).channels[0]!;
  const spoiled = fluxes(9, 10, 11, 500);
  assert.equal(binned(spoiled).count, 4);
  const clipped = binned(spoiled, 5);
  assert.deepEqual([clipped.count, clipped.rejectedCount, clipped.fluxMicroJy], [3, 1, 10]);
  assert.equal(binned(fluxes(10, 500), 5).rejectedCount, 0);
  // A source that varies by more than its errors is no outlier.
  assert.equal(binned(fluxes(10, 30, 50, 70, 90), 5).rejectedCount, 0);
  assert.throws(() => binned(spoiled, 0), RangeError);
});
