import { escapeXml } from "../../plot/svg_text.ts";

/** Text as HTML content or attribute value. Names from a catalog may hold anything. */
export function escapeHtml(text: string): string {
  return escapeXml(text).replaceAll("'", "&#39;");
}

/** A name of parts as HTML, with places to break after its dots, underscores and slashes. */
export function breakableHtml(text: string): string {
  return escapeHtml(text).replace(/[._/](?=[^/])/g, "$&<wbr>");
}

/** A value as JSON that may stand inside a script element: nothing in it can end the element or begin a comment. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026")
    .replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** A relative path as a link, each of its parts encoded. */
export function pathLink(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
