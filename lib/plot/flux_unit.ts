/** A unit that flux densities are shown in. */
export interface FluxUnit {
  /** Symbol, with a real micro sign. */
  readonly symbol: string;
  /** How many microjansky it is. */
  readonly microJy: number;
}

const MICRO: FluxUnit = { symbol: "\u00b5Jy", microJy: 1 };
const MILLI: FluxUnit = { symbol: "mJy", microJy: 1e3 };
const WHOLE: FluxUnit = { symbol: "Jy", microJy: 1e6 };

/** The unit in which the largest flux density of a plot has a handy number of digits. */
export function fluxUnitFor(largestMicroJy: number): FluxUnit {
  if (largestMicroJy >= 1e8) return WHOLE;
  return largestMicroJy >= 1e5 ? MILLI : MICRO;
}
