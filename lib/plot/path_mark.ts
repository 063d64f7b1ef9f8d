import { type PlotDocument, type PlotElement, SVG_NAMESPACE } from "./dom.ts";
import { rounded } from "./svg_text.ts";

/** What a bar shows: the bandwidth along the wavelength, or the standard error along the value. */
export type BarKind = "bandwidth" | "error";

/** A point with its bars, in data units. */
export interface BarPoint {
  /** Place along the horizontal axis. */
  readonly x: number;
  /** Half length of the horizontal bar. */
  readonly xHalf: number;
  /** Place along the vertical axis. */
  readonly y: number;
  /** Half length of the vertical bar. */
  readonly yError: number;
}

/** How bars are drawn. */
export interface BarStyle {
  /** Colour of the line. */
  readonly color: string;
  /** Width of the line. */
  readonly width: number;
  /** Opacity of the line, 0 to 1. */
  readonly opacity: number;
}

/** The two position scales that a mark is drawn with. */
export interface PositionScales {
  /** Place of a value from the left edge. */
  readonly x: (value: number) => number;
  /** Place of a value from the top edge. */
  readonly y: (value: number) => number;
}

/** The size of a panel and where the frame lies in it. */
export interface FrameDimensions {
  /** Width with margins. */
  readonly width: number;
  /** Height with margins. */
  readonly height: number;
  /** Space above the frame. */
  readonly marginTop: number;
  /** Space right of the frame. */
  readonly marginRight: number;
  /** Space below the frame. */
  readonly marginBottom: number;
  /** Space left of the frame. */
  readonly marginLeft: number;
}

/** A mark that draws itself when the plot has its scales. */
export type PathMark = (
  index: unknown,
  scales: PositionScales,
  values: unknown,
  dimensions: FrameDimensions,
  context: { readonly document: PlotDocument },
) => PlotElement;

/** All bars of one kind and style as a single path, cut at the frame. */
export function pathMark(points: readonly BarPoint[], kind: BarKind, style: BarStyle): PathMark {
  return (_index, scales, _values, dimensions, context) => {
    const path = context.document.createElementNS(SVG_NAMESPACE, "path");
    setAttributes(path, {
      d: barPath(points, kind, scales, dimensions),
      fill: "none",
      stroke: style.color,
      "stroke-width": String(style.width),
      "stroke-opacity": String(style.opacity),
    });
    return path;
  };
}

function barPath(
  points: readonly BarPoint[],
  kind: BarKind,
  scales: PositionScales,
  frame: FrameDimensions,
): string {
  const left = frame.marginLeft;
  const right = frame.width - frame.marginRight;
  const top = frame.marginTop;
  const bottom = frame.height - frame.marginBottom;
  const commands: string[] = [];
  for (const { x, xHalf, y, yError } of points) {
    if (kind === "bandwidth" && xHalf > 0) {
      const from = Math.max(left, scales.x(x - xHalf));
      const to = Math.min(right, scales.x(x + xHalf));
      commands.push(`M${rounded(from)},${rounded(scales.y(y))}H${rounded(to)}`);
    } else if (kind === "error" && yError > 0) {
      // On an axis of logarithms a bar that reaches zero ends at the frame.
      const inFrame = (place: number) =>
        Number.isNaN(place) ? bottom : Math.min(bottom, Math.max(top, place));
      const from = inFrame(scales.y(y - yError));
      const to = inFrame(scales.y(y + yError));
      commands.push(`M${rounded(scales.x(x))},${rounded(from)}V${rounded(to)}`);
    }
  }
  return commands.join("");
}

function setAttributes(element: PlotElement, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
