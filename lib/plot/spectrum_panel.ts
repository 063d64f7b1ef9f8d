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
    y: { domain: panel.range, axis: null },
    marks: [
      ...bandMarks(panel),
      ...axisMarks(panel),
      Plot.ruleY(panel.references.filter((y) => y >= panel.range[0] && y <= panel.range[1]), {
        stroke: MUTED_COLOR,
        strokeWidth: 0.8,
        strokeDasharray: "4 3",
      }),
      ...barMarks(inside),
      ...symbolMarks(inside),
      ...edgeMarks(panel),
      ...(panel.points.length === 0 ? [emptyMark(panel)] : []),
      Plot.frame({ stroke: INK_COLOR, strokeWidth: 0.9 }),
    ],
  });
  svg.setAttribute("xmlns", SVG_NAMESPACE);
  return svg.outerHTML;
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
  const marks: Plot.Markish[] = [
    Plot.gridY({ stroke: INK_COLOR, strokeOpacity: 0.08, ticks: 5 }),
    Plot.axisY({
      ...ticks,
      ticks: 5,
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

/** A coloured strip along the top that shows where each band lies. */
function bandMarks(panel: SpectrumPanel): Plot.Markish[] {
  const top = panel.range[1];
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
function barMarks(points: readonly PanelPoint[]): Plot.Markish[] {
  const groups = Map.groupBy(points, (item) => colorOf(item.point));
  return [...groups].sort(([a], [b]) => Number(b === REJECTED_COLOR) - Number(a === REJECTED_COLOR))
    .flatMap(([color, items]) =>
      [
        pathMark(items, "bandwidth", { color, width: 0.8, opacity: 0.45 }),
        pathMark(items, "error", { color, width: 1, opacity: color === REJECTED_COLOR ? 0.5 : 0.75 }),
        // The package takes a function for a mark; its type names the browser's elements.
      ] as unknown as Plot.Markish[]
    );
}

function colorOf(point: SpectrumPoint): string {
  return point.standing === "rejected" ? REJECTED_COLOR : detectorColor(point.detector);
}

function symbolMarks(points: readonly PanelPoint[]): Plot.Markish[] {
  const of = (standing: SpectrumPoint["standing"]) =>
    points.filter((item) => item.point.standing === standing);
  const color = (item: PanelPoint) => colorOf(item.point);
  return [
    Plot.dot(of("rejected"), { x: "x", y: "y", r: 2.2, fill: "#ffffff", stroke: color, strokeWidth: 1 }),
    Plot.dot(of("upper_limit"), {
      x: "x",
      y: "y",
      r: 2.6,
      symbol: "triangle",
      rotate: 180,
      fill: "#ffffff",
      stroke: color,
      strokeWidth: 1.1,
    }),
    Plot.dot(of("science"), { x: "x", y: "y", r: 2.5, fill: color, stroke: "#ffffff", strokeWidth: 0.4 }),
  ];
}

/** Arrows at the edge for points beyond it. */
function edgeMarks(panel: SpectrumPanel): Plot.Markish[] {
  const edges = [
    {
      items: panel.points.filter((item) => item.y > panel.range[1]),
      y: panel.range[1],
      text: "\u2191",
      dy: 7,
    },
    {
      items: panel.points.filter((item) => item.y < panel.range[0]),
      y: panel.range[0],
      text: "\u2193",
      dy: -7,
    },
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
