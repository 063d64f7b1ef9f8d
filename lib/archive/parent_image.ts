import { TaggedError } from "../core/errors.ts";
import { BLOCK_BYTES } from "../fits/card.ts";
import { dataByteLengthOf, type Hdu, hduKindOf } from "../fits/hdu.ts";
import { findEnd, Header } from "../fits/header.ts";
import type { HttpClient } from "../net/http_client.ts";
import { withoutQuery } from "../net/net_error.ts";
import { beginsLikeFits } from "./fits_signature.ts";
import type { CutoutPlace } from "../spherex/cutout_window.ts";
import { SharedRanges } from "./shared_ranges.ts";
import { type SharedRows, sharedRows } from "./shared_rows.ts";

/** The HDUs of a Level-2 file that cutouts are made of, in the order of the file. */
export type ParentHduName = "IMAGE" | "FLAGS" | "VARIANCE" | "ZODI" | "PSF";

/** How many blocks a header usually takes: so many are asked for at once. */
const USUAL_BLOCKS = { PRIMARY: 1, IMAGE: 8, FLAGS: 5, VARIANCE: 4, ZODI: 4, CUBE: 15, TABLE: 3 } as const;
/** Descriptors of the tiles of compressed FLAGS, one a row of the detector, which follow their header. */
const TILE_LIST_BYTES = 2040 * 8;
const FIRST_QR3_VERSION = /^v?([7-9]|\d{2,})\./;

/**
 * A Level-2 file in the object store, of which only headers and the pixels asked for are read, each byte once however
 * many cutouts are made of it.
 */
export class ParentImage {
  /** The file's bytes. */
  readonly ranges: SharedRanges;
  readonly #hdus = new Map<string, Promise<Hdu>>();
  readonly #wanted = new Set<string>();
  /** The cutouts that were wanted since the pixels read last were dropped: those that are done have paid for others. */
  readonly #sharing = new Map<string, CutoutPlace>();

  /** A file that nothing was read of. */
  constructor(client: HttpClient, url: string) {
    this.ranges = new SharedRanges(client, url);
  }

  /** How many cutouts of it are wanted now. */
  get users(): number {
    return this.#wanted.size;
  }

  /** Notes that a cutout of it is wanted, so that its bytes are kept until {@linkcode ParentImage.leave}. */
  join(key: string, place: CutoutPlace): void {
    this.#wanted.add(key);
    this.#sharing.set(key, place);
  }

