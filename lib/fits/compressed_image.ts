import { arrayOfBitpix, type FitsArray } from "./big_endian.ts";
import { boundedGunzip } from "./bounded_gunzip.ts";
import { readRanges } from "./byte_ranges.ts";
import { readExactly } from "./byte_source.ts";
import { decodeColumn } from "./decode_column.ts";
import { decodeStored } from "./decode_stored.ts";
import {
  badTile,
  columnOf,
  type CompressedImage,
  type DataColumnName,
  describeCompressedImage,
} from "./compressed_layout.ts";
import type { Hdu } from "./hdu.ts";
import type { ImageArray } from "./image_array.ts";
import { product } from "./product.ts";
import { dequantise } from "./quantisation.ts";
import { applyScaling } from "./scaling.ts";
import { MAX_DEFLATE_RATIO, type TileContext } from "./tile_codec.ts";
import { copyTile, type PixelBox, type Tile, tilesOfBox } from "./tile_grid.ts";
import { heapSlices } from "./variable_column.ts";

/** The integer that stands for NaN in a quantised image that names none. */
const DEFAULT_BLANK = -2147483647;
/** No array of pixels may be longer. */
const MAX_IMAGE_BYTES = 4 * 2 ** 30;

/** The bytes of a tile and the column they come from. */
interface TileBytes {
  readonly column: DataColumnName;
  readonly bytes: Uint8Array;
  readonly byteOffset: number;
}

/**
 * Reads a box of pixels of a tile-compressed image (FITS standard 4.0, section 10); only its tiles are read.
 *
 * Throws `fits/unsupported-codec`, `fits/bad-tile` (also for an image that cannot be in so few bytes),
 * `fits/heap-range`, `fits/bad-keyword`.
 */
export async function readCompressedBox(hdu: Hdu, box?: PixelBox): Promise<ImageArray> {
  const image = describeCompressedImage(hdu);
  const whole = box ?? { origin: image.shape.map(() => 0), shape: image.shape };
  const tiles = image.shape.length === 0 ? [] : tilesOfBox(image.shape, image.tileShape, whole);
  const { header } = hdu;
  const blank = image.bitpix < 0 ? undefined : header.getBigInt("ZBLANK") ?? header.getBigInt("BLANK");
  const scaling = { scale: header.getNumber("BSCALE") ?? 1, zero: header.getNumber("BZERO") ?? 0, blank };
  const stored = tiles.length === 0 ? arrayOfBitpix(image.bitpix, 0) : await unpackTiles(image, tiles, whole);
  return { ...applyScaling(stored, scaling), shape: [...whole.shape] };
}

/** The stored pixels of a box, from the tiles that have a part in it. */
async function unpackTiles(
  image: CompressedImage,
  tiles: readonly Tile[],
  box: PixelBox,
): Promise<FitsArray> {
  const firstRow = tiles[0]!.index;
  const rowCount = tiles.at(-1)!.index - firstRow + 1;
  const rows = await readTileRows(image, firstRow, rowCount);
  const packed = await readTileBytes(image, rows, tiles.map((tile) => tile.index - firstRow), rowCount);
  tiles.forEach((tile, i) => checkPlausible(image, tile, packed[i]!));
  const pixelCount = product(box.shape);
  if (!(pixelCount * Math.abs(image.bitpix) / 8 <= MAX_IMAGE_BYTES)) {
    throw badTile(image.hdu, `its ${pixelCount} pixels take more than ${MAX_IMAGE_BYTES} bytes`);
  }
  const stored = arrayOfBitpix(image.bitpix, pixelCount);
  const numbers = tileNumbers(image, rows, rowCount);
  tiles.forEach((tile, i) => {
    const pixels = decodeTile(image, tile, packed[i]!, (name) => numbers(name, tile.index - firstRow));
    copyTile(pixels, tile, stored, box);
  });
  return stored;
}

/** Refuses a tile whose bytes are too few for its pixels, before any memory is taken for them. */
function checkPlausible(image: CompressedImage, tile: Tile, { column, bytes, byteOffset }: TileBytes): void {
  const context = tileContext(image, tile, byteOffset);
  const { pixelCount } = context;
  try {
    const minimum = column === "COMPRESSED_DATA"
      ? image.codec.minimumBytes(context)
      : column === "UNCOMPRESSED_DATA"
      ? pixelCount
      : pixelCount / MAX_DEFLATE_RATIO;
    if (bytes.length >= minimum) return;
  } catch (cause) {
    throw badTile(
      image.hdu,
      `its tile ${tile.index} cannot be unpacked: ${String(cause)}`,
      byteOffset,
      cause,
    );
  }
  throw badTile(
    image.hdu,
    `its tile ${tile.index} has ${bytes.length} bytes for ${pixelCount} pixels`,
    byteOffset,
  );
}

