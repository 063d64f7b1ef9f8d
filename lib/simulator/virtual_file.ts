/** A part of a file whose bytes are held or made on demand. */
export interface FileSegment {
  /** Number of bytes. */
  readonly byteLength: number;
  /** Best length of one piece when all of it is read; the whole when absent. */
  readonly pieceLength?: number;
  /** Some of its bytes; the caller does not write into them. */
  read(offset: number, length: number): Uint8Array;
}

/** A segment of bytes that are held. */
export function bytesSegment(bytes: Uint8Array): FileSegment {
  return { byteLength: bytes.byteLength, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** A segment of bytes that are made when they are first asked for, and not kept here. */
export function lazySegment(byteLength: number, make: () => Uint8Array): FileSegment {
  return { byteLength, read: (offset, length) => make().subarray(offset, offset + length) };
}

/** A file that is never whole in memory: segments one after the other. */
export class VirtualFile {
  /** Number of bytes. */
  readonly byteLength: number;
  readonly #segments: readonly FileSegment[];

  /** A file of these segments. */
  constructor(segments: readonly FileSegment[]) {
    this.#segments = segments;
    this.byteLength = segments.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** The bytes from `offset` on, `length` of them unless the file ends before, in pieces as they are made. */
  *pieces(offset = 0, length = this.byteLength - offset): Generator<Uint8Array> {
    const end = Math.min(this.byteLength, offset + length);
    let start = 0;
    for (const segment of this.#segments) {
      const from = Math.max(offset, start) - start;
      const to = Math.min(end, start + segment.byteLength) - start;
      const step = segment.pieceLength ?? segment.byteLength;
      for (let at = from; at < to;) {
        const pieceEnd = Math.min(to, (Math.floor(at / step) + 1) * step);
        yield segment.read(at, pieceEnd - at);
        at = pieceEnd;
      }
      start += segment.byteLength;
    }
  }

  /** The bytes from `offset` on as one array. */
  read(offset = 0, length = this.byteLength - offset): Uint8Array {
    const size = Math.max(0, Math.min(length, this.byteLength - offset));
    const result = new Uint8Array(size);
    let at = 0;
    for (const piece of this.pieces(offset, size)) {
      result.set(piece, at);
      at += piece.byteLength;
    }
    return result;
  }
}
