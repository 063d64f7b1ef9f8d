import { type ByteSource, readExactly } from "../fits/byte_source.ts";

/**
 * A source that can also fill memory which its reader owns. Reading a cutout again and again into the same memory
 * costs a tenth of reading it into fresh memory.
 */
export interface InPlaceSource extends ByteSource {
  /** Fills `target` with the bytes from `offset` on; returns how many there were. */
  readInto(offset: number, target: Uint8Array): number;
}

/** Whether a source can fill its reader's memory. */
export function isInPlaceSource(source: ByteSource): source is InPlaceSource {
  return typeof (source as Partial<InPlaceSource>).readInto === "function";
}

/** Memory that is read into over and over; what was read last is gone with the next reading. */
export class ScratchBytes {
  #bytes = new Uint8Array(0);

  /** `length` bytes of the memory, whatever they hold. */
  take(length: number): Uint8Array {
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(length);
    return this.#bytes.subarray(0, length);
  }
}

/**
 * Reads exactly `length` bytes from `offset` on, into `scratch` when the source allows it: then the answer is there
 * at once and holds until the scratch is used again. Throws `fits/truncated` when the source ends before; `what` names
 * the purpose.
 */
export function readScratch(
  source: ByteSource,
  offset: number,
  length: number,
  scratch: ScratchBytes,
  what: string,
): Uint8Array | Promise<Uint8Array> {
  if (!isInPlaceSource(source) || offset + length > source.byteLength) {
    return readExactly(source, offset, length, what);
  }
  const target = scratch.take(length);
  const count = source.readInto(offset, target);
  return count === length ? target : readExactly(source, offset, length, what);
}