function tileContext(image: CompressedImage, tile: Tile, byteOffset: number): TileContext {
  return {
    pixelCount: product(tile.shape),
    tileShape: tile.shape,
    bitpix: image.quantised ? 32 : image.bitpix,
    parameters: image.parameters,
    byteOffset,
  };
}

async function readTileRows(image: CompressedImage, firstRow: number, rowCount: number): Promise<Uint8Array> {
  const { hdu, layout } = image;
  return await readExactly(
    hdu.source,
    hdu.dataOffset + firstRow * layout.rowBytes,
    rowCount * layout.rowBytes,
    `the tile list of HDU ${hdu.index}`,
  );
}

/** The packed bytes of tiles: of each from the first column that has any. */
async function readTileBytes(
  image: CompressedImage,
  rows: Uint8Array,
  tileRows: readonly number[],
  rowCount: number,
): Promise<TileBytes[]> {
  const { hdu, layout } = image;
  const found = image.dataColumns.map(({ name, column }) => ({
    name,
    slices: heapSlices(hdu, layout, column, rows, layout.rowBytes, rowCount),
  }));
  const chosen = tileRows.map((row) => {
    const holder = found.find(({ slices }) => slices[row]!.length > 0);
    if (holder === undefined) throw badTile(hdu, `its tile ${row} is empty`);
    return { column: holder.name, range: holder.slices[row]! };
  });
  const pieces = await readRanges(
    hdu.source,
    chosen.map(({ range }) => range),
    `the tiles of HDU ${hdu.index}`,
  );
  return chosen.map(({ column, range }, i) => ({ column, bytes: pieces[i]!, byteOffset: range.offset }));
}

/** Gives the number that a column (or keyword) such as ZSCALE has for a row. */
function tileNumbers(
  image: CompressedImage,
  rows: Uint8Array,
  rowCount: number,
): (name: string, row: number) => number | undefined {
  const { layout, hdu } = image;
  const columns = new Map<string, ArrayLike<number | bigint>>();
  for (const name of ["ZSCALE", "ZZERO", "ZBLANK"]) {
    const column = columnOf(layout, name);
    if (column === undefined || column.repeat !== 1 || column.descriptor !== undefined) continue;
    const decoded = decodeColumn(column, rows, layout.rowBytes, rowCount);
    if (decoded.kind === "number") columns.set(name, decoded.data);
  }
  return (name, row) => {
    const value = columns.get(name)?.[row];
    return value === undefined ? hdu.header.getNumber(name) : Number(value);
  };
}

function decodeTile(
  image: CompressedImage,
  tile: Tile,
  { column, bytes, byteOffset }: TileBytes,
  number: (name: string) => number | undefined,
): FitsArray {
  const pixelCount = product(tile.shape);
  const { bitpix, quantised } = image;
  try {
    if (column === "UNCOMPRESSED_DATA") return decodeStored(bytes, pixelCount, bitpix, byteOffset);
    if (column === "GZIP_COMPRESSED_DATA") {
      const unpacked = boundedGunzip(bytes, pixelCount * 8, "a tile", byteOffset);
      return decodeStored(unpacked, pixelCount, bitpix, byteOffset);
    }
    const pixels = image.codec.decode(bytes, tileContext(image, tile, byteOffset));
    if (!quantised || pixels instanceof BigInt64Array || pixels instanceof BigUint64Array) return pixels;
    const values = arrayOfBitpix(bitpix, pixelCount) as Float32Array | Float64Array;
    dequantise(pixels, {
      method: image.method,
      scale: number("ZSCALE") ?? 1,
      zero: number("ZZERO") ?? 0,
      blank: number("ZBLANK") ?? DEFAULT_BLANK,
      ditherSeed: image.hdu.header.getNumber("ZDITHER0") ?? 1,
      tileIndex: tile.index,
    }, values);
    return values;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw badTile(
      image.hdu,
      `its tile ${tile.index} cannot be unpacked: ${cause.message}`,
      byteOffset,
      cause,
    );
  }
}
