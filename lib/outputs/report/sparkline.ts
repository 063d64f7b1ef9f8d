import { BAND_STYLES } from "../../plot/palette.ts";
import { rangeWith, robustRange } from "../../plot/robust_range.ts";
import type { SpectrumPoint } from "../../plot/spectrum_point.ts";

/** Places along the wavelength in a sparkline. */
export const SPARKLINE_BINS = 64;

/** Ends of the wavelength axis of a sparkline, micron. */
export const SPARKLINE_MICRON: readonly [number, number] = [0.72, 5.04];

/** Letters for the heights 0 to 61; a point stands for no value. */
export const SPARKLINE_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const WIDTH = 128;
const HEIGHT = 30;
const EDGE = 3;

/**
 * The science points of a spectrum as one letter for each of {@linkcode SPARKLINE_BINS} wavelengths: the median flux
 * there, from the lowest (or zero) to the highest. Empty when there are none.
 */
export function sparklineCode(points: readonly SpectrumPoint[]): string {
  const science = points.filter((point) =>
    point.standing === "science" && Number.isFinite(point.wavelengthMicron) &&
    Number.isFinite(point.fluxMicroJy)
  );
  const usual = robustRange(science.map((point) => ({
    position: point.wavelengthMicron,
    reach: 2 * point.bandwidthMicron || 0,
    value: point.fluxMicroJy,
    error: 0,
  })));
  if (usual === undefined) return "";
  const [low, high] = rangeWith(usual, 0);
  const bins = Map.groupBy(science, binOf);
  return Array.from({ length: SPARKLINE_BINS }, (_, bin) => {
    const fluxes = bins.get(bin)?.map((point) => point.fluxMicroJy).sort((a, b) => a - b);
    if (fluxes === undefined) return ".";
    const median = fluxes[fluxes.length >> 1]!;
    const height = Math.min(1, Math.max(0, (median - low) / (high - low)));
    return SPARKLINE_LETTERS[Math.round(height * (SPARKLINE_LETTERS.length - 1))]!;
  }).join("");
}

function binOf(point: SpectrumPoint): number {
  const [from, to] = SPARKLINE_MICRON;
  const bin = Math.floor(SPARKLINE_BINS * (point.wavelengthMicron - from) / (to - from));
  return Math.min(SPARKLINE_BINS - 1, Math.max(0, bin));
}

/** A sparkline as SVG: one path for each band, coloured by the classes `b1` to `b6` of the page. */
export function sparklineSvg(code: string): string {
  if (code === "") return '<span class="none">no science points</span>';
  const paths = BAND_STYLES.map(() => "");
  [...code].forEach((letter, bin) => {
    const height = SPARKLINE_LETTERS.indexOf(letter);
    if (height < 0) return;
    const x = (bin + 0.5) * WIDTH / SPARKLINE_BINS;
    const y = HEIGHT - EDGE - height * (HEIGHT - 2 * EDGE) / (SPARKLINE_LETTERS.length - 1);
    paths[bandOfBin(bin)] += `M${x},${Math.round(10 * y) / 10}h0`;
  });
  const drawn = paths.map((path, band) => path === "" ? "" : `<path class="b${band + 1}" d="${path}"/>`);
  return `<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">${drawn.join("")}</svg>`;
}

/** Index of the band that a bin of a sparkline lies in. */
export function bandOfBin(bin: number): number {
  const [from, to] = SPARKLINE_MICRON;
  const wavelengthMicron = from + (bin + 0.5) * (to - from) / SPARKLINE_BINS;
  const band = BAND_STYLES.findIndex((style) => wavelengthMicron < style.wavelengthMaxMicron);
  return band < 0 ? BAND_STYLES.length - 1 : band;
}
