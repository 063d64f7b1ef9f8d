/** How much of an answer is looked at, and how much of its words is repeated. */
const MAX_QUOTED_CHARACTERS = 160;

/**
 * Says what bytes that should have been a FITS file are instead, from their beginning: nothing, a web page, an XML
 * answer with its error, other text, or an unknown format. Undefined when they start as a FITS file.
 */
export function foreignContent(start: Uint8Array, byteLength: number): string | undefined {
  if (byteLength === 0) return "The file is empty";
  const text = new TextDecoder().decode(start).replace(/^\uFEFF/, "").trimStart();
  if (text.startsWith("SIMPLE  =")) return undefined;
  if (/^<(?:!doctype\s+html|html)/i.test(text)) return said("The file is a web page", wordsOfMarkup(text));
  if (/^<(?:\?xml|[a-z])/i.test(text)) return said("The file is an XML answer", errorOfXml(text));
  if (/^[{[]/.test(text)) return said("The file is a JSON answer", text);
  // deno-lint-ignore no-control-regex -- control characters tell binary data from text
  if (!/[\x00-\x08\x0E-\x1F\uFFFD]/.test(text.slice(0, 256))) return said("The file is text", text);
  const bytes = [...start.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `The file is not FITS: it starts with the bytes ${bytes}`;
}

function said(what: string, words: string): string {
  const line = words.replace(/\s+/g, " ").trim();
  if (line === "") return what;
  const quoted = line.length > MAX_QUOTED_CHARACTERS ? `${line.slice(0, MAX_QUOTED_CHARACTERS)}...` : line;
  return `${what}: "${quoted}"`;
}

/** The text of a page without its tags, scripts and styles. */
function wordsOfMarkup(text: string): string {
  return text.replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ");
}

/** The message of a VOTable's error, else of whatever element tells one, else all words. */
function errorOfXml(text: string): string {
  const info = /<INFO\b[^>]*\bvalue\s*=\s*"ERROR"[^>]*>([\s\S]*?)<\/INFO>/i.exec(text)?.[1];
  const message = /<Message>([\s\S]*?)<\/Message>/i.exec(text)?.[1];
  return wordsOfMarkup(info ?? message ?? text);
}
