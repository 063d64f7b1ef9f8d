import type { MeasurementModels } from "../photometry/measurement.ts";
import { DIVERGING_MAP, SEQUENTIAL_MAP } from "./color_map.ts";
import { colorBarSvg, gradientDefinitions } from "./color_bar.ts";
import { type FigurePart, figureSvg } from "./figure.ts";
import { MUTED_COLOR } from "./palette.ts";
import { roleLegendSvg, rolesPng } from "./pixel_role_image.ts";
import { planePng, quantile } from "./plane_image.ts";
import type { Range } from "./robust_range.ts";
import { rounded, textSvg } from "./svg_text.ts";
import { targetMarksSvg } from "./target_marks.ts";
import { fittedText } from "./text_width.ts";

/** What the full quality plot of one measurement shows. */
export interface CutoutPanels {
  /** First line, bold. */
  readonly title: string;
  /** Lines of numbers below the title. */
  readonly lines: readonly string[];
  /** The planes, as the measurement returns them. */
  readonly models: MeasurementModels;
  /** Target in the cutout, 0-based pixels, centres at integers. */
  readonly targetX: number;
  /** Target in the cutout, 0-based pixels, centres at integers. */
  readonly targetY: number;
  /** Radius within which the target is never split, pixels; NaN for none. */
  readonly protectionRadiusPixels: number;
}

/** Width of a full quality plot, user units. */
export const CUTOUT_PANELS_WIDTH = 960;

const COLUMNS = 4;
const MARGIN = 30;
const GAP = 22;
const PANEL_WIDTH = (CUTOUT_PANELS_WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS;
const PANEL_TITLE_HEIGHT = 20;
const PANEL_FOOT_HEIGHT = 40;
const TITLE_SIZE = 14;
const LINE_SIZE = 10.5;
const LINE_HEIGHT = 15;

/** Residuals are shown to at least this many sigma, so that noise looks like noise. */
const LEAST_RESIDUAL_SIGMA = 3;

/** One panel before it is placed. */
interface Panel {
  readonly title: string;
  readonly png: Uint8Array;
  readonly foot: string;
}

/**
 * Draws the full quality plot of one measurement as SVG: data, background, data minus background and pixel roles
 * above; point model, its residual, joint model and its residual below.
 *
 * The lowest row of pixels stands at the bottom. A cross marks the target, a circle the radius within which it is
 * never split, small crosses its neighbours. Pixels without a value are grey. Equal input gives equal text.
 */
export function cutoutPanelsSvg(input: CutoutPanels): string {
  const { width, height } = input.models;
  if (width < 1 || height < 1) {
    throw new RangeError(`A cutout of ${width} x ${height} pixels cannot be drawn`);
  }
  const panelHeight = Math.min(1.5, Math.max(0.3, height / width)) * PANEL_WIDTH;
  const headerHeight = 30 + LINE_HEIGHT * input.lines.length;
  const rowHeight = PANEL_TITLE_HEIGHT + panelHeight + PANEL_FOOT_HEIGHT;
  const parts: FigurePart[] = [
    { x: 0, y: 0, markup: gradientDefinitions() },
    { x: 0, y: 0, markup: headerSvg(input) },
  ];
  for (const [i, panel] of panelsOf(input.models).entries()) {
    parts.push({
      x: MARGIN + (i % COLUMNS) * (PANEL_WIDTH + GAP),
      y: headerHeight + Math.floor(i / COLUMNS) * rowHeight,
      markup: panelSvg(panel, input, panelHeight),
    });
  }
  return figureSvg({
    width: CUTOUT_PANELS_WIDTH,
    height: Math.ceil(headerHeight + 2 * rowHeight),
    description: input.title,
    parts,
  });
}

function headerSvg(input: CutoutPanels): string {
  const room = CUTOUT_PANELS_WIDTH - 2 * MARGIN;
  const lines = input.lines.map((line, i) =>
    textSvg(MARGIN, 36 + LINE_HEIGHT * i, fittedText(line, room, LINE_SIZE), {
      size: LINE_SIZE,
      color: MUTED_COLOR,
    })
  );
  const title = fittedText(input.title, room, TITLE_SIZE, true);
  return textSvg(MARGIN, 20, title, { size: TITLE_SIZE, bold: true }) + lines.join("");
}

function panelsOf(models: MeasurementModels): Panel[] {
  const flux = symmetricRange(models.dataMinusBackground, 0);
  const pointResidual = symmetricRange(models.pointResidualSigma, LEAST_RESIDUAL_SIGMA);
  const jointResidual = symmetricRange(models.jointResidualSigma, LEAST_RESIDUAL_SIGMA);
  const unit = "\u00b5Jy/pixel";
  return [
    sequential("Data", models, models.raw, unit),
    sequential("Background", models, models.background, unit),
    diverging("Data \u2212 background", models, models.dataMinusBackground, flux, unit),
    {
      title: "Pixel roles",
      png: rolesPng(models.width, models.height, models.roles),
      foot: roleLegendSvg(PANEL_WIDTH),
    },
    diverging("Point model", models, models.pointModel, flux, unit),
    diverging("Point residual", models, models.pointResidualSigma, pointResidual, "\u03c3"),
    diverging("Joint model", models, models.jointModel, flux, unit),
    diverging("Joint residual", models, models.jointResidualSigma, jointResidual, "\u03c3"),
  ];
}

function sequential(title: string, size: MeasurementModels, values: Float64Array, unit: string): Panel {
  const low = quantile(values, 0.02);
  const high = quantile(values, 0.98);
  const range: Range = Number.isNaN(low) ? [0, 1] : high > low ? [low, high] : [low - 0.5, low + 0.5];
  const plane = { width: size.width, height: size.height, values };
  return {
    title,
    png: planePng(plane, SEQUENTIAL_MAP, range),
    foot: colorBarSvg("sequential", PANEL_WIDTH, range, unit),
  };
}

function diverging(
  title: string,
  size: MeasurementModels,
  values: Float64Array,
  range: Range,
  unit: string,
): Panel {
  const plane = { width: size.width, height: size.height, values };
  return {
    title,
    png: planePng(plane, DIVERGING_MAP, range),
    foot: colorBarSvg("diverging", PANEL_WIDTH, range, unit),
  };
}

/** The 98th percentile of the sizes of the values, to both sides of zero. */
function symmetricRange(values: Float64Array, least: number): Range {
  const limit = Math.max(least, quantile(values.map(Math.abs), 0.98) || 0) || 1;
  return [-limit, limit];
}

function panelSvg(panel: Panel, input: CutoutPanels, height: number): string {
  const uri = `data:image/png;base64,${panel.png.toBase64()}`;
  return [
    textSvg(0, 13, panel.title, { size: 11 }),
    `<g transform="translate(0,${PANEL_TITLE_HEIGHT})">`,
    `<image width="${rounded(PANEL_WIDTH)}" height="${rounded(height)}" preserveAspectRatio="none"`,
    ` image-rendering="optimizeSpeed" style="image-rendering:pixelated" xlink:href="${uri}"/>`,
    targetMarksSvg(input, PANEL_WIDTH, height),
    `<rect width="${rounded(PANEL_WIDTH)}" height="${rounded(height)}" fill="none" stroke="#222222"/>`,
    `<g transform="translate(0,${rounded(height)})">${panel.foot}</g>`,
    "</g>",
  ].join("");
}
