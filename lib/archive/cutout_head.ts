import { BLOCK_BYTES } from "../fits/card.ts";
import { dataByteLengthOf, type Hdu, hduKindOf } from "../fits/hdu.ts";
import { findEnd, Header } from "../fits/header.ts";
import { memorySource } from "../fits/byte_source.ts";
import { beginsLikeFits, SIGNATURE_BYTES } from "./fits_signature.ts";

/** Room for the head of the usual cutout with its longest headers. */
const FIRST_ROOM_BYTES = 160 * 1024;
const PSF_NAMES = new Set(["PSF", "EPSF"]);
const GZIP_MAGIC = 0x1f;

/** Reads the headers of a cutout while its bytes arrive, until the header of its PSF is there. */
export class CutoutHead {
  #bytes = new Uint8Array(FIRST_ROOM_BYTES);
  #length = 0;
  #headerOffset = 0;
  #searched = 0;
  #psf: Hdu | undefined;
  readonly #hdus: Hdu[] = [];

  /** All bytes that have come. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Whether enough bytes have come to tell that they are no FITS file, plain or packed. */
  get isForeign(): boolean {
    return this.#length >= SIGNATURE_BYTES && !beginsLikeFits(this.bytes);
  }

  /** Whether the file is packed, so that its headers cannot be seen. */
  get isPacked(): boolean {
    return this.#bytes[0] === GZIP_MAGIC && this.#length > 0;
  }

  /** The HDU of the PSF once its header is there; its data are not. */
  get psf(): Hdu | undefined {
    return this.#psf;
  }

  /** The HDUs before the PSF whose headers have come. */
  get hdus(): readonly Hdu[] {
    return this.#hdus;
  }

  /** Adds bytes. Throws `fits/*` for headers that cannot be read. */
  push(chunk: Uint8Array): void {
    this.#makeRoom(this.#length + chunk.length);
    this.#bytes.set(chunk, this.#length);
    this.#length += chunk.length;
    if (this.isPacked) return;
    while (this.#psf === undefined && this.#readHeader());
  }

  #makeRoom(length: number): void {
    if (length <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
    larger.set(this.bytes);
    this.#bytes = larger;
  }

  /** Reads the next header if it is there as a whole, its padding included. */
  #readHeader(): boolean {
    const from = this.#headerOffset;
    if (this.#length <= from) return false;
    const come = this.#bytes.subarray(from, this.#length);
    const end = findEnd(come, this.#searched);
    if (end < 0) {
      this.#searched = Math.floor(come.length / BLOCK_BYTES) * BLOCK_BYTES;
      return false;
    }
    const dataOffset = from + blocks(end + 80);
    if (this.#length < dataOffset) {
      this.#searched = Math.floor(end / BLOCK_BYTES) * BLOCK_BYTES;
      return false;
    }
    const header = new Header(come.slice(0, end), from);
    const index = this.#hdus.length;
    const hdu: Hdu = {
      index,
      name: header.getString("EXTNAME")?.trim() ?? (index === 0 ? "PRIMARY" : ""),
      version: 1,
      kind: hduKindOf(header, index),
      header,
      headerOffset: from,
      dataOffset,
      dataByteLength: dataByteLengthOf(header),
      source: memorySource(this.#bytes),
    };
    this.#searched = 0;
    this.#headerOffset = dataOffset + blocks(hdu.dataByteLength);
    if (PSF_NAMES.has(hdu.name)) this.#psf = hdu;
    else this.#hdus.push(hdu);
    return true;
  }
}

/** `length` rounded up to whole blocks. */
function blocks(length: number): number {
  return Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
}
