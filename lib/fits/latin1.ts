const UTF8 = new TextDecoder();
const LATIN1 = new TextDecoder("latin1");
/** What the UTF-8 decoder puts where it finds no UTF-8. */
const REPLACEMENT = "\ufffd";

/** Decodes text of one byte a character; pure ASCII, the usual case, takes the decoder that is ten times as fast. */
export function decodeLatin1(bytes: Uint8Array): string {
  const text = UTF8.decode(bytes);
  const ascii = text.length === bytes.byteLength && !text.includes(REPLACEMENT);
  return ascii ? text : LATIN1.decode(bytes);
}

/** Encodes text as one byte a character; only the characters that {@linkcode decodeLatin1} gives may occur. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
