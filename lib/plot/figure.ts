import { SVG_NAMESPACE } from "./dom.ts";
import { INK_COLOR } from "./palette.ts";
import { escapeXml, rounded } from "./svg_text.ts";

/** A drawing placed in a figure. */
export interface FigurePart {
  /** Left edge in the figure. */
  readonly x: number;
  /** Top edge in the figure. */
  readonly y: number;
  /** SVG markup. */
  readonly markup: string;
}

/** A whole figure. */
export interface Figure {
  /** Width in user units, 96 to the inch. */
  readonly width: number;
  /** Height in user units. */
  readonly height: number;
  /** What the figure shows, for readers that cannot see it. */
  readonly description: string;
  /** Whether the ground is left open, for pixels to be painted below; white when left out. */
  readonly openGround?: boolean;
  /** Its parts, painted in order. */
  readonly parts: readonly FigurePart[];
}

/** The family of every text; the rasteriser ships it. */
export const FIGURE_FONT = "DejaVu Sans, Verdana, sans-serif";

/** A figure as a whole SVG file on white ground. */
export function figureSvg(figure: Figure): string {
  const { width, height } = figure;
  const parts = figure.parts.map((part) =>
    part.x === 0 && part.y === 0
      ? part.markup
      : `<g transform="translate(${rounded(part.x)},${rounded(part.y)})">${part.markup}</g>`
  );
  return [
    `<svg xmlns="${SVG_NAMESPACE}" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}"`,
    ` viewBox="0 0 ${width} ${height}" font-family="${FIGURE_FONT}" fill="${INK_COLOR}" role="img">`,
    `<title>${escapeXml(figure.description)}</title>`,
    figure.openGround === true ? "" : `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    "</svg>\n",
  ].join("");
}
