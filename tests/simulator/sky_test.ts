import assert from "node:assert/strict";
import fc from "fast-check";
import { angularSeparationDeg } from "../../lib/math/sphere.ts";
import { Sky } from "../../lib/simulator/sky.ts";
import { bandFluxMicroJy, drawTargetSpectrum } from "../../lib/simulator/spectra.ts";

const TARGET = { name: "one", rightAscensionDeg: 120.5, declinationDeg: 33.25 } as const;

Deno.test("Sky.sourcesNear() gives the same sources in the same order from overlapping circles", () => {
  const sky = new Sky(4, [TARGET], 3000);
  const near = (ra: number, dec: number, radius: number) =>
    new Sky(4, [TARGET], 3000).sourcesNear(ra, dec, radius);
  const inner = sky.sourcesNear(120.5, 33.25, 0.02);
  const outer = near(120.51, 33.24, 0.2);
  const keys = (sources: typeof inner) => sources.map(({ rightAscensionDeg }) => rightAscensionDeg);
  const common = new Set(keys(inner));
  assert(inner.length > 3);
  assert.deepEqual(keys(outer).filter((key) => common.has(key)), keys(inner));
});

Deno.test("Sky.sourcesNear() has the asked-for number of stars on the sky, everywhere", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 360, noNaN: true }),
      fc.double({ min: -90, max: 90, noNaN: true }),
      (ra, dec) => {
        const sources = new Sky(1, [], 1000).sourcesNear(ra, dec, 0.6);
        const reach = 0.6 + 60 / 3600;
        const expected = 1000 * Math.PI * reach ** 2;
        assert(Math.abs(sources.length / expected - 1) < 0.2, `${sources.length} instead of ${expected}`);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("Sky keeps field stars away from targets", () => {
  const sky = new Sky(2, [{ ...TARGET, neighbours: [], spectrum: null }], 500_000);
  const distances = sky.sourcesNear(120.5, 33.25, 0.01).map((star) =>
    3600 * angularSeparationDeg(120.5, 33.25, star.rightAscensionDeg, star.declinationDeg)
  );
  assert(distances.length > 50);
  assert(Math.min(...distances) > 14, `a star at ${Math.min(...distances)} arcsec`);
});

Deno.test("Sky.request() makes one target for a place, from the place alone", () => {
  const sky = new Sky(2, [TARGET], 0);
  sky.request(10, 20);
  sky.request(10, 20 + 5 / 3600);
  sky.request(TARGET.rightAscensionDeg, TARGET.declinationDeg + 3 / 3600);
  assert.equal(sky.targets.length, 2);
  const other = new Sky(2, [], 0);
  other.request(200, -5);
  other.request(10, 20);
  const place = { rightAscensionDeg: 10, declinationDeg: 20 };
  assert.deepEqual(other.target(place), sky.target(place));
  assert.equal(sky.target("two"), undefined);
});

Deno.test("drawTargetSpectrum() draws all kinds, and fluxes from faint to 20 mJy", () => {
  const spectra = Array.from({ length: 600 }, (_, seed) => drawTargetSpectrum(seed));
  const kinds = new Set(spectra.map((spectrum) => spectrum?.kind ?? "none"));
  assert.deepEqual([...kinds].sort(), ["blackbody", "emission-lines", "none", "power-law"]);
  const fluxes = spectra.flatMap((spectrum) => spectrum === null ? [] : [bandFluxMicroJy(spectrum, 2, 0.05)]);
  assert(Math.min(...fluxes) < 10);
  assert(Math.max(...fluxes) > 10_000 && Math.max(...fluxes) < 40_000);
});

Deno.test("bandFluxMicroJy() is the mean of the spectrum over the bandpass", () => {
  const line = { wavelengthMicron: 1.5, sigmaMicron: 0.004, strengthMicroJyMicron: 8 };
  const continuum = { kind: "power-law", fluxAtTwoMicronMicroJy: 100, slope: 1 } as const;
  const spectrum = { kind: "emission-lines", continuum, lines: [line] } as const;
  assert(Math.abs(bandFluxMicroJy(spectrum, 1.5, 0.08) - (75 + 8 / 0.08)) < 1e-6);
  assert(Math.abs(bandFluxMicroJy(spectrum, 3, 0.08) - 150) < 1e-9);
  const star = { kind: "blackbody", fluxAtTwoMicronMicroJy: 500, temperatureKelvin: 5800 } as const;
  assert(Math.abs(bandFluxMicroJy(star, 2, 1e-6) - 500) < 1e-6);
  const rayleighJeans = bandFluxMicroJy({ ...star, temperatureKelvin: 1e7 }, 4, 1e-6);
  assert(Math.abs(rayleighJeans - 125) < 0.1, "a hot body falls with the square of the wavelength");
});
