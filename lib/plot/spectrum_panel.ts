import * as Plot from "@observablehq/plot";
import { plotDocument, SVG_NAMESPACE } from "./dom.ts";
import { BAND_STYLES, detectorColor, INK_COLOR, MUTED_COLOR, REJECTED_COLOR } from "./palette.ts";
import { pathMark } from "./path_mark.ts";
import type { Range } from "./robust_range.ts";
import type { SpectrumPoint } from "./spectrum_point.ts";

/** A point with the place where a panel draws it. */
export interface PanelPoint {
  /** Wavelength, micron. */
  readonly x: number;
  /** Half the bandwidth, micron; 0 for none. */
  readonly xHalf: number;
  /** Value, in the unit of the panel. */
  readonly y: number;
  /** Standard error, in the unit of the panel; 0 for none. */
  readonly yError: number;
  /** The measurement. */
  readonly point: SpectrumPoint;
}

/** The mean of a channel with the place where a panel draws it. */
export interface BinnedPoint {
  /** Central wavelength of the channel, micron. */
  readonly x: number;
  /** Half its width, micron. */
  readonly xHalf: number;
  /** Mean, in the unit of the panel. */
  readonly y: number;
  /** Standard error of the mean, in the unit of the panel. */
  readonly yError: number;
}

/** One panel: a quantity against wavelength. */
export interface SpectrumPanel {
  /** The points, those without a place already left out. */
  readonly points: readonly PanelPoint[];
  /** Ends of the wavelength axis, micron. */
  readonly wavelengthRange: Range;
  /** Ends of the other axis. */
  readonly range: Range;
  /** Name and unit of the other axis. */
  readonly label: string;
  /** How the other axis runs: evenly, by powers of ten, or downwards as magnitudes do; evenly when left out. */
  readonly axis?: "linear" | "log" | "reversed";
  /** Means of channels drawn over the points, which are paler then; none when left out. */
  readonly binned?: readonly BinnedPoint[];
  /** Values at which a thin line crosses the panel. */
  readonly references: readonly number[];
  /** Whether the names of the bands stand above the panel. */
  readonly bandNames: boolean;
  /** Whether the wavelength axis has its numbers and name. */
  readonly wavelengthAxis: boolean;
  /** Width of the panel with its margins. */
  readonly width: number;
  /** Height of the panel with its margins. */
  readonly height: number;
  /** What stands in the middle of the panel when it has no points. */
  readonly emptyMessage: string;
}

const MARGIN_LEFT = 62;
const MARGIN_RIGHT = 14;
const TOP_WITH_BAND_NAMES = 22;
const TOP_PLAIN = 8;
const BOTTOM_WITH_AXIS = 38;
const BOTTOM_PLAIN = 8;

/** How many points lie beyond the ends of the panel's axis. */
export function countBeyond(panel: SpectrumPanel): number {
  return panel.points.filter((item) => item.y < panel.range[0] || item.y > panel.range[1]).length;
}

/** Draws a panel as SVG markup. */
export function spectrumPanelSvg(panel: SpectrumPanel): string {
  const inside = panel.points.filter((item) => item.y >= panel.range[0] && item.y <= panel.range[1]);
  const svg = Plot.plot({
    // The package names the browser's Document; ours has the part of it that is used.
    document: plotDocument() as never,
    width: panel.width,
    height: panel.height,
    marginLeft: MARGIN_LEFT,
    marginRight: MARGIN_RIGHT,
    marginTop: panel.bandNames ? TOP_WITH_BAND_NAMES : TOP_PLAIN,
    marginBottom: panel.wavelengthAxis ? BOTTOM_WITH_AXIS : BOTTOM_PLAIN,
    style: { fontFamily: "inherit", fontSize: "11px", background: "none", overflow: "visible" },
    x: { domain: panel.wavelengthRange, axis: null },
    y: yScale(panel),
    marks: [
      ...bandMarks(panel),
      ...axisMarks(panel),
      Plot.ruleY(panel.references.filter((y) => y >= panel.range[0] && y <= panel.range[1]), {
        stroke: MUTED_COLOR,
        strokeWidth: 0.8,
        strokeDasharray: "4 3",
      }),
      ...barMarks(inside, paleness(panel)),
      ...symbolMarks(inside, paleness(panel)),
      ...binnedMarks(panel),
      ...edgeMarks(panel),
      ...(panel.points.length === 0 ? [emptyMark(panel)] : []),
      Plot.frame({ stroke: INK_COLOR, strokeWidth: 0.9 }),
    ],
  });
  svg.setAttribute("xmlns", SVG_NAMESPACE);
  return svg.outerHTML;
}

