import { boundedGunzip } from "./bounded_gunzip.ts";
import type { FitsArray } from "./big_endian.ts";
import { decodeStored } from "./decode_stored.ts";
import { fitsError } from "./fits_error.ts";
import { riceDecode, riceMinimumBytes } from "./rice.ts";

/** What a codec is told of a tile. */
export interface TileContext {
  /** Number of pixels of the tile. */
  readonly pixelCount: number;
  /** Lengths of the axes of the tile, fastest first. */
  readonly tileShape: readonly number[];
  /** Type of the numbers that were compressed: ZBITPIX, or 32 for quantised floating point images. */
  readonly bitpix: number;
  /** ZNAMEn and ZVALn. */
  readonly parameters: ReadonlyMap<string, string | number>;
  /** Where the tile lies in the file. */
  readonly byteOffset: number;
}

/** A way to unpack the pixels of a tile. */
export interface TileCodec {
  /** The values of ZCMPTYPE that it answers to. */
  readonly names: readonly string[];
  /** The fewest bytes that a tile can be packed to, so that no memory is taken for pixels that cannot be there. */
  minimumBytes(context: TileContext): number;
  /** The pixels of a tile; throws a tagged error, or RangeError, for bytes that do not give them. */
  decode(bytes: Uint8Array, context: TileContext): FitsArray;
}

/** Deflate packs no tighter than 1032 to 1. */
export const MAX_DEFLATE_RATIO = 1032;

const rice: TileCodec = {
  names: ["RICE_1", "RICE_ONE"],
  minimumBytes: ({ pixelCount, parameters }: TileContext): number =>
    riceMinimumBytes(pixelCount, riceBlockSize(parameters), riceBytesPerPixel(parameters)),
  decode: (bytes: Uint8Array, { pixelCount, parameters }: TileContext): FitsArray =>
    riceDecode(bytes, pixelCount, riceBlockSize(parameters), riceBytesPerPixel(parameters)),
};

const gzip: TileCodec = {
  names: ["GZIP_1"],
  minimumBytes: ({ pixelCount }: TileContext): number => pixelCount / MAX_DEFLATE_RATIO,
  decode: (bytes: Uint8Array, context: TileContext): FitsArray =>
    decodeStored(unpack(bytes, context), context.pixelCount, context.bitpix, context.byteOffset),
};

const shuffledGzip: TileCodec = {
  names: ["GZIP_2"],
  minimumBytes: gzip.minimumBytes,
  decode(bytes: Uint8Array, context: TileContext): FitsArray {
    const shuffled = unpack(bytes, context);
    return decodeStored(
      unshuffle(shuffled, context.pixelCount),
      context.pixelCount,
      context.bitpix,
      context.byteOffset,
    );
  },
};

const uncompressed: TileCodec = {
  names: ["NOCOMPRESS"],
  minimumBytes: ({ pixelCount }: TileContext): number => pixelCount,
  decode: (bytes: Uint8Array, context: TileContext): FitsArray =>
    decodeStored(bytes, context.pixelCount, context.bitpix, context.byteOffset),
};

const CODECS = new Map<string, TileCodec>();
for (const codec of [rice, gzip, shuffledGzip, uncompressed]) registerTileCodec(codec);

/** Makes a codec known under its names; a codec that was known by one of them is replaced. */
export function registerTileCodec(codec: TileCodec): void {
  for (const name of codec.names) CODECS.set(name, codec);
}

/** The codec of that name. Throws `fits/unsupported-codec`. */
export function tileCodec(name: string, byteOffset: number): TileCodec {
  const codec = CODECS.get(name);
  if (codec !== undefined) return codec;
  throw fitsError(
    "unsupported-codec",
    `Cannot read the compressed image: its codec is "${name}", known are ${[...CODECS.keys()].join(", ")}`,
    byteOffset,
    { context: { codec: name }, hint: "Unpack the file with funpack first" },
  );
}

function riceBlockSize(parameters: TileContext["parameters"]): number {
  return Number(parameters.get("BLOCKSIZE") ?? 32);
}

function riceBytesPerPixel(parameters: TileContext["parameters"]): number {
  return Number(parameters.get("BYTEPIX") ?? 4);
}

/** Unpacks the bytes of a tile; they cannot be more than eight for each pixel. */
function unpack(bytes: Uint8Array, context: TileContext): Uint8Array {
  return boundedGunzip(bytes, context.pixelCount * 8, "a tile", context.byteOffset);
}

/** Puts the bytes of each pixel together again: all first bytes come first, then all second ones, ... */
function unshuffle(bytes: Uint8Array, pixelCount: number): Uint8Array {
  const bytesPerPixel = Math.floor(bytes.length / Math.max(1, pixelCount));
  const result = new Uint8Array(bytesPerPixel * pixelCount);
  for (let byte = 0; byte < bytesPerPixel; byte++) {
    for (let pixel = 0; pixel < pixelCount; pixel++) {
      result[pixel * bytesPerPixel + byte] = bytes[byte * pixelCount + pixel]!;
    }
  }
  return result;
}
