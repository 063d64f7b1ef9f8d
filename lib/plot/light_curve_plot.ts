import * as Plot from "@observablehq/plot";
import { plotDocument, SVG_NAMESPACE } from "./dom.ts";
import { type FigurePart, figureSvg } from "./figure.ts";
import { fluxUnitFor } from "./flux_unit.ts";
import { detectorColor, INK_COLOR, MUTED_COLOR, REJECTED_COLOR } from "./palette.ts";
import { pathMark } from "./path_mark.ts";
import { paddedRange, type Range, rangeWith, robustRange } from "./robust_range.ts";
import { textSvg } from "./svg_text.ts";
import { fittedText, textWidth } from "./text_width.ts";

/** One exposure in a light curve. */
export interface LightCurveMark {
  /** Time, modified Julian date. */
  readonly mjd: number;
  /** Flux, microjansky. */
  readonly fluxMicroJy: number;
  /** Its standard error, microjansky. */
  readonly fluxErrorMicroJy: number;
  /** Flux over the mean of its channel; NaN where that is too faint. */
  readonly relativeFlux: number;
  /** Standard error of that; NaN where there is none. */
  readonly relativeFluxError: number;
  /** Detector, 1 to 6. */
  readonly detector: number;
  /** Whether no flag speaks against it. */
  readonly isClean: boolean;
}

/** One visit in a light curve. */
export interface VisitMark {
  /** Time, modified Julian date. */
  readonly mjd: number;
  /** Brightness over that of all visits; NaN where it is not known. */
  readonly relativeFlux: number;
  /** Its standard error. */
  readonly relativeFluxError: number;
  /** Detector, 1 to 6. */
  readonly detector: number;
}

/** What a light curve plot says beside its points. */
export interface LightCurvePlotOptions {
  /** Name of the source. */
  readonly sourceName: string;
  /** Time scale of the dates, such as UTC. */
  readonly timeScale: string;
  /** What is shown; relative flux where it is known unless given. */
  readonly quantity?: "relative" | "flux";
  /** Added to the title, such as the channel. */
  readonly subtitle?: string;
}

const WIDTH = 672;
const HEADER_HEIGHT = 46;
const PANEL_HEIGHT = 110;
const AXIS_HEIGHT = 32;
const MARGIN_LEFT = 62;
const MARGIN_RIGHT = 34;

/** A value at a time. */
interface Placed {
  readonly x: number;
  readonly xHalf: number;
  readonly y: number;
  readonly yError: number;
}

/** The light curve of one band. */
interface Panel {
  readonly detector: number;
  readonly label: string;
  readonly clean: readonly Placed[];
  readonly rejected: readonly Placed[];
  readonly visits: readonly Placed[];
  readonly reference: number;
  readonly range: Range;
}

/**
 * Draws the light curve of a source as SVG 7 inches wide, one panel a band: single exposures relative to the mean of
 * their channel, those with a blocking flag open and grey, and each visit as a square with its error. Bands too faint
 * for that show fluxes. Equal input gives equal text.
 */
export function lightCurvePlotSvg(
  marks: readonly LightCurveMark[],
  visits: readonly VisitMark[],
  options: LightCurvePlotOptions,
): string {
  const detectors = [...new Set(marks.map(({ detector }) => detector))].sort((a, b) => a - b);
  const panels = detectors.map((detector) =>
    panelOf(
      detector,
      marks.filter((mark) => mark.detector === detector),
      visits.filter((visit) => visit.detector === detector),
      options.quantity ?? "relative",
    )
  );
  const times = paddedRange(timeRange(marks), 0.02);
  const parts: FigurePart[] = [{ x: 0, y: 0, markup: headerSvg(marks, visits, options) }];
  let y = HEADER_HEIGHT;
  for (const [n, panel] of panels.entries()) {
    const isLast = n === panels.length - 1;
    parts.push({ x: 0, y, markup: panelSvg(panel, times, isLast ? options.timeScale : null) });
    y += PANEL_HEIGHT + (isLast ? AXIS_HEIGHT : 0);
  }
  if (panels.length === 0) {
    parts.push({
      x: 0,
      y,
      markup: textSvg(WIDTH / 2, 60, "No measurements", { size: 13, color: MUTED_COLOR, anchor: "middle" }),
    });
    y += PANEL_HEIGHT;
  }
  const description = `Light curve of ${options.sourceName}: ${marks.length} measurements`;
  return figureSvg({ width: WIDTH, height: y, description, parts });
}