  /** Notes that a cutout is done; after the last one only the headers stay. */
  leave(key: string): void {
    this.#wanted.delete(key);
    if (this.#wanted.size > 0) return;
    this.#sharing.clear();
    this.ranges.drop();
  }

  /** The rows that a cutout shares with those that are wanted, or were and left theirs. */
  sharedRows(place: CutoutPlace): SharedRows {
    return sharedRows(place, this.#sharing.values());
  }

  /** Forgets everything: the bytes were those of something else. */
  reset(): void {
    this.#hdus.clear();
    this.ranges.reset();
  }

  /** The primary header. */
  async primary(): Promise<Header> {
    return (await this.#once("PRIMARY", () => this.#readHdu("PRIMARY", 0, 0, HEAD_BYTES))).header;
  }

  /** An HDU; the headers before it are read where its place is not known without them. Throws `archive/bad-parent`. */
  async hdu(name: ParentHduName): Promise<Hdu> {
    return await this.#once(name, async () => {
      switch (name) {
        case "IMAGE": {
          await this.primary();
          return await this.#readHdu(
            "IMAGE",
            1,
            (await this.#hdus.get("PRIMARY"))!,
            HEAD_BYTES - BLOCK_BYTES,
          );
        }
        case "FLAGS": {
          const extra = await this.#isQr3() ? TILE_LIST_BYTES : 0;
          const image = await this.hdu("IMAGE");
          return await this.#readHdu("FLAGS", 2, image, USUAL_BLOCKS.FLAGS * BLOCK_BYTES + extra);
        }
        case "VARIANCE":
          return await this.#readHdu(
            "VARIANCE",
            3,
            await this.hdu("FLAGS"),
            USUAL_BLOCKS.VARIANCE * BLOCK_BYTES,
          );
        case "ZODI":
          return await this.#readHdu(
            "ZODI",
            4,
            await this.hdu("VARIANCE"),
            USUAL_BLOCKS.ZODI * BLOCK_BYTES,
          );
        case "PSF":
          return await this.#psf();
      }
    });
  }

  /** The last HDU, WCS-WAVE, of a file whose PSF is known: its bytes with their padding. */
  async spectralTable(): Promise<Uint8Array> {
    const offset = endOf(await this.hdu("PSF"));
    return await this.ranges.readKept(offset, this.ranges.byteLength - offset);
  }

  async #isQr3(): Promise<boolean> {
    return FIRST_QR3_VERSION.test((await this.primary()).getString("VERSION")?.trim() ?? "");
  }

  /** The header of ZODI is as long as that of VARIANCE in all files seen; where it is not, it is read. */
  async #psf(): Promise<Hdu> {
    const variance = await this.hdu("VARIANCE");
    const zodiLength = variance.dataOffset - variance.headerOffset + blocks(variance.dataByteLength);
    const usual = (await this.#isQr3() ? USUAL_BLOCKS.TABLE : USUAL_BLOCKS.CUBE) * BLOCK_BYTES;
    const guess = endOf(variance) + zodiLength;
    const start = await this.ranges.readKept(guess, usual);
    if (isExtension(start)) return await this.#readHdu("PSF", 5, guess, usual);
    return await this.#readHdu("PSF", 5, await this.hdu("ZODI"), usual);
  }

  /** Reads a header once; a failure is forgotten, so that the next one who asks tries again. */
  #once(name: string, read: () => Promise<Hdu>): Promise<Hdu> {
    let hdu = this.#hdus.get(name);
    if (hdu === undefined) {
      hdu = read();
      this.#hdus.set(name, hdu);
      hdu.catch(() => this.#hdus.delete(name));
    }
    return hdu;
  }

  /** Reads the header behind an HDU, or at a place, at first so many bytes of it. */
  async #readHdu(name: string, index: number, after: Hdu | number, firstBytes: number): Promise<Hdu> {
    const offset = typeof after === "number" ? after : endOf(after);
    let length = firstBytes;
    for (;;) {
      const bytes = await this.ranges.readKept(offset, length);
      if (!(index > 0 ? isExtension(bytes) : beginsLikeFits(bytes))) {
        throw this.#bad(`${name} does not begin at byte ${offset}`);
      }
      const end = findEnd(bytes);
      if (end >= 0) return this.#checked(name, index, offset, new Header(bytes.slice(0, end), offset));
      if (bytes.length < length || length > MAX_HEADER_BYTES) throw this.#bad(`${name} has no END card`);
      length += 4 * BLOCK_BYTES;
    }
  }

  #checked(name: string, index: number, offset: number, header: Header): Hdu {
    const found = header.getString("EXTNAME")?.trim() ?? (index === 0 ? "PRIMARY" : "");
    if (found !== name && !(name === "PSF" && found === "EPSF")) {
      throw this.#bad(`HDU ${index} is ${found}, expected ${name}`);
    }
    const end = header.encode().length;
    return {
      index,
      name: found,
      version: 1,
      kind: hduKindOf(header, index),
      header,
      headerOffset: offset,
      dataOffset: offset + end,
      dataByteLength: dataByteLengthOf(header),
      source: this.ranges,
    };
  }

  /** The bytes cannot be those of a Level-2 file. */
  #bad(why: string): TaggedError {
    const url = withoutQuery(this.ranges.url);
    return new TaggedError("archive/bad-parent", `Cannot cut out of ${url}: ${why}`, { context: { url } });
  }
}

/** The primary header and that of IMAGE come together. */
const HEAD_BYTES = (USUAL_BLOCKS.PRIMARY + USUAL_BLOCKS.IMAGE) * BLOCK_BYTES;
const MAX_HEADER_BYTES = 100 * BLOCK_BYTES;

function isExtension(bytes: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(0, 9)) === "XTENSION=";
}

/** Where the HDU behind this one begins. */
function endOf(hdu: Hdu): number {
  return hdu.dataOffset + blocks(hdu.dataByteLength);
}

function blocks(length: number): number {
  return Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
}
