import type { MeasurementModels } from "../photometry/measurement.ts";
import { colorBarSvg, colorRangeSvg, type ColorScale, gradientDefinitions } from "./color_bar.ts";
import { DIVERGING_MAP, SEQUENTIAL_MAP } from "./color_map.ts";
import { type Figure, type FigurePart, figureSvg } from "./figure.ts";
import { paintBelow, type PlacedImage } from "./paint_below.ts";
import { INK_COLOR, MUTED_COLOR } from "./palette.ts";
import { roleLegendSvg, rolesImage } from "./pixel_role_image.ts";
import { planeImage, quantile } from "./plane_image.ts";
import { encodePng, type PixelImage } from "./png.ts";
import { rasteriseSvg } from "./raster.ts";
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

/** How a full quality plot is drawn. */
export interface CutoutPanelsStyle {
  /** Whether each panel has a colour bar below it, not its range alone. @default {false} */
  readonly colorBars?: boolean;
  /** Dots per inch of the PNG; the plot is 10 inches wide. @default {110} */
  readonly dotsPerInch?: number;
}

/** Width of a full quality plot, user units, 96 to the inch. */
const CUTOUT_PANELS_WIDTH = 960;

const UNITS_PER_INCH = 96;
const DEFAULT_DOTS_PER_INCH = 110;

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

/** Fluxes are shown to at least this part of the model's peak, so that a bright target keeps its shape. */
const PEAK_SHARE = 0.6;

/** One panel before it is placed. */
interface Panel {
  readonly title: string;
  readonly image: PixelImage;
  readonly foot: string;
}

/** A plot whose panels of pixels are still to be painted. */
interface Layout {
  readonly figure: Figure;
  readonly images: readonly PlacedImage[];
}

/**
 * Draws the full quality plot of one measurement as SVG: data, background, data minus background and pixel roles
 * above; point model, its residual, joint model and its residual below.
 *
 * The lowest row of pixels stands at the bottom. A cross marks the target, a circle the radius within which it is
 * never split, small crosses its neighbours. Pixels without a value are grey. Equal input gives equal text.
 */
export function cutoutPanelsSvg(input: CutoutPanels, style: CutoutPanelsStyle = {}): string {
  const { figure, images } = layOut(input, style);
  const pictures = images.map((placed) => ({ x: placed.x, y: placed.y, markup: imageSvg(placed) }));
  return figureSvg({ ...figure, parts: [...pictures, ...figure.parts] });
}

/**
 * Draws the same plot as PNG. The pixels of the cutout are painted directly, sharp and much faster than through
 * the SVG.
 */
export async function cutoutPanelsPng(
  input: CutoutPanels,
  style: CutoutPanelsStyle = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { figure, images } = layOut(input, style);
  const dotsPerInch = style.dotsPerInch ?? DEFAULT_DOTS_PER_INCH;
  const widthPixels = Math.round(CUTOUT_PANELS_WIDTH * dotsPerInch / UNITS_PER_INCH);
  const drawing = await rasteriseSvg(figureSvg({ ...figure, openGround: true }), widthPixels);
  paintBelow(drawing, images, widthPixels / CUTOUT_PANELS_WIDTH);
  return encodePng(drawing, { level: 4, dotsPerInch });
}

