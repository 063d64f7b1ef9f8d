import * as Plot from "@observablehq/plot";
import {
  type FluxAgreement,
  fluxAgreements,
  type FluxPair,
  pullOf,
  ratioError,
  ratioOf,
} from "../spectrum/compare_fluxes.ts";
import { plotDocument, SVG_NAMESPACE } from "./dom.ts";
import { figureSvg } from "./figure.ts";
import { BAND_STYLES, detectorColor, INK_COLOR, MUTED_COLOR } from "./palette.ts";
import { pathMark } from "./path_mark.ts";
import { pullHistogramSvg } from "./pull_histogram.ts";
import { paddedRange, type Range, rangeWith, robustRange } from "./robust_range.ts";
import { textSvg } from "./svg_text.ts";
import { fittedText } from "./text_width.ts";

/** A pair of fluxes with its wavelength. */
export interface ComparedPoint extends FluxPair {
  /** Wavelength, micron. */
  readonly wavelengthMicron: number;
}

/** What the plot says beside its points. */
export interface ComparisonPlotOptions {
  /** What the fluxes are compared with. */
  readonly otherKind: string;
  /** What the two fluxes of a pair have in common. */
  readonly matchedBy: "observation" | "channel";
  /** Pairs with a lower signal-to-noise ratio of their sum have no ratio. */
  readonly minimumSignalToNoise: number;
}

const WIDTH = 672;
const HEADER_HEIGHT = 46;
const PANEL_HEIGHT = 190;
const HISTOGRAM_HEIGHT = 140;
const MARGIN_LEFT = 62;
const MARGIN_RIGHT = 14;

/** A value to draw against wavelength. */
interface PlacedValue {
  readonly x: number;
  readonly xHalf: number;
  readonly y: number;
  readonly yError: number;
  readonly detector: number;
}

/** One of the two panels against wavelength. */
interface ValuePanel {
  readonly label: string;
  readonly values: readonly PlacedValue[];
  readonly reference: number;
  readonly guides: readonly number[];
  readonly range: Range;
  readonly middle: (agreement: FluxAgreement) => number | null;
  readonly wavelengthAxis: boolean;
  readonly emptyMessage: string;
}

/**
 * Draws how two sets of fluxes agree, as SVG 7 inches wide: ratio and pull against wavelength in the colours of the
 * bands, with the median ratio and the mean pull of each band as a bar, and the pulls of each band as a histogram
 * against the unit normal distribution. Equal input gives equal text.
 */
export function comparisonPlotSvg(points: readonly ComparedPoint[], options: ComparisonPlotOptions): string {
  const agreements = fluxAgreements(points, options.minimumSignalToNoise);
  const panels = [ratioPanel(points, options.minimumSignalToNoise), pullPanel(points)];
  const parts = [
    { x: 0, y: 0, markup: headerSvg(points, options, agreements.at(-1)!) },
    ...panels.map((panel, n) => ({
      x: 0,
      y: HEADER_HEIGHT + n * PANEL_HEIGHT,
      markup: panelSvg(panel, agreements, PANEL_HEIGHT + (panel.wavelengthAxis ? 30 : 0)),
    })),
    ...histogramParts(points, agreements, HEADER_HEIGHT + 2 * PANEL_HEIGHT + 40),
  ];
  return figureSvg({
    width: WIDTH,
    height: HEADER_HEIGHT + 2 * PANEL_HEIGHT + 40 + HISTOGRAM_HEIGHT,
    description: `Comparison of ${points.length} fluxes with ${options.otherKind}`,
    parts,
  });
}

