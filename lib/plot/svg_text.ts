import { INK_COLOR } from "./palette.ts";

/** Text as XML content or attribute value; characters that XML cannot hold become the replacement character. */
export function escapeXml(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** How a line of text is drawn. */
export interface TextStyle {
  /** Height of the letters' box, user units. */
  readonly size: number;
  /** Whether the letters are bold. */
  readonly bold?: boolean;
  /** Colour; that of ink when left out. */
  readonly color?: string;
  /** Which end stands at x; the start when left out. */
  readonly anchor?: "start" | "middle" | "end";
}

/** A line of text as an SVG element, its baseline at `y`. */
export function textSvg(x: number, y: number, text: string, style: TextStyle): string {
  const weight = style.bold === true ? ' font-weight="bold"' : "";
  return `<text x="${rounded(x)}" y="${rounded(y)}" font-size="${style.size}"${weight} text-anchor="${
    style.anchor ?? "start"
  }" fill="${style.color ?? INK_COLOR}">${escapeXml(text)}</text>`;
}

/** A coordinate with at most two decimals: enough for a drawing, short in the file. */
export function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
