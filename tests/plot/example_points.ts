import { SeededRandom } from "../../lib/core/random.ts";
import { BAND_STYLES } from "../../lib/plot/palette.ts";
import type { PointStanding, SpectrumPoint } from "../../lib/plot/spectrum_point.ts";

/** A point at 2 micron with sensible numbers, changed as told. */
export function examplePoint(changes: Partial<SpectrumPoint> = {}): SpectrumPoint {
  return {
    wavelengthMicron: 2,
    bandwidthMicron: 0.05,
    fluxMicroJy: 120,
    fluxErrorMicroJy: 6,
    upperLimitMicroJy: 18,
    signalToNoise: 20,
    fitQuality: 0.8,
    detector: 3,
    standing: "science",
    ...changes,
  };
}

/** A seeded spectrum over the six bands: mostly science points, some limits, some rejected ones, one wild. */
export function exampleSpectrum(count: number, seed = 1): SpectrumPoint[] {
  const random = new SeededRandom(seed);
  const points = Array.from({ length: count }, (_, i) => {
    const band = BAND_STYLES[i % 6]!;
    const width = band.wavelengthMaxMicron - band.wavelengthMinMicron;
    const wavelengthMicron = band.wavelengthMinMicron + width * random.uniform();
    const error = 5 + 10 * random.uniform();
    const flux = 200 * Math.exp(-((wavelengthMicron - 1.2) ** 2) / 3) + error * random.normal();
    const isRejected = random.uniform() < 0.15;
    const standing: PointStanding = isRejected ? "rejected" : flux < 3 * error ? "upper_limit" : "science";
    return examplePoint({
      wavelengthMicron,
      bandwidthMicron: width / 17,
      fluxMicroJy: flux,
      fluxErrorMicroJy: error,
      upperLimitMicroJy: 3 * error,
      signalToNoise: flux / error,
      fitQuality: isRejected ? 3 + 2 * random.uniform() : 0.6 + 0.3 * random.uniform(),
      detector: band.detector,
      standing,
    });
  });
  if (points.length > 10) points[4] = { ...points[4]!, fluxMicroJy: 5e5, standing: "science" };
  return points.sort((a, b) => a.wavelengthMicron - b.wavelengthMicron);
}
