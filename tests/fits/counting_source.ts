import type { ByteSource } from "../../lib/fits/byte_source.ts";

/** A source in memory that remembers what was asked of it, and can answer with promises as a network does. */
export class CountingSource implements ByteSource {
  /** Offset and length of each read. */
  readonly reads: [offset: number, length: number][] = [];
  readonly byteLength: number;
  readonly #bytes: Uint8Array;
  readonly #later: boolean;

  constructor(bytes: Uint8Array, later = false) {
    this.#bytes = bytes;
    this.#later = later;
    this.byteLength = bytes.byteLength;
  }

  read(offset: number, length: number): Uint8Array | Promise<Uint8Array> {
    this.reads.push([offset, length]);
    const bytes = this.#bytes.slice(offset, offset + length);
    return this.#later ? Promise.resolve(bytes) : bytes;
  }

  /** Number of bytes that were read. */
  get bytesRead(): number {
    return this.reads.reduce((sum, [, length]) => sum + length, 0);
  }
}
