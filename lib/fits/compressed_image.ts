import { arrayOfBitpix, type FitsArray } from "./big_endian.ts";
import { boundedGunzip } from "./bounded_gunzip.ts";
import { readRanges } from "./byte_ranges.ts";
import { readExactly } from "./byte_source.ts";
import { decodeColumn } from "./decode_column.ts";
import { decodeStored } from "./decode_stored.ts";
import { fitsError } from "./fits_error.ts";
import { axesOf, bitpixOf, type Hdu, integerKeyword } from "./hdu.ts";
import type { ImageArray } from "./image_array.ts";
import { dequantise, type QuantisationMethod } from "./quantisation.ts";
import { applyScaling } from "./scaling.ts";
import { type ColumnLayout, type TableLayout, tableLayout } from "./table_layout.ts";
import { type TileCodec, tileCodec } from "./tile_codec.ts";
import { copyTile, type PixelBox, type Tile, tileCounts, tilesOfBox } from "./tile_grid.ts";
import { heapSlices } from "./variable_column.ts";

/** No codec here packs tighter (gzip 1032 to 1): an image that claims more than this is not in the file. */
const MAX_COMPRESSION = 1100;
/** The integer that stands for NaN in a quantised image that names none. */
const DEFAULT_BLANK = -2147483647;
const ROW_LIMIT = 2 ** 31;

/** The columns of a tile-compressed image that may hold its tiles. */
const DATA_COLUMNS = ["COMPRESSED_DATA", "GZIP_COMPRESSED_DATA", "UNCOMPRESSED_DATA"] as const;

/** Everything that is the same for all tiles of an image. */
interface CompressedImage {
  readonly hdu: Hdu;
  readonly layout: TableLayout;
  readonly shape: readonly number[];
  readonly tileShape: readonly number[];
  readonly bitpix: number;
  /** Whether the tiles hold integers from which floating point values are made. */
  readonly quantised: boolean;
  readonly method: QuantisationMethod;
  readonly codec: TileCodec;
  readonly parameters: ReadonlyMap<string, string | number>;
}

/** The bytes of a tile and the column they come from. */
interface TileBytes {
  readonly column: (typeof DATA_COLUMNS)[number];
  readonly bytes: Uint8Array;
  readonly byteOffset: number;
}

/**
 * Reads a box of pixels of a tile-compressed image (FITS standard 4.0, section 10); only its tiles are read.
 *
 * Throws `fits/unsupported-codec`, `fits/bad-tile`, `fits/too-large` for an image that cannot be in so small a file,
 * `fits/heap-range`, `fits/bad-keyword`.
 */
export async function readCompressedBox(hdu: Hdu, box?: PixelBox): Promise<ImageArray> {
  const image = describeImage(hdu);
  const whole = box ?? { origin: image.shape.map(() => 0), shape: image.shape };
  const stored = arrayOfBitpix(image.bitpix, image.shape.length === 0 ? 0 : product(whole.shape));
  const tiles = tilesOfBox(image.shape, image.tileShape, whole);
  if (image.shape.length > 0 && tiles.length > 0) {
    const firstRow = tiles[0]!.index;
    const rowCount = tiles.at(-1)!.index - firstRow + 1;
    const rows = await readTileRows(image, firstRow, rowCount);
    const bytes = await readTileBytes(image, rows, tiles.map((tile) => tile.index - firstRow), rowCount);
    const numbers = tileNumbers(image, rows, rowCount);
    tiles.forEach((tile, i) => {
      const pixels = decodeTile(image, tile, bytes[i]!, (name) => numbers(name, tile.index - firstRow));
      copyTile(pixels, tile, stored, whole);
    });
  }
  const { header } = hdu;
  const blank = image.bitpix < 0 ? undefined : header.getBigInt("ZBLANK") ?? header.getBigInt("BLANK");
  const scaling = { scale: header.getNumber("BSCALE") ?? 1, zero: header.getNumber("BZERO") ?? 0, blank };
  return { ...applyScaling(stored, scaling), shape: [...whole.shape] };
}

