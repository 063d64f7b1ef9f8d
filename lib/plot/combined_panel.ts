import * as Plot from "@observablehq/plot";
import { plotDocument, SVG_NAMESPACE } from "./dom.ts";
import { INK_COLOR, MUTED_COLOR, REJECTED_COLOR } from "./palette.ts";
import type { Range } from "./robust_range.ts";

/** A point of a combined plot with its place in one panel. */
export interface CombinedPanelPoint {
  /** Wavelength or date. */
  readonly x: number;
  /** Half the length of the bar along x; 0 for none. */
  readonly xHalf: number;
  /** Value, in the unit of the panel. */
  readonly y: number;
  /** Standard error; 0 for none. */
  readonly yError: number;
  /** Colour, `#rrggbb`. */
  readonly color: string;
  /** How it is drawn. */
  readonly standing: "good" | "rejected" | "upper_limit";
}

/** How points and bars look. */
export interface CombinedPlotStyle {
  /** Radius of good points, points of a seventy-second of an inch. */
  readonly goodSize: number;
  /** Half the width of crosses. */
  readonly rejectedSize: number;
  /** Radius of triangles. */
  readonly upperLimitSize: number;
  /** Opacity of symbols. */
  readonly markerOpacity: number;
  /** Opacity of bars. */
  readonly barOpacity: number;
  /** Width of bars, points. */
  readonly barWidth: number;
  /** Whether errors and bandwidths are drawn. */
  readonly showBars: boolean;
}

/** One panel of a combined plot. */
export interface CombinedPanel {
  /** The points. */
  readonly points: readonly CombinedPanelPoint[];
  /** Ends of the horizontal axis. */
  readonly xRange: Range;
  /** Ends of the vertical axis. */
  readonly yRange: Range;
  /** Whether small values stand at the top: magnitudes. */
  readonly isReversed: boolean;
  /** Name and unit of the horizontal axis. */
  readonly xLabel: string;
  /** Name and unit of the vertical axis. */
  readonly yLabel: string;
  /** Number of ticks to aim for along x. */
  readonly xTicks: number;
  /** Decimals of the numbers along x. */
  readonly xDigits: number;
  /** Width with margins. */
  readonly width: number;
  /** Height with margins. */
  readonly height: number;
  /** How points look. */
  readonly style: CombinedPlotStyle;
}

/** Space around the frame of a panel. */
export const COMBINED_MARGINS = { left: 70, right: 10, top: 10, bottom: 44 } as const;

const UNITS_PER_POINT = 96 / 72;

function isInside({ y }: CombinedPanelPoint, [low, high]: Range): boolean {
  return y >= low && y <= high;
}

/** How many points lie beyond the ends of the vertical axis. */
export function countOutside({ points, yRange }: CombinedPanel): number {
  return points.filter((point) => !isInside(point, yRange)).length;
}

/** Draws a panel as SVG markup. */
export function combinedPanelSvg(panel: CombinedPanel): string {
  const inside = panel.points.filter((point) => isInside(point, panel.yRange));
  const svg = Plot.plot({
    // The package names the browser's Document; ours has the part of it that is used.
    document: plotDocument() as never,
    width: panel.width,
    height: panel.height,
    marginLeft: COMBINED_MARGINS.left,
    marginRight: COMBINED_MARGINS.right,
    marginTop: COMBINED_MARGINS.top,
    marginBottom: COMBINED_MARGINS.bottom,
    style: { fontFamily: "inherit", fontSize: "12px", background: "none", overflow: "visible" },
    x: { domain: panel.xRange, axis: null },
    y: { domain: panel.yRange, axis: null, reverse: panel.isReversed },
    marks: [
      ...axisMarks(panel),
      ...(panel.style.showBars ? barMarks(inside, panel) : []),
      ...symbolMarks(inside, panel.style),
      ...edgeMarks(panel),
      ...(panel.points.length === 0 ? [emptyNote()] : []),
      Plot.frame({ stroke: INK_COLOR, strokeWidth: 1 }),
    ],
  });
  svg.setAttribute("xmlns", SVG_NAMESPACE);
  return svg.outerHTML;
}

/** What stands in a panel without a point. */
function emptyNote(): Plot.Markish {
  return Plot.text(["No measurements"], { frameAnchor: "middle", fill: MUTED_COLOR, fontSize: 14 });
}

