import { VirtualFile } from "./virtual_file.ts";

/** An answer to a request, before it is written. */
export interface Reply {
  /** HTTP status. */
  readonly status: number;
  /** Header fields besides the length. */
  readonly headers: Readonly<Record<string, string>>;
  /** Number of bytes of the body. */
  readonly byteLength: number;
  /** The body in pieces, made as they are asked for. */
  pieces(): Iterable<Uint8Array>;
}

/** An answer that is held in memory. */
export function textReply(
  status: number,
  contentType: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const bytes = new TextEncoder().encode(text);
  return {
    status,
    headers: { "content-type": contentType, ...headers },
    byteLength: bytes.byteLength,
    pieces: () => [bytes],
  };
}

/** A whole file. */
export function fileReply(file: VirtualFile, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status: 200,
    headers: { "content-type": "image/fits", ...headers },
    byteLength: file.byteLength,
    pieces: () => file.pieces(),
  };
}

/**
 * A file, or the part of it that a Range header asks for: `bytes=a-b`, `bytes=a-` or `bytes=-n`.
 * A range behind the end gets status 416; a header in another form is ignored.
 */
export function rangeReply(
  file: VirtualFile,
  range: string | undefined,
  headers: Readonly<Record<string, string>>,
): Reply {
  const offered = { "accept-ranges": "bytes", ...headers };
  const match = range === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(range.trim());
  if (match === null || (match[1] === "" && match[2] === "")) return fileReply(file, offered);
  const size = file.byteLength;
  const first = match[1] === "" ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const last = match[1] === "" || match[2] === "" ? size - 1 : Math.min(size - 1, Number(match[2]));
  if (first >= size || last < first) {
    return textReply(416, "text/plain", "", { ...offered, "content-range": `bytes */${size}` });
  }
  const byteLength = last - first + 1;
  return {
    status: 206,
    headers: {
      "content-type": "image/fits",
      ...offered,
      "content-range": `bytes ${first}-${last}/${size}`,
    },
    byteLength,
    pieces: () => file.pieces(first, byteLength),
  };
}
