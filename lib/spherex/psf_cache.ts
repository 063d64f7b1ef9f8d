import { Buffer } from "node:buffer";
import { decodeBigEndian } from "../fits/big_endian.ts";
import { ScratchBytes } from "./in_place_source.ts";
import type { PsfZones } from "./psf_zones.ts";

/** Where an ePSF table keeps in each row what is needed of it; bytes from the start of the row. */
export interface EpsfRowLayout {
  /** Length of a row. */
  readonly rowBytes: number;
  /** Centre of the zone along x, a float32. */
  readonly xCenterOffset: number;
  /** Centre of the zone along y, a float32. */
  readonly yCenterOffset: number;
  /** First sample. */
  readonly samplesOffset: number;
  /** 4 or 8. */
  readonly bytesPerSample: 4 | 8;
}

/** What the header of a PSF extension says, and for a table its columns of centres. */
export interface PsfDescription {
  /** The zones. */
  readonly zones: PsfZones;
  /** Whether the samples of a cube stand in the file as plain float32. */
  readonly isPlain?: boolean;
  /** The columns of an ePSF table. */
  readonly row?: EpsfRowLayout;
}

/** A description known by the bytes of its header. */
interface KnownHeader {
  readonly header: Uint8Array;
  readonly description: PsfDescription;
}

/** One zone's samples, and the same memory as words of 32 bits to compare bytes with. */
interface KnownPlane {
  readonly samples: Float32Array | Float64Array;
  readonly words: Uint32Array;
}

/** Choices of {@linkcode PsfCache}. */
export interface PsfCacheOptions {
  /** Bytes of PSF samples that are kept; 40 kB a zone of a cube, 9 kB a zone of an ePSF. */
  readonly maxBytes?: number;
}

/** Different headers that are kept: six detectors, two releases, and the calibration products beside them. */
const MAX_HEADERS = 24;

/**
 * Remembers PSF zones by content: files of one detector carry the same zones byte for byte, so that the centres are
 * worked out once, and the same samples are the same array object from file to file.
 */
export class PsfCache {
  /** Memory for the bytes of one zone. */
  readonly scratch: ScratchBytes = new ScratchBytes();
  readonly #maxBytes: number;
  #headers: KnownHeader[] = [];
  readonly #planes = new Map<string, KnownPlane>();
  #bytes = 0;

  /** Keeps at most 64 MB of samples unless told otherwise. */
  constructor(options: PsfCacheOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 64 * 2 ** 20;
  }

  /** What these header bytes describe, or undefined when they were not met before. */
  description(header: Uint8Array): PsfDescription | undefined {
    const index = this.#headers.findIndex((known) =>
      known.header.length === header.length && Buffer.compare(known.header, header) === 0
    );
    if (index < 0) return undefined;
    const known = this.#headers[index]!;
    if (index > 0) this.#headers = [known, ...this.#headers.filter((other) => other !== known)];
    return known.description;
  }

  /** Remembers what these header bytes describe; the latest for the same bytes counts. */
  remember(header: Uint8Array, description: PsfDescription): void {
    this.#headers.unshift({ header: header.slice(), description });
    if (this.#headers.length > MAX_HEADERS) this.#headers.length = MAX_HEADERS;
  }

  /**
   * The samples that `bytes` (big-endian, 4 or 8 bytes each) hold; the array of an earlier call when zone `key` had
   * the same bytes then.
   */
  samples(key: string, bytes: Uint8Array, bytesPerSample: 4 | 8): Float32Array | Float64Array {
    const known = this.#planes.get(key);
    if (known !== undefined && holdsBytes(known, bytes, bytesPerSample)) {
      this.#planes.delete(key);
      this.#planes.set(key, known);
      return known.samples;
    }
    const count = bytes.length / bytesPerSample;
    const samples = bytesPerSample === 4 ? new Float32Array(count) : new Float64Array(count);
    decodeBigEndian(samples, 0, bytes, 0, count);
    this.#rememberPlane(key, { samples, words: new Uint32Array(samples.buffer) });
    return samples;
  }

  #rememberPlane(key: string, plane: KnownPlane): void {
    const old = this.#planes.get(key);
    if (old !== undefined) this.#forget(key, old);
    this.#planes.set(key, plane);
    this.#bytes += plane.samples.byteLength;
    for (const [oldest, other] of this.#planes) {
      if (this.#bytes <= this.#maxBytes || oldest === key) break;
      this.#forget(oldest, other);
    }
  }

  #forget(key: string, plane: KnownPlane): void {
    this.#planes.delete(key);
    this.#bytes -= plane.samples.byteLength;
  }
}

/**
 * Whether the samples are what these big-endian bytes hold, every bit. The bytes themselves are not kept: a second
 * copy of them would double the memory and what must be fetched from it.
 */
function holdsBytes({ samples, words }: KnownPlane, bytes: Uint8Array, bytesPerSample: 4 | 8): boolean {
  if (samples.BYTES_PER_ELEMENT !== bytesPerSample || samples.byteLength !== bytes.length) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const swap = bytesPerSample === 8 ? 1 : 0; // the halves of a double stand the other way round
  for (let i = 0; i < words.length; i++) if (view.getUint32(4 * i) !== words[i ^ swap]) return false;
  return true;
}
