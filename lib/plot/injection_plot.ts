import * as Plot from "@observablehq/plot";
import { plotDocument, SVG_NAMESPACE } from "./dom.ts";
import { figureSvg } from "./figure.ts";
import { detectorColor, INK_COLOR, MUTED_COLOR } from "./palette.ts";

/** What became of the sources of one flux that were put into images of one detector. */
export interface InjectionPoint {
  /** Detector; points of null (all detectors together) are not drawn. */
  readonly detector: number | null;
  /** Flux that was put in, microjansky. */
  readonly trueFluxMicroJy: number;
  /** Median of measured / true - 1. */
  readonly bias: number | null;
  /** Standard error of that median. */
  readonly biasError: number | null;
  /** Median of (measured - true) / error. */
  readonly pullMedian: number | null;
  /** Standard error of that median. */
  readonly pullMedianError: number | null;
  /** Robust width of the same. */
  readonly pullWidth: number | null;
  /** Standard error of that width. */
  readonly pullWidthError: number | null;
  /** Share of sources that were detected. */
  readonly completeness: number;
  /** Share of sources that a flag speaks against. */
  readonly flaggedFraction: number;
}

/** A point of a panel. */
interface PanelPoint {
  readonly x: number;
  readonly y: number;
  readonly error: number;
  readonly color: string;
}

/** One quantity against flux. */
interface Panel {
  readonly label: string;
  readonly reference: number;
  /** The axis shows at least this. */
  readonly atLeast: readonly [number, number];
  /** Whether the share that was flagged is drawn too. */
  readonly showsFlagged?: boolean;
  readonly value: (point: InjectionPoint) => number | null;
  readonly error?: (point: InjectionPoint) => number | null;
}

const PANEL_WIDTH = 336;
const PANEL_HEIGHT = 230;
const LEGEND_HEIGHT = 26;
/** Part of an axis that is kept free beyond the outermost point, so that no mark is cut. */
const POINT_ROOM = 0.03;
/** Detectors stand side by side, this factor apart in flux. */
const SIDE_STEP = 1.05;

const PANELS: readonly Panel[] = [
  {
    label: "Bias (%)",
    reference: 0,
    atLeast: [-1, 1],
    value: ({ bias }) => bias === null ? null : 100 * bias,
    error: ({ biasError }) => biasError === null ? null : 100 * biasError,
  },
  {
    label: "Median pull",
    reference: 0,
    atLeast: [-1, 1],
    value: ({ pullMedian }) => pullMedian,
    error: ({ pullMedianError }) => pullMedianError,
  },
  {
    label: "Width of pulls",
    reference: 1,
    atLeast: [0.5, 1.5],
    value: ({ pullWidth }) => pullWidth,
    error: ({ pullWidthError }) => pullWidthError,
  },
  {
    label: "Detected (filled), flagged (open)",
    reference: 1,
    atLeast: [-0.03, 1.03],
    showsFlagged: true,
    value: (point) => point.completeness,
  },
];

/** The points of a panel that have a value. */
function panelPoints(panel: Panel, points: readonly InjectionPoint[]): PanelPoint[] {
  return points.flatMap((point) => {
    const y = panel.value(point);
    if (point.detector === null || y === null) return [];
    const x = point.trueFluxMicroJy * SIDE_STEP ** (point.detector - 3.5);
    return [{ x, y, error: panel.error?.(point) ?? 0, color: detectorColor(point.detector) }];
  });
}

/** Ends of the flux axis, with room at both. */
function fluxDomain(points: readonly InjectionPoint[]): [number, number] {
  const fluxes = points.length === 0 ? [100] : points.map(({ trueFluxMicroJy }) => trueFluxMicroJy);
  return [Math.min(...fluxes) / 1.5, Math.max(...fluxes) * 1.5];
}

