import { SeededRandom } from "../core/random.ts";
import { erf } from "./error_function.ts";
import type { EmissionLine, SimulatedSpectrum } from "./simulated_target.ts";

/** h c / k in micron kelvin. */
const SECOND_RADIATION_CONSTANT = 14387.768775;

/** Nodes and weights of Gauss-Legendre quadrature with three points on [-1, 1]. */
const NODES = [-Math.sqrt(0.6), 0, Math.sqrt(0.6)] as const;
const WEIGHTS = [5 / 18, 8 / 18, 5 / 18] as const;

/** The Planck function in frequency, up to a factor: proportional to wavelength^-3 / (exp(hc/kT lambda) - 1). */
function planck(wavelengthMicron: number, temperatureKelvin: number): number {
  return wavelengthMicron ** -3 /
    Math.expm1(SECOND_RADIATION_CONSTANT / (wavelengthMicron * temperatureKelvin));
}

/** Flux density of the continuum of a spectrum at one wavelength, microjansky. */
function continuumMicroJy(spectrum: SimulatedSpectrum, wavelengthMicron: number): number {
  switch (spectrum.kind) {
    case "blackbody":
      return spectrum.fluxAtTwoMicronMicroJy * planck(wavelengthMicron, spectrum.temperatureKelvin) /
        planck(2, spectrum.temperatureKelvin);
    case "power-law":
      return spectrum.fluxAtTwoMicronMicroJy * (wavelengthMicron / 2) ** spectrum.slope;
    case "emission-lines":
      return continuumMicroJy(spectrum.continuum, wavelengthMicron);
  }
}

/** Mean flux density of a line between two wavelengths, microjansky. */
function lineMicroJy(line: EmissionLine, from: number, to: number): number {
  const scale = 1 / (line.sigmaMicron * Math.SQRT2);
  const share = 0.5 *
    (erf((to - line.wavelengthMicron) * scale) - erf((from - line.wavelengthMicron) * scale));
  return line.strengthMicroJyMicron * share / (to - from);
}

/**
 * Flux density of a source in a bandpass, microjansky: the mean of its spectrum over wavelength between
 * `wavelengthMicron - bandwidthMicron / 2` and `wavelengthMicron + bandwidthMicron / 2`.
 */
export function bandFluxMicroJy(
  spectrum: SimulatedSpectrum,
  wavelengthMicron: number,
  bandwidthMicron: number,
): number {
  const half = bandwidthMicron / 2;
  let flux = 0;
  for (let i = 0; i < 3; i++) {
    flux += WEIGHTS[i]! * continuumMicroJy(spectrum, wavelengthMicron + NODES[i]! * half);
  }
  if (spectrum.kind !== "emission-lines") return flux;
  for (const line of spectrum.lines) {
    flux += lineMicroJy(line, wavelengthMicron - half, wavelengthMicron + half);
  }
  return flux;
}

/** Rest wavelengths of bright hydrogen lines, micron, with strengths in units of H alpha. */
const HYDROGEN_LINES: readonly (readonly [number, number])[] = [
  [0.6563, 1],
  [1.0938, 0.09],
  [1.2818, 0.16],
  [1.8751, 0.34],
  [2.1655, 0.08],
  [4.0512, 0.12],
];

const STAR_TEMPERATURES = [2800, 3600, 4800, 5800, 7500, 10000] as const;

/** Draws a flux with equal chance in each factor of ten between two limits, microjansky. */
function drawFlux(random: SeededRandom, faintest: number, brightest: number): number {
  return faintest * (brightest / faintest) ** random.uniform();
}

/** Draws a star's spectrum with a flux at 2 micron between two limits, microjansky. */
export function drawStar(random: SeededRandom, faintest: number, brightest: number): SimulatedSpectrum {
  const temperatureKelvin = STAR_TEMPERATURES[Math.floor(random.uniform() * STAR_TEMPERATURES.length)]!;
  return {
    kind: "blackbody",
    fluxAtTwoMicronMicroJy: drawFlux(random, faintest, brightest),
    temperatureKelvin,
  };
}

function drawEmission(random: SeededRandom): SimulatedSpectrum {
  const flux = drawFlux(random, 80, 2000);
  const redshift = 0.2 + 3 * random.uniform();
  const strength = flux * (0.05 + 0.15 * random.uniform());
  return {
    kind: "emission-lines",
    continuum: { kind: "power-law", fluxAtTwoMicronMicroJy: flux, slope: 0.8 * random.uniform() - 0.2 },
    lines: HYDROGEN_LINES.map(([rest, ratio]) => ({
      wavelengthMicron: rest * (1 + redshift),
      sigmaMicron: rest * (1 + redshift) * 0.004,
      strengthMicroJyMicron: strength * ratio,
    })),
  };
}

/** Draws the spectrum of a target: stars, power laws, emission lines, some faint, a few without any light (null). */
export function drawTargetSpectrum(seed: number): SimulatedSpectrum | null {
  const random = new SeededRandom(seed);
  const kind = random.uniform();
  if (kind < 0.05) return null;
  if (kind < 0.15) return { kind: "power-law", fluxAtTwoMicronMicroJy: drawFlux(random, 3, 50), slope: 0 };
  if (kind < 0.55) return drawStar(random, 50, 20000);
  if (kind < 0.8) return drawEmission(random);
  return {
    kind: "power-law",
    fluxAtTwoMicronMicroJy: drawFlux(random, 50, 20000),
    slope: 2.5 * random.uniform() - 1.2,
  };
}