function describeImage(hdu: Hdu): CompressedImage {
  const { header } = hdu;
  const layout = tableLayout(hdu);
  const shape = axesOf(header, "Z");
  const bitpix = bitpixOf(header, "ZBITPIX");
  const tileShape = shape.map((length, axis) =>
    Math.min(
      Math.max(1, length),
      integerKeyword(header, `ZTILE${axis + 1}`, 1, axis === 0 ? Math.max(1, length) : 1),
    )
  );
  const tileCount = shape.length === 0 ? 0 : product(tileCounts(shape, tileShape));
  if (tileCount !== layout.rowCount && tileCount !== 0) {
    throw badTile(
      hdu,
      `its ${shape.join(" x ")} pixels in tiles of ${
        tileShape.join(" x ")
      } need ${tileCount} rows, the table has ${layout.rowCount}`,
    );
  }
  const bytes = (shape.length === 0 ? 0 : product(shape)) * Math.abs(bitpix) / 8;
  if (
    !(bytes <= hdu.dataByteLength * MAX_COMPRESSION) ||
    hdu.dataOffset + layout.rowBytes * layout.rowCount > hdu.source.byteLength
  ) {
    throw fitsError(
      "too-large",
      `Cannot read the compressed image of HDU ${hdu.index}: ${
        shape.join(" x ")
      } pixels cannot be in ${hdu.dataByteLength} bytes`,
      hdu.dataOffset,
      { context: { shape, dataBytes: hdu.dataByteLength } },
    );
  }
  const method = header.getString("ZQUANTIZ") ?? "NO_DITHER";
  return {
    hdu,
    layout,
    shape,
    tileShape,
    bitpix,
    quantised: bitpix < 0 && method !== "NONE" &&
      (header.has("ZSCALE") || columnOf(layout, "ZSCALE") !== undefined),
    method: method === "SUBTRACTIVE_DITHER_1" || method === "SUBTRACTIVE_DITHER_2" ? method : "NO_DITHER",
    codec: tileCodec(header.getString("ZCMPTYPE")?.trim() ?? "", hdu.headerOffset),
    parameters: codecParameters(hdu),
  };
}

function codecParameters(hdu: Hdu): Map<string, string | number> {
  const parameters = new Map<string, string | number>();
  for (let number = 1;; number++) {
    const name = hdu.header.getString(`ZNAME${number}`);
    if (name === undefined) return parameters;
    const value = hdu.header.get(`ZVAL${number}`);
    if (typeof value === "number" || typeof value === "string") parameters.set(name.trim(), value);
  }
}

async function readTileRows(image: CompressedImage, firstRow: number, rowCount: number): Promise<Uint8Array> {
  const { hdu, layout } = image;
  if (rowCount * layout.rowBytes > ROW_LIMIT) throw badTile(hdu, `it has ${rowCount} tiles`);
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
  const found = DATA_COLUMNS.flatMap((name) => {
    const column = columnOf(layout, name);
    if (column?.descriptor === undefined || column.repeat === 0) return [];
    return [{ name, slices: heapSlices(hdu, layout, column, rows, layout.rowBytes, rowCount) }];
  });
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
    const pixels = image.codec.decode(bytes, {
      pixelCount,
      tileShape: tile.shape,
      bitpix: quantised ? 32 : bitpix,
      parameters: image.parameters,
      byteOffset,
    });
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

function columnOf(layout: TableLayout, name: string): ColumnLayout | undefined {
  return layout.columns.find((column) => column.name.toUpperCase() === name);
}

function badTile(hdu: Hdu, why: string, byteOffset: number = hdu.headerOffset, cause?: unknown): Error {
  return fitsError("bad-tile", `Cannot read the compressed image of HDU ${hdu.index}: ${why}`, byteOffset, {
    cause,
    context: { hdu: hdu.index },
  });
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((result, length) => result * length, 1);
}
