import type { DetectorNumber } from "../spherex/bands.ts";
import { detectorModel } from "./detector_model.ts";

/** Wavelengths of a release: those of QR3 are shifted a little where its spectral calibration was redone. */
export type SpectralSolution = "older" | "QR2" | "QR3";

/** 0-based columns and rows at which the detector model gives wavelengths. */
const NODES = [0, 1020, 2039] as const;

/** Amplitude of the fine structure that the headers' coarse table does not have, micron. */
const RIPPLE_MICRON = 0.0004;
const RIPPLE_PERIOD_X = 2 * Math.PI / 613;
const RIPPLE_PERIOD_Y = 2 * Math.PI / 487;

/** Shift of a solution against QR2, micron: the D5 shift of QR3, and an outdated first calibration. */
function shiftMicron(detector: DetectorNumber, solution: SpectralSolution): number {
  if (solution === "older") return 0.004;
  return solution === "QR3" && detector === 5 ? 0.0064 : 0;
}

/** Coefficients c0 + c1 t + c2 t^2 of the parabola through three values at {@linkcode NODES}. */
function parabola(values: readonly number[]): [number, number, number] {
  const [x0, x1, x2] = NODES;
  const [f0, f1, f2] = values as [number, number, number];
  const d01 = (f1 - f0) / (x1 - x0);
  const d12 = (f2 - f1) / (x2 - x1);
  const c2 = (d12 - d01) / (x2 - x0);
  const c1 = d01 - c2 * (x0 + x1);
  return [f0 - x0 * (c1 + c2 * x0), c1, c2];
}

/**
 * Wavelength and bandwidth of every pixel of a detector: smooth, longest at the bottom, with iso-wavelength lines
 * that bend to the red at the edges. Positions are 0-based pixels of the detector.
 */
export class SpectralMap {
  /** Parabolas in y of the three coefficients of the parabola in x. */
  readonly #inX: readonly [number, number, number][];
  readonly #bandwidth: readonly [number, number, number];
  readonly #shift: number;

  /** The map of a detector in a solution. */
  constructor(readonly detector: DetectorNumber, readonly solution: SpectralSolution) {
    const model = detectorModel(detector);
    const rows = model.wavelengthMicron.map((row) => parabola(row));
    this.#inX = [0, 1, 2].map((term) => parabola(rows.map((row) => row[term as 0 | 1 | 2])));
    this.#bandwidth = parabola(model.bandwidthMicron);
    this.#shift = shiftMicron(detector, solution);
  }

  /** The coefficients of the wavelength in x along a row: c0 + c1 x + c2 x^2, without the fine structure. */
  rowCoefficients(y: number): [number, number, number] {
    const [c0, c1, c2] = this.#inX.map(([a, b, c]) => a + y * (b + y * c)) as [number, number, number];
    return [c0 + this.#shift, c1, c2];
  }

  /** The coefficients of the bandwidth in x along a row. */
  bandwidthRowCoefficients(y: number): [number, number, number] {
    const [a, b, c] = this.#bandwidth;
    const middle = a + y * (b + y * c);
    const bend = 0.012 * middle / 1020 ** 2;
    return [middle + bend * 1020 ** 2, -2 * bend * 1020, bend];
  }

  /** Wavelength without the fine structure, micron: what the header's table is made from. */
  smoothWavelengthMicron(x: number, y: number): number {
    const [c0, c1, c2] = this.rowCoefficients(y);
    return c0 + x * (c1 + x * c2);
  }

  /** Wavelength, micron. */
  wavelengthMicron(x: number, y: number): number {
    return this.smoothWavelengthMicron(x, y) + rippleX(x) * rippleY(y);
  }

  /** Bandwidth, micron. */
  bandwidthMicron(x: number, y: number): number {
    const [c0, c1, c2] = this.bandwidthRowCoefficients(y);
    return c0 + x * (c1 + x * c2);
  }
}

/** Factor in x of the fine structure, micron. */
export function rippleX(x: number): number {
  return RIPPLE_MICRON * Math.sin(x * RIPPLE_PERIOD_X);
}

/** Factor in y of the fine structure. */
export function rippleY(y: number): number {
  return Math.cos(y * RIPPLE_PERIOD_Y);
}

const MAPS = new Map<string, SpectralMap>();

/** The map of a detector in a solution, made once. */
export function spectralMap(detector: DetectorNumber, solution: SpectralSolution): SpectralMap {
  const key = `${detector}${solution}`;
  let map = MAPS.get(key);
  if (map === undefined) MAPS.set(key, map = new SpectralMap(detector, solution));
  return map;
}