/** The scale of the panel's value axis. */
function yScale({ axis, range }: SpectrumPanel): Plot.ScaleOptions {
  if (axis === "log") return { type: "log", domain: range, axis: null };
  return { domain: axis === "reversed" ? range.toReversed() : range, axis: null };
}

/** How opaque single measurements are: pale below a binned spectrum. */
function paleness({ binned }: SpectrumPanel): number {
  return binned === undefined ? 1 : 0.4;
}

function binnedMarks({ binned = [], range }: SpectrumPanel): Plot.Markish[] {
  const inside = binned.filter(({ y }) => y >= range[0] && y <= range[1]);
  if (inside.length === 0) return [];
  return [
    // The package takes a function for a mark; its type names the browser's elements.
    pathMark(inside, "bandwidth", { color: INK_COLOR, width: 1.4, opacity: 1 }) as unknown as Plot.Markish,
    pathMark(inside, "error", { color: INK_COLOR, width: 1.1, opacity: 1 }) as unknown as Plot.Markish,
    Plot.dot(inside, { x: "x", y: "y", r: 2, symbol: "square", fill: INK_COLOR }),
  ];
}

function emptyMark(panel: SpectrumPanel): Plot.Markish {
  return Plot.text([panel.emptyMessage], {
    text: (message: string) => message,
    frameAnchor: "middle",
    fill: MUTED_COLOR,
    stroke: "#ffffff",
    strokeWidth: 10,
    fontSize: 13,
  });
}

function axisMarks(panel: SpectrumPanel): Plot.Markish[] {
  const ticks = { tickSize: 4, tickPadding: 4, color: INK_COLOR };
  const values = panel.axis === "log"
    ? { ticks: logTicks(panel.range), tickFormat: plainNumber }
    : { ticks: 5 };
  const marks: Plot.Markish[] = [
    Plot.gridY({
      stroke: INK_COLOR,
      strokeOpacity: 0.08,
      ...(panel.axis === "log" ? { ticks: values.ticks } : values),
    }),
    Plot.axisY({
      ...ticks,
      ...values,
      label: panel.label,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: MARGIN_LEFT - 8,
    }),
  ];
  if (!panel.wavelengthAxis) return marks;
  return [
    ...marks,
    Plot.axisX({
      ...ticks,
      ticks: 10,
      label: "Wavelength (\u00b5m)",
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 32,
    }),
  ];
}

/** The numbers at an axis of logarithms: 1, 2, 5; only powers of ten where there are many, even steps within a few. */
function logTicks([low, high]: Range): number[] {
  if (high / low < 6) {
    const power = 10 ** Math.floor(Math.log10((high - low) / 4));
    const step = power * ([1, 2, 5].find((factor) => factor * power >= (high - low) / 4) ?? 10);
    return Array.from({ length: Math.floor(high / step) }, (_, n) => (n + 1) * step).filter((tick) =>
      tick >= low
    );
  }
  const first = Math.floor(Math.log10(low));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - first + 1 },
    (_, n) => 10 ** (first + n),
  );
  const steps = high / low > 300 ? [1] : [1, 2, 5];
  return decades.flatMap((decade) => steps.map((step) => step * decade))
    .filter((tick) => tick >= low && tick <= high);
}

