import { colorAt, type ColorMap, hexColor, RAINBOW_MAP, SEQUENTIAL_MAP } from "./color_map.ts";
import {
  COMBINED_MARGINS,
  type CombinedPanel,
  type CombinedPanelPoint,
  combinedPanelSvg,
  type CombinedPlotStyle,
  countOutside,
  LIMIT_COLOR,
} from "./combined_panel.ts";
import { displayRange, type DisplayRangeOptions } from "./display_range.ts";
import { figureSvg } from "./figure.ts";
import { fluxUnitFor } from "./flux_unit.ts";
import { INK_COLOR, MUTED_COLOR, REJECTED_COLOR } from "./palette.ts";
import type { Range } from "./robust_range.ts";
import { rounded, textSvg } from "./svg_text.ts";
import { fittedText, textWidth } from "./text_width.ts";
import { verticalColorBar } from "./vertical_color_bar.ts";

/** One measurement of a light curve. */
export interface CombinedPlotPoint {
  /** Modified Julian date. */
  readonly mjd: number;
  /** Wavelength, micron. */
  readonly wavelengthMicron: number;
  /** Full bandwidth, micron. */
  readonly bandwidthMicron: number;
  /** Flux in microjansky, or AB magnitude; where an upper limit is drawn. */
  readonly value: number;
  /** Its standard error; NaN for none. */
  readonly error: number;
  /** How it is drawn: filled, as a cross, or as a triangle. */
  readonly standing: "good" | "rejected" | "upper_limit";
}

/** Names of colour maps for dates and wavelengths. */
export type CombinedColorMap = "rainbow" | "viridis";

/** What a combined plot says and how it looks. */
export interface CombinedPlotOptions {
  /** Name of the source. */
  readonly sourceName: string;
  /** Line below the name, such as its position. */
  readonly subtitle: string;
  /** Whether values are AB magnitudes. */
  readonly isMagnitude: boolean;
  /** Size, inches. */
  readonly sizeInches: readonly [width: number, height: number];
  /** Colours of wavelengths, in the lower panel. */
  readonly wavelengthColors: CombinedColorMap;
  /** Colours of dates, in the upper panel. */
  readonly dateColors: CombinedColorMap;
  /** What the vertical axis shows. */
  readonly range: DisplayRangeOptions;
  /** How points look. */
  readonly style: CombinedPlotStyle;
}

const UNITS_PER_INCH = 96;
const HEADER_HEIGHT = 54;
const BAR_WIDTH = 84;
/** Room for a symbol of the legend, and before it. */
const LEGEND_GAP = 32;
const WAVELENGTH_RANGE: Range = [0.7, 5.1];
/** Wavelengths at the ends of the colour map. */
const WAVELENGTH_COLORS: Range = [0.75, 5];
const MAPS: Readonly<Record<CombinedColorMap, ColorMap>> = { rainbow: RAINBOW_MAP, viridis: SEQUENTIAL_MAP };

/** The range of some values with a share of it added at both ends; one unit around a single value. */
function widened(values: readonly number[], share: number): Range {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!Number.isFinite(low)) return [0, 1];
  const pad = high > low ? share * (high - low) : 0.5;
  return [low - pad, high + pad];
}

function colorIn(map: ColorMap, [low, high]: Range, value: number): string {
  return hexColor(colorAt(map, high > low ? (value - low) / (high - low) : 0.5));
}

/**
 * Draws a spectrum over a light curve as SVG: value against wavelength, coloured by date, and against date, coloured by
 * wavelength. Good points are filled, rejected ones are grey crosses, upper limits are triangles; bars are the standard
 * error and the bandwidth. An arrow at the edge stands for each point beyond the axis. Equal input gives equal text.
 */
