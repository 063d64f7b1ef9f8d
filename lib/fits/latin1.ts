const UTF8 = new TextDecoder();
/** As many characters are made at once. */
const CHUNK = 4096;
/** What the UTF-8 decoder puts where it finds no UTF-8. */
const REPLACEMENT = "\ufffd";

/** Decodes text of one byte a character; pure ASCII, the usual case, takes a quick way. */
export function decodeLatin1(bytes: Uint8Array): string {
  const text = UTF8.decode(bytes);
  const ascii = text.length === bytes.byteLength && !text.includes(REPLACEMENT);
  return ascii ? text : decodeSlowly(bytes);
}

/** The decoder that is called "latin1" is windows-1252 in truth, which gives other characters for 0x80 to 0x9f. */
function decodeSlowly(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; start += CHUNK) {
    parts.push(String.fromCharCode(...bytes.subarray(start, start + CHUNK)));
  }
  return parts.join("");
}

/** Decodes a few bytes, such as a card, with less ado than {@linkcode decodeLatin1}. */
export function decodeShortLatin1(bytes: Uint8Array): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}

/** Encodes text as one byte a character; only the characters that {@linkcode decodeLatin1} gives may occur. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