function plainNumber(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

/** A coloured strip along the top that shows where each band lies. */
function bandMarks(panel: SpectrumPanel): Plot.Markish[] {
  const top = topOf(panel);
  const bands = BAND_STYLES.map((band) => ({ ...band, y: top }));
  const strip = Plot.ruleY(bands, {
    x1: "wavelengthMinMicron",
    x2: "wavelengthMaxMicron",
    y: "y",
    stroke: "color",
    strokeWidth: 4,
    dy: -2,
  });
  if (!panel.bandNames) return [];
  return [
    strip,
    Plot.text(bands, {
      x: (band) => (band.wavelengthMinMicron + band.wavelengthMaxMicron) / 2,
      y: "y",
      text: (band) => `D${band.detector}`,
      fill: INK_COLOR,
      fontSize: 10,
      dy: -12,
    }),
  ];
}

/** Error bars and bandwidth bars, one path for all of a colour: a thousand bars cost a dozen elements. */
function barMarks(points: readonly PanelPoint[], opacity: number): Plot.Markish[] {
  const groups = Map.groupBy(points, (item) => colorOf(item.point));
  return [...groups].sort(([a], [b]) => Number(b === REJECTED_COLOR) - Number(a === REJECTED_COLOR))
    .flatMap(([color, items]) =>
      [
        pathMark(items, "bandwidth", { color, width: 0.8, opacity: 0.45 * opacity }),
        pathMark(items, "error", {
          color,
          width: 1,
          opacity: (color === REJECTED_COLOR ? 0.5 : 0.75) * opacity,
        }),
        // The package takes a function for a mark; its type names the browser's elements.
      ] as unknown as Plot.Markish[]
    );
}

function colorOf(point: SpectrumPoint): string {
  return point.standing === "rejected" ? REJECTED_COLOR : detectorColor(point.detector);
}

function symbolMarks(points: readonly PanelPoint[], opacity: number): Plot.Markish[] {
  const of = (standing: SpectrumPoint["standing"]) =>
    points.filter((item) => item.point.standing === standing);
  const color = (item: PanelPoint) => colorOf(item.point);
  const pale = opacity === 1 ? {} : { opacity };
  return [
    Plot.dot(of("rejected"), {
      ...pale,
      x: "x",
      y: "y",
      r: 2.2,
      fill: "#ffffff",
      stroke: color,
      strokeWidth: 1,
    }),
    Plot.dot(of("upper_limit"), {
      ...pale,
      x: "x",
      y: "y",
      r: 2.6,
      symbol: "triangle",
      rotate: 180,
      fill: "#ffffff",
      stroke: color,
      strokeWidth: 1.1,
    }),
    Plot.dot(of("science"), {
      ...pale,
      x: "x",
      y: "y",
      r: 2.5,
      fill: color,
      stroke: "#ffffff",
      strokeWidth: 0.4,
    }),
  ];
}

/** The value at the upper edge of the frame. */
function topOf({ axis, range }: SpectrumPanel): number {
  return axis === "reversed" ? range[0] : range[1];
}

/** Arrows at the edge for points beyond it. */
function edgeMarks(panel: SpectrumPanel): Plot.Markish[] {
  const [low, high] = panel.range;
  const above = { text: "\u2191", dy: 7 };
  const below = { text: "\u2193", dy: -7 };
  const isReversed = panel.axis === "reversed";
  const edges = [
    { items: panel.points.filter((item) => item.y > high), y: high, ...(isReversed ? below : above) },
    { items: panel.points.filter((item) => item.y < low), y: low, ...(isReversed ? above : below) },
  ];
  return edges.map(({ items, y, text, dy }) =>
    Plot.text(items, {
      x: "x",
      y: () => y,
      text: () => text,
      fill: (item: PanelPoint) => colorOf(item.point),
      fontSize: 13,
      fontWeight: "bold",
      dy,
    })
  );
}