function timeRange(marks: readonly LightCurveMark[]): Range {
  if (marks.length === 0) return [0, 1];
  const times = marks.map(({ mjd }) => mjd).sort((a, b) => a - b);
  const [first, last] = [times[0]!, times.at(-1)!];
  return last - first > 0.1 ? [first, last] : [first - 0.5, last + 0.5];
}

function panelOf(
  detector: number,
  marks: readonly LightCurveMark[],
  visits: readonly VisitMark[],
  quantity: "relative" | "flux",
): Panel {
  const isRelative = quantity === "relative" &&
    marks.some(({ relativeFlux }) => Number.isFinite(relativeFlux));
  const largest = Math.max(0, ...marks.map(({ fluxMicroJy }) => Math.abs(fluxMicroJy)));
  const unit = fluxUnitFor(largest);
  const place = (mark: LightCurveMark): Placed =>
    isRelative
      ? placed(mark.mjd, mark.relativeFlux, mark.relativeFluxError)
      : placed(mark.mjd, mark.fluxMicroJy / unit.microJy, mark.fluxErrorMicroJy / unit.microJy);
  const drawn = (list: readonly LightCurveMark[]) => list.map(place).filter(({ y }) => Number.isFinite(y));
  const clean = drawn(marks.filter(({ isClean }) => isClean));
  const rejected = drawn(marks.filter(({ isClean }) => !isClean));
  const squares = isRelative
    ? visits.map((visit) => placed(visit.mjd, visit.relativeFlux, visit.relativeFluxError))
      .filter(({ y }) => Number.isFinite(y))
    : [];
  return {
    detector,
    label: isRelative ? "Relative flux" : `Flux (${unit.symbol})`,
    clean,
    rejected,
    visits: squares,
    reference: isRelative ? 1 : 0,
    range: valueRange(clean.length > 0 ? [...clean, ...squares] : rejected, isRelative),
  };
}

function placed(x: number, y: number, yError: number): Placed {
  return { x, xHalf: 0, y, yError: Number.isFinite(yError) ? yError : 0 };
}

function valueRange(points: readonly Placed[], isRelative: boolean): Range {
  const range = robustRange(
    points.map(({ x, y, yError }) => ({ position: x, reach: 5, value: y, error: yError })),
  );
  const shown = range ?? [0, 1];
  return paddedRange(isRelative ? rangeWith(rangeWith(shown, 0.95), 1.05) : rangeWith(shown, 0), 0.06);
}

function headerSvg(
  marks: readonly LightCurveMark[],
  visits: readonly VisitMark[],
  { sourceName, subtitle }: LightCurvePlotOptions,
): string {
  const total = `${marks.length.toLocaleString("en-US")} ${
    marks.length === 1 ? "measurement" : "measurements"
  }`;
  const rejected = marks.filter(({ isClean }) => !isClean).length;
  const entry = { size: 10.5, color: MUTED_COLOR };
  const title = subtitle === undefined ? sourceName : `${sourceName}, ${subtitle}`;
  const first = `exposure ${marks.length - rejected}`;
  const second = `not recommended ${rejected}`;
  const at = MARGIN_LEFT + 28 + textWidth(first, 10.5);
  const third = at + 28 + textWidth(second, 10.5);
  const shown = visits.filter(({ relativeFlux }) => Number.isFinite(relativeFlux)).length;
  return [
    textSvg(MARGIN_LEFT, 20, fittedText(title, WIDTH - 230, 14, true), { size: 14, bold: true }),
    textSvg(WIDTH - MARGIN_RIGHT, 20, total, { ...entry, anchor: "end" }),
    `<circle cx="${MARGIN_LEFT + 4}" cy="34.2" r="2.4" fill="${INK_COLOR}" fill-opacity="0.45"/>`,
    textSvg(MARGIN_LEFT + 12, 38, first, entry),
    `<circle cx="${at + 4}" cy="34.2" r="2.4" fill="#ffffff" stroke="${REJECTED_COLOR}"/>`,
    textSvg(at + 12, 38, second, entry),
    ...(shown === 0 ? [] : [
      `<rect x="${third}" y="30.4" width="7.6" height="7.6" fill="${INK_COLOR}"/>`,
      textSvg(third + 12, 38, "visit, spectrum taken out", entry),
    ]),
  ].join("");
}