function axisMarks(panel: CombinedPanel): Plot.Markish[] {
  const common = {
    tickSize: 5,
    tickPadding: 4,
    color: INK_COLOR,
    labelAnchor: "center",
    labelArrow: "none",
  } as const;
  const zero = panel.isReversed || panel.yRange[0] >= 0 || panel.yRange[1] <= 0 ? [] : [0];
  return [
    Plot.gridY({ stroke: INK_COLOR, strokeOpacity: 0.08, ticks: 6 }),
    Plot.ruleY(zero, { stroke: MUTED_COLOR, strokeWidth: 0.8, strokeDasharray: "4 3" }),
    Plot.axisY({ ...common, ticks: 6, label: panel.yLabel, labelOffset: 60 }),
    Plot.axisX({
      ...common,
      ticks: panel.xTicks,
      tickFormat: (value: number) => value.toFixed(panel.xDigits),
      label: panel.xLabel,
      labelOffset: 38,
    }),
  ];
}

/** How much fainter the bars of rejected points are. */
const REJECTED_BAR_SHARE = 0.5;

/** Bars of errors and bandwidths, cut at the frame. */
function barMarks(points: readonly CombinedPanelPoint[], { style, xRange, yRange }: CombinedPanel) {
  const bars = {
    stroke: (point: CombinedPanelPoint) => point.standing === "rejected" ? REJECTED_COLOR : point.color,
    strokeWidth: style.barWidth * UNITS_PER_POINT,
    strokeOpacity: (point: CombinedPanelPoint) =>
      style.barOpacity * (point.standing === "rejected" ? REJECTED_BAR_SHARE : 1),
  };
  return [
    Plot.ruleX(points.filter((point) => point.yError > 0), {
      x: "x",
      y1: (point: CombinedPanelPoint) => Math.max(yRange[0], point.y - point.yError),
      y2: (point: CombinedPanelPoint) => Math.min(yRange[1], point.y + point.yError),
      ...bars,
    }),
    Plot.ruleY(points.filter((point) => point.xHalf > 0), {
      y: "y",
      x1: (point: CombinedPanelPoint) => Math.max(xRange[0], point.x - point.xHalf),
      x2: (point: CombinedPanelPoint) => Math.min(xRange[1], point.x + point.xHalf),
      ...bars,
    }),
  ];
}

function symbolMarks(points: readonly CombinedPanelPoint[], style: CombinedPlotStyle): Plot.Markish[] {
  const of = (standing: CombinedPanelPoint["standing"]) =>
    points.filter((point) => point.standing === standing);
  const place = { x: "x", y: "y", opacity: style.markerOpacity } as const;
  return [
    Plot.dot(of("rejected"), {
      ...place,
      r: style.rejectedSize * UNITS_PER_POINT,
      symbol: "times",
      stroke: REJECTED_COLOR,
      strokeWidth: 1.1,
    }),
    Plot.dot(of("upper_limit"), {
      ...place,
      r: style.upperLimitSize * UNITS_PER_POINT,
      symbol: "triangle",
      rotate: 180,
      fill: "#ffffff",
      stroke: LIMIT_COLOR,
      strokeWidth: 1.1,
    }),
    Plot.dot(of("good"), {
      ...place,
      r: style.goodSize * UNITS_PER_POINT,
      fill: "color",
      stroke: "#ffffff",
      strokeWidth: 0.3,
    }),
  ];
}

/** Colour of upper limits. */
export const LIMIT_COLOR = "#c4262e";

function edgeColor({ standing, color }: CombinedPanelPoint): string {
  return standing === "good" ? color : standing === "upper_limit" ? LIMIT_COLOR : REJECTED_COLOR;
}

/** Arrows at the edge for points beyond it. */
function edgeMarks({ points, yRange, isReversed }: CombinedPanel): Plot.Markish[] {
  return ([[yRange[1], 1], [yRange[0], -1]] as const).map(([edge, side]) => {
    const isAtTop = (side > 0) !== isReversed;
    return Plot.text(points.filter((point) => side * (point.y - edge) > 0), {
      x: "x",
      y: () => edge,
      text: () => isAtTop ? "\u2191" : "\u2193",
      fill: edgeColor,
      fontSize: 12,
      fontWeight: "bold",
      dy: isAtTop ? 8 : -8,
    });
  });
}