function headerSvg(
  points: readonly ComparedPoint[],
  { otherKind, matchedBy, minimumSignalToNoise }: ComparisonPlotOptions,
  all: FluxAgreement,
): string {
  const what = matchedBy === "observation" ? "same image" : "means of channels";
  const noun = points.length === 1 ? "pair" : "pairs";
  const total = `${points.length.toLocaleString("en-US")} ${noun} (${what})`;
  const ratio = all.ratioMedian === null
    ? `no pair has S/N above ${minimumSignalToNoise}`
    : `median ratio ${all.ratioMedian.toFixed(4)}, MAD ${
      all.ratioMad!.toFixed(4)
    } of ${all.ratios} above S/N ${minimumSignalToNoise}`;
  const pulls = all.pullMean === null
    ? ""
    : `; pulls ${all.pullMean.toFixed(2)} on average, width ${all.pullWidth?.toFixed(2) ?? "\u2013"}`;
  const title = fittedText(`Against ${otherKind}`, WIDTH - MARGIN_LEFT - 220, 14, true);
  return textSvg(MARGIN_LEFT, 20, title, { size: 14, bold: true }) +
    textSvg(WIDTH - MARGIN_RIGHT, 20, total, { size: 10.5, color: MUTED_COLOR, anchor: "end" }) +
    textSvg(MARGIN_LEFT, 38, ratio + pulls.replaceAll("-", "\u2212"), { size: 10.5, color: MUTED_COLOR });
}

function ratioPanel(points: readonly ComparedPoint[], minimumSignalToNoise: number): ValuePanel {
  const values = points.flatMap((point) => {
    const y = ratioOf(point, minimumSignalToNoise);
    return Number.isNaN(y) ? [] : [placed(point, y, ratioError(point))];
  });
  return {
    label: "Flux ratio",
    values,
    reference: 1,
    guides: [],
    range: panelRange(values, [0.9, 1.1]),
    middle: (agreement) => agreement.ratioMedian,
    wavelengthAxis: false,
    emptyMessage: `No pair is brighter than S/N ${minimumSignalToNoise}`,
  };
}

function pullPanel(points: readonly ComparedPoint[]): ValuePanel {
  const values = points.map((point) => placed(point, pullOf(point), 0));
  return {
    label: "Pull (difference / error)",
    values,
    reference: 0,
    guides: [-3, 3],
    range: panelRange(values, [-4, 4]),
    middle: (agreement) => agreement.pullMean,
    wavelengthAxis: true,
    emptyMessage: "No pair",
  };
}

function placed(point: ComparedPoint, y: number, yError: number): PlacedValue {
  return { x: point.wavelengthMicron, xHalf: 0, y, yError, detector: point.detector };
}

function panelRange(values: readonly PlacedValue[], least: Range): Range {
  const range = robustRange(
    values.map(({ x, y, yError }) => ({ position: x, reach: 0, value: y, error: yError })),
  );
  return paddedRange(range === undefined ? least : rangeWith(rangeWith(range, least[0]), least[1]), 0.04);
}

function panelSvg(panel: ValuePanel, agreements: readonly FluxAgreement[], height: number): string {
  const { range } = panel;
  const inside = panel.values.filter(({ y }) => y >= range[0] && y <= range[1]);
  const svg = Plot.plot({
    // The package names the browser's Document; ours has the part of it that is used.
    document: plotDocument() as never,
    width: WIDTH,
    height,
    marginLeft: MARGIN_LEFT,
    marginRight: MARGIN_RIGHT,
    marginTop: 8,
    marginBottom: panel.wavelengthAxis ? 38 : 8,
    style: { fontFamily: "inherit", fontSize: "11px", background: "none", overflow: "visible" },
    x: { domain: [0.68, 5.07], axis: null },
    y: { domain: range, axis: null },
    marks: [
      ...axisMarks(panel),
      Plot.ruleY([panel.reference], { stroke: INK_COLOR, strokeWidth: 0.8 }),
      Plot.ruleY(panel.guides, { stroke: MUTED_COLOR, strokeWidth: 0.8, strokeDasharray: "4 3" }),
      ...errorMarks(inside),
      ...middleMarks(panel, agreements),
      Plot.dot(inside, { x: "x", y: "y", r: 2, fill: colorOf, fillOpacity: 0.75 }),
      ...edgeMarks(panel),
      ...(panel.values.length === 0 ? [emptyMark(panel.emptyMessage)] : []),
      Plot.frame({ stroke: INK_COLOR, strokeWidth: 0.9 }),
    ],
  });
  svg.setAttribute("xmlns", SVG_NAMESPACE);
  return svg.outerHTML;
}