/** Ends of the other axis: those that the panel asks for, and all points. */
function valueDomain({ atLeast }: Panel, points: readonly PanelPoint[]): [number, number] {
  const low = Math.min(...points.map(({ y, error }) => y - error));
  const high = Math.max(...points.map(({ y, error }) => y + error));
  const room = POINT_ROOM * Math.max(high, atLeast[1]) - POINT_ROOM * Math.min(low, atLeast[0]);
  return [Math.min(atLeast[0], low - room), Math.max(atLeast[1], high + room)];
}

/** One panel as SVG markup. */
function panelSvg(panel: Panel, points: readonly InjectionPoint[]): string {
  const drawn = panelPoints(panel, points);
  const flagged = panel.showsFlagged === true
    ? panelPoints({ ...panel, value: (point) => point.flaggedFraction }, points)
    : [];
  const axis = { tickSize: 4, color: INK_COLOR, labelAnchor: "center", labelArrow: "none" } as const;
  const svg = Plot.plot({
    // The package names the browser's Document; ours has the part of it that is used.
    document: plotDocument() as never,
    width: PANEL_WIDTH,
    height: PANEL_HEIGHT,
    marginLeft: 56,
    marginBottom: 40,
    style: { fontFamily: "inherit", fontSize: "11px", background: "none", overflow: "visible" },
    x: { type: "log", axis: null, domain: fluxDomain(points) },
    y: { axis: null, domain: valueDomain(panel, drawn) },
    marks: [
      Plot.gridY({ stroke: INK_COLOR, strokeOpacity: 0.08, ticks: 5 }),
      Plot.axisY({ ...axis, ticks: 5, label: panel.label, labelOffset: 48 }),
      Plot.axisX({ ...axis, ticks: 4, tickFormat: "~s", label: "Flux put in (\u00b5Jy)", labelOffset: 34 }),
      Plot.ruleY([panel.reference], { stroke: MUTED_COLOR, strokeWidth: 0.8, strokeDasharray: "4 3" }),
      Plot.ruleX(drawn.filter(({ error }) => error > 0), {
        x: "x",
        y1: (point) => point.y - point.error,
        y2: (point) => point.y + point.error,
        stroke: "color",
      }),
      Plot.dot(drawn, { x: "x", y: "y", r: 3, fill: "color" }),
      Plot.dot(flagged, { x: "x", y: "y", r: 3, fill: "#ffffff", stroke: "color" }),
      Plot.frame({ stroke: INK_COLOR, strokeWidth: 0.9 }),
    ],
  });
  svg.setAttribute("xmlns", SVG_NAMESPACE);
  return svg.outerHTML;
}

/** The names of the detectors in their colours. */
function legendSvg(points: readonly InjectionPoint[]): string {
  const detectors = [...new Set(points.map(({ detector }) => detector))]
    .filter((detector) => detector !== null).sort((a, b) => a - b);
  const entries = detectors.map((detector, n) =>
    `<circle cx="${60 + 52 * n}" cy="16" r="4" fill="${detectorColor(detector)}"/>` +
    `<text x="${69 + 52 * n}" y="20" font-size="12" fill="${INK_COLOR}">D${detector}</text>`
  );
  return `<g>${entries.join("")}</g>`;
}

/**
 * Draws how well sources of known flux came back, as SVG of 7 inches: bias, median and width of the pulls with their
 * standard errors, and the shares that were detected and flagged, against flux and by detector.
 */
export function injectionPlotSvg(points: readonly InjectionPoint[]): string {
  return figureSvg({
    width: 2 * PANEL_WIDTH,
    height: LEGEND_HEIGHT + 2 * PANEL_HEIGHT,
    description: "Recovery of sources of known flux",
    parts: [
      { x: 0, y: 0, markup: legendSvg(points) },
      ...PANELS.map((panel, n) => ({
        x: n % 2 * PANEL_WIDTH,
        y: LEGEND_HEIGHT + Math.floor(n / 2) * PANEL_HEIGHT,
        markup: panelSvg(panel, points),
      })),
    ],
  });
}
