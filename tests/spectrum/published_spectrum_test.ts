import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { type BinnedSpectrum, binSpectrum } from "../../lib/spectrum/bin_spectrum.ts";
import { SPECTRAL_CHANNELS } from "../../lib/spherex/channels.ts";

// A spectrum published by another pipeline, as single exposures and on the 102 channels. That pipeline puts a flux into
// the channel with the nearest centre, whichever detector took it, and leaves out one outlier at the edge of a detector.

function table(name: string): Record<string, string>[] {
  const text = Deno.readTextFileSync(new URL(`../fixtures/spectra/${name}`, import.meta.url));
  return parse(text, { columns: true });
}

const PUBLISHED = table("simp_j0136_binned.csv");
const EXPOSURES = table("simp_j0136_unbinned_columns.csv");

function numberOf(text: string): number {
  return text === "" ? NaN : Number(text);
}

function binned(byDetector: boolean, clipSigma?: number): BinnedSpectrum {
  const channels = SPECTRAL_CHANNELS.map(({ wavelengthMicron, widthMicron, detector }) => ({
    centerMicron: wavelengthMicron,
    widthMicron,
    ...(byDetector ? { detector } : {}),
  }));
  const points = EXPOSURES.map((row) => ({
    wavelengthMicron: numberOf(row["psf_un_wv_um"]!),
    fluxMicroJy: numberOf(row["psf_un_flux_uJy"]!),
    fluxErrorMicroJy: numberOf(row["psf_un_flux_uJy_err"]!),
    mjd: numberOf(row["mjd_avg"]!),
    ...(byDetector ? { detector: numberOf(row["detector_id"]!) } : {}),
  }));
  return binSpectrum(points, channels, { clipSigma });
}

/** Numbers of the channels in which a spectrum is not the published one. */
function differing({ channels }: BinnedSpectrum): number[] {
  return channels.flatMap((channel, index) => {
    const published = PUBLISHED[index]!;
    const isSame = channel.count === Number(published["n_points"]) &&
      Math.abs(channel.fluxMicroJy / Number(published["flux_ujy_weighted_mean"]) - 1) < 1e-12 &&
      Math.abs(channel.fluxErrorMicroJy / Number(published["flux_ujy_weighted_sem"]) - 1) < 1e-12;
    return isSame ? [] : [index + 1];
  });
}

Deno.test("binSpectrum() without regard to detectors and without outliers is the published spectrum in all 102 channels", () => {
  const spectrum = binned(false, 5);
  assert.equal(spectrum.channels.length, PUBLISHED.length);
  assert.deepEqual(differing(spectrum), []);
  // The one flux at which no fit was possible.
  assert.equal(spectrum.unassignedCount, 1);
});

Deno.test("binSpectrum() with outliers differs from the published spectrum in the channel of the one that was left out", () => {
  assert.deepEqual(differing(binned(false)), [86]);
  const clipped = binned(false, 5).channels.map((channel) => channel.rejectedCount);
  assert.deepEqual(clipped.flatMap((count, index) => count > 0 ? [[index + 1, count]] : []), [[86, 1]]);
});

Deno.test("binSpectrum() by detector differs from the published spectrum where bands overlap, and nowhere else", () => {
  assert.deepEqual(differing(binned(true, 5)), [17, 18, 34, 35, 68, 69, 85, 86]);
});

Deno.test("binSpectrum() gives the time span of each channel", () => {
  const { firstMjd, lastMjd } = binned(false).channels[0]!;
  assert.deepEqual([firstMjd, lastMjd], [60887.62484068, 61049.83396899]);
});