export function combinedPlotSvg(points: readonly CombinedPlotPoint[], options: CombinedPlotOptions): string {
  const drawable = points.filter(({ mjd, value, wavelengthMicron }) =>
    Number.isFinite(mjd) && Number.isFinite(value) && Number.isFinite(wavelengthMicron)
  );
  const range = displayRange(drawable, options.range, !options.isMagnitude);
  const unit = options.isMagnitude
    ? { microJy: 1, symbol: "mag" }
    : fluxUnitFor(Math.max(Math.abs(range[0]), Math.abs(range[1])));
  const [width, height] = options.sizeInches.map((inches) => inches * UNITS_PER_INCH) as [number, number];
  const start = drawable.length === 0 ? 0 : Math.min(...drawable.map(({ mjd }) => mjd));
  const isEmpty = drawable.length === 0;
  const days: Range = [0, isEmpty ? 1 : Math.max(...drawable.map(({ mjd }) => mjd - start), 1e-3)];
  const dateSpan = days[1];
  const dateMap = MAPS[options.dateColors];
  const wavelengthMap = MAPS[options.wavelengthColors];
  const panelHeight = (height - HEADER_HEIGHT) / 2;
  const shared = {
    yRange: [range[0] / unit.microJy, range[1] / unit.microJy] as const,
    isReversed: options.isMagnitude,
    yLabel: options.isMagnitude ? "AB magnitude" : `Flux density (${unit.symbol})`,
    width: width - BAR_WIDTH,
    height: panelHeight,
    style: options.style,
  };
  const place = (point: CombinedPlotPoint, x: number, xHalf: number, color: string): CombinedPanelPoint => ({
    x,
    xHalf,
    y: point.value / unit.microJy,
    yError: Number.isFinite(point.error) && point.standing !== "upper_limit" ? point.error / unit.microJy : 0,
    color,
    standing: point.standing,
  });
  const spectrum: CombinedPanel = {
    ...shared,
    points: drawable.map((point) =>
      place(
        point,
        point.wavelengthMicron,
        Number.isFinite(point.bandwidthMicron) ? point.bandwidthMicron / 2 : 0,
        colorIn(dateMap, days, point.mjd - start),
      )
    ),
    xRange: WAVELENGTH_RANGE,
    xLabel: "Wavelength (\u00b5m)",
    xTicks: 10,
    xDigits: 1,
  };
  const lightCurve: CombinedPanel = {
    ...shared,
    points: drawable.map((point) =>
      place(point, point.mjd, 0, colorIn(wavelengthMap, WAVELENGTH_COLORS, point.wavelengthMicron))
    ),
    xRange: widened(drawable.map(({ mjd }) => mjd), 0.03),
    xLabel: "Date (MJD)",
    // Without a date there is none to write.
    xTicks: isEmpty ? 0 : 8,
    xDigits: dateSpan < 6 ? 1 : 0,
  };
  const bar = (id: string, map: ColorMap, scale: Range, label: string) =>
    verticalColorBar({
      id,
      map,
      range: scale,
      label,
      height: panelHeight - COMBINED_MARGINS.top - COMBINED_MARGINS.bottom,
    });
  const barX = width - BAR_WIDTH + 8;
  const secondY = HEADER_HEIGHT + panelHeight;
  return figureSvg({
    width,
    height,
    description: `Spectrum and light curve of ${options.sourceName}: ${points.length} measurements`,
    parts: [
      { x: 0, y: 0, markup: header(points, options, width, countOutside(spectrum)) },
      { x: 0, y: HEADER_HEIGHT, markup: combinedPanelSvg(spectrum) },
      {
        x: barX,
        y: HEADER_HEIGHT + COMBINED_MARGINS.top,
        markup: bar("dates", dateMap, days, "Days since first observation"),
      },
      { x: 0, y: secondY, markup: combinedPanelSvg(lightCurve) },
      {
        x: barX,
        y: secondY + COMBINED_MARGINS.top,
        markup: bar("wavelengths", wavelengthMap, WAVELENGTH_COLORS, "Wavelength (\u00b5m)"),
      },
    ],
  });
}

/** Name, place and the meaning of the symbols. */
function header(
  points: readonly CombinedPlotPoint[],
  options: CombinedPlotOptions,
  width: number,
  beyond: number,
): string {
  const count = (standing: CombinedPlotPoint["standing"]) =>
    points.filter((point) => point.standing === standing).length;
  const entries: [symbol: string, text: string][] = [
    [`<circle r="3.4" fill="${INK_COLOR}"/>`, `good ${count("good")}`],
    [
      `<path d="M-3.2,-3.2L3.2,3.2M3.2,-3.2L-3.2,3.2" stroke="${REJECTED_COLOR}" stroke-width="1.3"/>`,
      `rejected ${count("rejected")}`,
    ],
    [
      `<path d="M-3.8,-2.8H3.8L0,3.8Z" fill="#ffffff" stroke="${LIMIT_COLOR}" stroke-width="1.1"/>`,
      `3\u03c3 upper limit ${count("upper_limit")}`,
    ],
  ];
  if (beyond > 0) {
    entries.push([`<text y="4" text-anchor="middle" font-size="11">\u2195</text>`, `off the axis ${beyond}`]);
  }
  const style = { size: 11, color: MUTED_COLOR };
  const right = width - BAR_WIDTH - COMBINED_MARGINS.right;
  const legendWidth = entries.reduce((sum, [, text]) => sum + textWidth(text, style.size) + LEGEND_GAP, 0);
  const room = right - COMBINED_MARGINS.left - legendWidth;
  // Where the legend has no room beside the subtitle, that stands beside the name.
  const subtitleWidth = textWidth(options.subtitle, style.size) + 10;
  const isNarrow = room < subtitleWidth;
  const nameWidth = right - COMBINED_MARGINS.left - (isNarrow ? subtitleWidth : 0);
  const name = fittedText(options.sourceName, Math.max(nameWidth, width / 4), 16, true);
  const markup = [
    textSvg(COMBINED_MARGINS.left, 22, name, { size: 16, bold: true }),
    textSvg(
      isNarrow ? right - subtitleWidth + 10 : COMBINED_MARGINS.left,
      isNarrow ? 22 : 41,
      options.subtitle,
      style,
    ),
  ];
  let x = right;
  for (const [symbol, text] of entries.reverse()) {
    x -= textWidth(text, style.size);
    markup.push(
      textSvg(x, 41, text, style),
      `<g transform="translate(${rounded(x - 9)},37.2)">${symbol}</g>`,
    );
    x -= LEGEND_GAP;
  }
  return markup.join("");
}