function layOut(input: CutoutPanels, style: CutoutPanelsStyle): Layout {
  const { width, height } = input.models;
  if (width < 1 || height < 1) {
    throw new RangeError(`A cutout of ${width} x ${height} pixels cannot be drawn`);
  }
  const panelHeight = Math.min(1.5, Math.max(0.3, height / width)) * PANEL_WIDTH;
  const headerHeight = 30 + LINE_HEIGHT * input.lines.length;
  const rowHeight = PANEL_TITLE_HEIGHT + panelHeight + PANEL_FOOT_HEIGHT;
  const parts: FigurePart[] = [{ x: 0, y: 0, markup: gradientDefinitions() + headerSvg(input) }];
  const images: PlacedImage[] = [];
  for (const [i, panel] of panelsOf(input.models, style.colorBars ? colorBarSvg : colorRangeSvg).entries()) {
    const x = MARGIN + (i % COLUMNS) * (PANEL_WIDTH + GAP);
    const y = headerHeight + Math.floor(i / COLUMNS) * rowHeight + PANEL_TITLE_HEIGHT;
    parts.push({ x, y, markup: panelSvg(panel, input, panelHeight) });
    images.push({ x, y, width: PANEL_WIDTH, height: panelHeight, image: panel.image });
  }
  const figure: Figure = {
    width: CUTOUT_PANELS_WIDTH,
    height: Math.ceil(headerHeight + 2 * rowHeight),
    description: input.title,
    parts,
  };
  return { figure, images };
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

function panelsOf(models: MeasurementModels, scale: ColorScale): Panel[] {
  const flux = symmetricRange(models.dataMinusBackground, PEAK_SHARE * largest(models.jointModel));
  const pointResidual = symmetricRange(models.pointResidualSigma, LEAST_RESIDUAL_SIGMA);
  const jointResidual = symmetricRange(models.jointResidualSigma, LEAST_RESIDUAL_SIGMA);
  const unit = "\u00b5Jy/pixel";
  const alone = models.neighbors.length === 0 ? " (no neighbours)" : "";
  return [
    sequential("Data", models, models.raw, unit, scale),
    sequential("Background", models, models.background, unit, scale),
    diverging("Data \u2212 background", models, models.dataMinusBackground, flux, unit, scale),
    {
      title: "Pixel roles",
      image: rolesImage(models.width, models.height, models.roles),
      foot: roleLegendSvg(PANEL_WIDTH),
    },
    diverging("Point model", models, models.pointModel, flux, unit, scale),
    diverging("Point residual", models, models.pointResidualSigma, pointResidual, "\u03c3", scale),
    diverging(`Joint model${alone}`, models, models.jointModel, flux, unit, scale),
    diverging(`Joint residual${alone}`, models, models.jointResidualSigma, jointResidual, "\u03c3", scale),
  ];
}

function sequential(
  title: string,
  size: MeasurementModels,
  values: Float64Array,
  unit: string,
  scale: ColorScale,
): Panel {
  const low = quantile(values, 0.02);
  const high = quantile(values, 0.98);
  const range: Range = Number.isNaN(low) ? [0, 1] : high > low ? [low, high] : [low - 0.5, low + 0.5];
  const plane = { width: size.width, height: size.height, values };
  return {
    title,
    image: planeImage(plane, SEQUENTIAL_MAP, range),
    foot: scale("sequential", PANEL_WIDTH, range, unit),
  };
}

function diverging(
  title: string,
  size: MeasurementModels,
  values: Float64Array,
  range: Range,
  unit: string,
  scale: ColorScale,
): Panel {
  const plane = { width: size.width, height: size.height, values };
  return {
    title,
    image: planeImage(plane, DIVERGING_MAP, range),
    foot: scale("diverging", PANEL_WIDTH, range, unit),
  };
}

function largest(values: Float64Array): number {
  return values.reduce((peak, value) => value > peak ? value : peak, 0);
}

/** The 98th percentile of the sizes of the values, to both sides of zero. */
function symmetricRange(values: Float64Array, least: number): Range {
  const limit = Math.max(least, quantile(values.map(Math.abs), 0.98) || 0) || 1;
  return [-limit, limit];
}

function panelSvg(panel: Panel, input: CutoutPanels, height: number): string {
  return [
    textSvg(0, 13 - PANEL_TITLE_HEIGHT, panel.title, { size: 11 }),
    targetMarksSvg(input, PANEL_WIDTH, height),
    `<rect width="${rounded(PANEL_WIDTH)}" height="${rounded(height)}" fill="none" stroke="${INK_COLOR}"/>`,
    `<g transform="translate(0,${rounded(height)})">${panel.foot}</g>`,
  ].join("");
}

function imageSvg({ width, height, image }: PlacedImage): string {
  const uri = `data:image/png;base64,${encodePng(image).toBase64()}`;
  return `<image width="${rounded(width)}" height="${rounded(height)}" preserveAspectRatio="none" ` +
    `style="image-rendering:pixelated" xlink:href="${uri}"/>`;
}
