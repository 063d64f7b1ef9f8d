import { type ByteSource, readExactly } from "./byte_source.ts";
import { BLOCK_BYTES } from "./card.ts";
import { fitsError } from "./fits_error.ts";
import { gunzipSource } from "./gzip_source.ts";
import { dataByteLengthOf, type Hdu, hduKindOf } from "./hdu.ts";
import { findEnd, Header } from "./header.ts";
import { decodeLatin1 } from "./latin1.ts";

/** Bytes asked for at first for a header: ten blocks hold nearly all of them. */
const FIRST_READ_BYTES = 10 * BLOCK_BYTES;
/** A header beyond this is not a header. */
const MAX_HEADER_BYTES = 64 * 2 ** 20;

/** How to open a file. */
export interface OpenFitsOptions {
  /** What a gzip file may become at most; 1 GiB when not given. */
  readonly maxGunzipBytes?: number;
}

/**
 * Opens a FITS file over a source of bytes. Headers are read when they are asked for, data never; a gzip file is
 * unpacked first.
 *
 * Throws `fits/not-fits` when the source does not start as a FITS file, `fits/bad-gzip` and `fits/too-large`.
 */
export async function openFits(source: ByteSource, options: OpenFitsOptions = {}): Promise<FitsFile> {
  const file = new FitsFile(await gunzipSource(source, options.maxGunzipBytes));
  await file.hdu(0);
  return file;
}

/** A FITS file: its HDUs, found one after another as far as they are asked for. */
export class FitsFile {
  /** Where the bytes come from. */
  readonly source: ByteSource;
  readonly #hdus: Hdu[] = [];
  #nextOffset = 0;
  #finished = false;
  #scan: Promise<boolean> | undefined;

  /** Use {@linkcode openFits}, which looks at the first header at once. */
  constructor(source: ByteSource) {
    this.source = source;
  }

  /**
   * The HDU of that number (0 for the primary) or EXTNAME (without regard to case; the first of that name, or the
   * one with EXTVER `version`). Headers behind it are not read. Throws `fits/missing-hdu` when there is none.
   */
  async hdu(nameOrIndex: string | number, version?: number): Promise<Hdu> {
    const hdu = await this.find(nameOrIndex, version);
    if (hdu !== undefined) return hdu;
    const names = this.#hdus.map((each) => each.name === "" ? `#${each.index}` : each.name);
    const wanted = typeof nameOrIndex === "string" ? `"${nameOrIndex}"` : `number ${nameOrIndex}`;
    throw fitsError(
      "missing-hdu",
      `Cannot find HDU ${wanted}: the file has ${names.join(", ")}`,
      this.#nextOffset,
      { context: { wanted: nameOrIndex, found: names } },
    );
  }

  /** As {@linkcode FitsFile.hdu}, but undefined when there is none. */
  async find(nameOrIndex: string | number, version?: number): Promise<Hdu | undefined> {
    if (typeof nameOrIndex === "number" && !(Number.isInteger(nameOrIndex) && nameOrIndex >= 0)) {
      throw new RangeError(`The number of an HDU must be an integer from 0 on, got ${nameOrIndex}`);
    }
    const wanted = typeof nameOrIndex === "string" ? nameOrIndex.trim().toUpperCase() : nameOrIndex;
    for (let index = 0;; index++) {
      if (index === this.#hdus.length) {
        const next = this.#next();
        if (!(typeof next === "boolean" ? next : await next)) return undefined;
      }
      const hdu = this.#hdus[index]!;
      if (typeof wanted === "number" ? index === wanted : hasName(hdu, wanted)) {
        if (version === undefined || hdu.version === version) return hdu;
      }
    }
  }

  /** All HDUs of the file. */
  async hdus(): Promise<Hdu[]> {
    while (await this.#next());
    return [...this.#hdus];
  }

  /** Reads the next header; false when there is none. One reading at a time, whoever asks. */
  #next(): boolean | Promise<boolean> {
    if (this.#finished) return false;
    if (this.#scan !== undefined) return this.#scan;
    const read = readHeaderBytes(this.source, this.#nextOffset, this.#hdus.length === 0);
    if (!(read instanceof Promise)) return this.#add(read);
    this.#scan = read.then((bytes) => this.#add(bytes)).finally(() => this.#scan = undefined);
    return this.#scan;
  }

  /** Enters the HDU of a header; false when there is none. */
  #add(bytes: Uint8Array | undefined): boolean {
    if (bytes === undefined) {
      this.#finished = true;
      return false;
    }
    const headerOffset = this.#nextOffset;
    const index = this.#hdus.length;
    const header = new Header(bytes, headerOffset);
    const dataOffset = headerOffset + blocks(bytes.byteLength + 80);
    const dataByteLength = dataByteLengthOf(header);
    this.#hdus.push({
      index,
      name: header.getString("EXTNAME")?.trim() ?? (index === 0 ? "PRIMARY" : ""),
      get version() {
        return header.getNumber("EXTVER") ?? 1;
      },
      kind: hduKindOf(header, index),
      header,
      headerOffset,
      dataOffset,
      dataByteLength,
      source: this.source,
    });
    this.#nextOffset = dataOffset + blocks(dataByteLength);
    return true;
  }
}

/** Whether an HDU has a name, which is in upper case, as nearly all names of files are. */
function hasName({ name }: Hdu, wanted: string): boolean {
  return name === wanted || name.toUpperCase() === wanted;
}

/** `length` rounded up to whole blocks. */
function blocks(length: number): number {
  return Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
}

/**
 * The records of the header at `offset` without END, or undefined when what stands there is no extension; at once when
 * the source answers at once. `length` bytes are read, of which the first `searched` are known to be without END.
 */
function readHeaderBytes(
  source: ByteSource,
  offset: number,
  isPrimary: boolean,
  length = FIRST_READ_BYTES,
  searched = 0,
): Uint8Array | undefined | Promise<Uint8Array | undefined> {
  if (!isPrimary && offset + BLOCK_BYTES > source.byteLength) return undefined;
  const available = Math.min(length, source.byteLength - offset);
  const look = (bytes: Uint8Array) => {
    if (searched === 0 && !startsHeader(bytes, isPrimary)) {
      if (isPrimary) throw notFits(bytes, source.byteLength);
      return undefined;
    }
    const end = findEnd(bytes, searched);
    if (end >= 0) return bytes.subarray(0, end);
    if (available < length || length >= MAX_HEADER_BYTES) {
      throw fitsError("truncated", `Cannot read the header: no END card in ${available} bytes`, offset);
    }
    return readHeaderBytes(source, offset, isPrimary, length * 2, length);
  };
  const read = readExactly(source, offset, available, "a header");
  return read instanceof Uint8Array ? look(read) : read.then(look);
}

function startsHeader(bytes: Uint8Array, primary: boolean): boolean {
  const start = decodeLatin1(bytes.subarray(0, 9));
  return start === (primary ? "SIMPLE  =" : "XTENSION=");
}

function notFits(bytes: Uint8Array, byteLength: number): Error {
  const start = decodeLatin1(bytes.subarray(0, 24)).replace(/[^ -~]/g, ".");
  const found = byteLength === 0 ? "it is empty" : `it starts with "${start}"`;
  return fitsError("not-fits", `Cannot read this as FITS: ${found}, "SIMPLE  =" was expected`, 0, {
    context: { byteLength, start },
  });
}
