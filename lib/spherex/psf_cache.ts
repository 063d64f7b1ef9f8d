import { Buffer } from "node:buffer";
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

/** Choices of {@linkcode PsfCache}. */
export interface PsfCacheOptions {
  /**
   * Whether zones are read into the same memory again and again, so that they hold only until the next ones are read;
   * for readers that measure one cutout after another. Else each reading has memory of its own. @default {false}
   */
  readonly reusesMemory?: boolean;
}

/** Different headers that are kept: six detectors, two releases, and the calibration products beside them. */
const MAX_HEADERS = 24;

/**
 * What PSF extensions share from file to file: files of one detector carry the same header byte for byte, so that the
 * zones are worked out once. The samples are always those of the file itself.
 */
export class PsfCache {
  readonly #memory: ScratchBytes[] | undefined;
  #headers: KnownHeader[] = [];

  /** A cache that knows nothing yet. */
  constructor({ reusesMemory = false }: PsfCacheOptions = {}) {
    this.#memory = reusesMemory ? [] : undefined;
  }

  /** Memory to read the zone `number` of a reading into. */
  memory(number: number): ScratchBytes {
    if (this.#memory === undefined) return new ScratchBytes();
    return this.#memory[number] ??= new ScratchBytes();
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
}