function panelSvg(panel: Panel, times: Range, timeScale: string | null): string {
  const color = detectorColor(panel.detector);
  const isInside = ({ y }: Placed) => y >= panel.range[0] && y <= panel.range[1];
  const svg = Plot.plot({
    // The package names the browser's Document; ours has the part of it that is used.
    document: plotDocument() as never,
    width: WIDTH,
    height: PANEL_HEIGHT + (timeScale === null ? 0 : AXIS_HEIGHT),
    marginLeft: MARGIN_LEFT,
    marginRight: MARGIN_RIGHT,
    marginTop: 6,
    marginBottom: timeScale === null ? 6 : 6 + AXIS_HEIGHT,
    style: { fontFamily: "inherit", fontSize: "11px", background: "none", overflow: "visible" },
    x: { domain: times, axis: null },
    y: { domain: panel.range, axis: null },
    marks: [
      ...axisMarks(panel, timeScale),
      Plot.ruleY([panel.reference].filter((y) => y >= panel.range[0] && y <= panel.range[1]), {
        stroke: MUTED_COLOR,
        strokeWidth: 0.8,
        strokeDasharray: "4 3",
      }),
      Plot.dot(panel.rejected.filter(isInside), {
        x: "x",
        y: "y",
        r: 2.2,
        fill: "#ffffff",
        stroke: REJECTED_COLOR,
      }),
      ...pointMarks(panel.clean.filter(isInside), color, panel.visits.length > 0 ? 0.45 : 0.9),
      ...visitMarks(panel.visits.filter(isInside), color),
      ...edgeMarks(panel, color),
      Plot.frame({ stroke: INK_COLOR, strokeWidth: 0.9 }),
      Plot.text([`D${panel.detector}`], {
        text: (name: string) => name,
        frameAnchor: "right",
        textAnchor: "start",
        dx: 8,
        fontWeight: "bold",
        fill: color,
      }),
    ],
  });
  svg.setAttribute("xmlns", SVG_NAMESPACE);
  return svg.outerHTML;
}

function axisMarks({ label }: Panel, timeScale: string | null): Plot.Markish[] {
  const axis = {
    tickSize: 4,
    tickPadding: 4,
    color: INK_COLOR,
    labelAnchor: "center",
    labelArrow: "none",
  } as const;
  const marks: Plot.Markish[] = [
    Plot.gridY({ stroke: INK_COLOR, strokeOpacity: 0.08, ticks: 4 }),
    Plot.axisY({ ...axis, ticks: 4, label, labelOffset: MARGIN_LEFT - 8 }),
  ];
  if (timeScale === null) return marks;
  const tickFormat = (mjd: number) => String(mjd);
  return [
    ...marks,
    Plot.axisX({ ...axis, ticks: 7, tickFormat, label: `MJD (${timeScale})`, labelOffset: 32 }),
  ];
}

function pointMarks(points: readonly Placed[], color: string, opacity: number): Plot.Markish[] {
  return [
    // The package takes a function for a mark; its type names the browser's elements.
    pathMark(points, "error", { color, width: 0.9, opacity: 0.6 * opacity }) as unknown as Plot.Markish,
    Plot.dot(points, { x: "x", y: "y", r: 2.2, fill: color, fillOpacity: opacity }),
  ];
}

function visitMarks(points: readonly Placed[], color: string): Plot.Markish[] {
  return [
    pathMark(points, "error", { color: INK_COLOR, width: 1.2, opacity: 1 }) as unknown as Plot.Markish,
    Plot.dot(points, {
      x: "x",
      y: "y",
      r: 3.4,
      symbol: "square",
      fill: color,
      stroke: INK_COLOR,
      strokeWidth: 0.9,
    }),
  ];
}

/** Arrows at the edge for exposures beyond it. */
function edgeMarks({ clean, rejected, range }: Panel, color: string): Plot.Markish[] {
  const [low, high] = range;
  return [[clean, color], [rejected, REJECTED_COLOR]].flatMap(([points, fill]) => {
    const arrow = (y: number, text: string, dy: number, list: readonly Placed[]) =>
      Plot.text(list, {
        x: "x",
        y: () => y,
        text: () => text,
        fill: fill as string,
        fontSize: 12,
        fontWeight: "bold",
        dy,
      });
    const list = points as readonly Placed[];
    return [
      arrow(high, "\u2191", 7, list.filter(({ y }) => y > high)),
      arrow(low, "\u2193", -7, list.filter(({ y }) => y < low)),
    ];
  });
}