function axisMarks({ label, wavelengthAxis }: ValuePanel): Plot.Markish[] {
  const ticks = {
    tickSize: 4,
    tickPadding: 4,
    color: INK_COLOR,
    labelAnchor: "center",
    labelArrow: "none",
  } as const;
  return [
    Plot.gridY({ stroke: INK_COLOR, strokeOpacity: 0.08, ticks: 5 }),
    Plot.axisY({ ...ticks, ticks: 5, label, labelOffset: MARGIN_LEFT - 8 }),
    ...(wavelengthAxis
      ? [Plot.axisX({ ...ticks, ticks: 10, label: "Wavelength (\u00b5m)", labelOffset: 32 })]
      : []),
  ];
}

function colorOf({ detector }: PlacedValue): string {
  return detectorColor(detector);
}

/** Error bars, one path for each band: a thousand bars cost six elements. */
function errorMarks(values: readonly PlacedValue[]): Plot.Markish[] {
  return [...Map.groupBy(values, colorOf)].map(([color, items]) =>
    // The package takes a function for a mark; its type names the browser's elements.
    pathMark(items, "error", { color, width: 0.9, opacity: 0.5 }) as unknown as Plot.Markish
  );
}

/** Arrows at the edge for values beyond it. */
function edgeMarks({ values, range }: ValuePanel): Plot.Markish[] {
  const [low, high] = range;
  return [
    { items: values.filter(({ y }) => y > high), y: high, text: "\u2191", dy: 7 },
    { items: values.filter(({ y }) => y < low), y: low, text: "\u2193", dy: -7 },
  ].map(({ items, y, text, dy }) =>
    Plot.text(items, {
      x: "x",
      y: () => y,
      text: () => text,
      fill: colorOf,
      fontSize: 13,
      fontWeight: "bold",
      dy,
    })
  );
}

/** A bar over each band at its median ratio or mean pull. */
function middleMarks({ middle, range }: ValuePanel, agreements: readonly FluxAgreement[]): Plot.Markish[] {
  const bars = agreements.flatMap((agreement) => {
    const band = BAND_STYLES[(agreement.detector ?? 0) - 1];
    const y = middle(agreement);
    return band === undefined || y === null || y < range[0] || y > range[1] ? [] : [{ ...band, y }];
  });
  return [
    Plot.ruleY(bars, {
      x1: "wavelengthMinMicron",
      x2: "wavelengthMaxMicron",
      y: "y",
      stroke: INK_COLOR,
      strokeWidth: 2.4,
    }),
  ];
}

function emptyMark(message: string): Plot.Markish {
  return Plot.text([message], {
    text: (text: string) => text,
    frameAnchor: "middle",
    fill: MUTED_COLOR,
    stroke: "#ffffff",
    strokeWidth: 10,
    fontSize: 13,
  });
}

function histogramParts(points: readonly ComparedPoint[], agreements: readonly FluxAgreement[], y: number) {
  const width = (WIDTH - MARGIN_LEFT - MARGIN_RIGHT + 12) / BAND_STYLES.length;
  return BAND_STYLES.map(({ detector, color }, n) => ({
    x: MARGIN_LEFT - 6 + n * width,
    y,
    markup: pullHistogramSvg({
      title: `D${detector}`,
      color,
      pulls: points.filter((point) => point.detector === detector).map(pullOf),
      mean: agreements.find((agreement) => agreement.detector === detector)?.pullMean ?? null,
      pullWidth: agreements.find((agreement) => agreement.detector === detector)?.pullWidth ?? null,
      width,
      height: HISTOGRAM_HEIGHT,
    }),
  }));
}
