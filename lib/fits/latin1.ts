const UTF8 = new TextDecoder("utf-8", { fatal: true });
const LATIN1 = new TextDecoder("latin1");

/** Decodes text of one byte a character; pure ASCII, the usual case, takes the quick way. */
export function decodeLatin1(bytes: Uint8Array): string {
  try {
    const text = UTF8.decode(bytes);
    if (text.length === bytes.byteLength) return text;
  } catch {
    // Not UTF-8, so it has bytes outside ASCII.
  }
  return LATIN1.decode(bytes);
}

/** Encodes text as one byte a character; only the characters that {@linkcode decodeLatin1} gives may occur. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
