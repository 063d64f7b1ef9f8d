import type { ByteSource } from "../fits/byte_source.ts";
import { type InPlaceSource, isInPlaceSource } from "./in_place_source.ts";

/** Memory for the heads of files, handed out and taken back. */
export class HeadBuffers {
  readonly #free: Uint8Array[] = [];

  /** Memory of at least `length` bytes, used before when there is some. */
  take(length: number): Uint8Array {
    const index = this.#free.findIndex((bytes) => bytes.length >= length);
    return index < 0 ? new Uint8Array(length) : this.#free.splice(index, 1)[0]!;
  }

  /** Takes memory back for the next reader; a few pieces are kept. */
  give(bytes: Uint8Array): void {
    if (this.#free.length < 4) this.#free.push(bytes);
  }
}

/**
 * A source that reads the head of another one at once, on first use, and answers from it: a cutout's headers and
 * planes come before its PSF, so that one reading of the file gives them all.
 */
export class HeadSource implements ByteSource, Disposable {
  /** Number of bytes in all. */
  readonly byteLength: number;
  /** Fills the reader's memory; present when the source below can. */
  readonly readInto?: InPlaceSource["readInto"];
  readonly #source: ByteSource;
  readonly #headLength: number;
  readonly #buffers: HeadBuffers | undefined;
  #borrowed: Uint8Array | undefined;
  #head: Uint8Array | Promise<Uint8Array> | undefined;

  /** Reads `headLength` bytes at first, into memory from `buffers` when the source can fill it. */
  constructor(source: ByteSource, headLength: number, buffers?: HeadBuffers) {
    this.#source = source;
    this.byteLength = source.byteLength;
    this.#headLength = Math.min(headLength, source.byteLength);
    this.#buffers = buffers;
    if (isInPlaceSource(source)) this.readInto = (offset, target) => this.#fill(source, offset, target);
  }

  /** The bytes from `offset` on; views of the head hold until the source is disposed. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array> {
    if (offset + length > this.#headLength) return this.#source.read(offset, length);
    const head = this.#readHead();
    if (head instanceof Uint8Array) return head.subarray(offset, offset + length);
    return head.then((bytes) => bytes.subarray(offset, offset + length));
  }

  /** Gives the memory of the head back; the bytes read from it are no longer valid. */
  [Symbol.dispose](): void {
    if (this.#borrowed !== undefined) this.#buffers?.give(this.#borrowed);
    this.#borrowed = undefined;
    this.#head = undefined;
  }

  #readHead(): Uint8Array | Promise<Uint8Array> {
    if (this.#head !== undefined) return this.#head;
    if (isInPlaceSource(this.#source) && this.#buffers !== undefined) {
      this.#borrowed = this.#buffers.take(this.#headLength);
      const count = this.#source.readInto(0, this.#borrowed.subarray(0, this.#headLength));
      return this.#head = this.#borrowed.subarray(0, count);
    }
    const read = this.#source.read(0, this.#headLength);
    this.#head = read;
    if (read instanceof Promise) read.then((bytes) => this.#head = bytes, () => this.#head = undefined);
    return read;
  }

  #fill(source: InPlaceSource, offset: number, target: Uint8Array): number {
    if (offset + target.length > this.#headLength) return source.readInto(offset, target);
    const head = this.#readHead() as Uint8Array; // a source that fills memory answers at once
    const part = head.subarray(offset, offset + target.length);
    target.set(part);
    return part.length;
  }
}
