import type { FitsArray } from "./big_endian.ts";
import { bitpixFor, type HduContent, storageOffset } from "./encode_fits.ts";
import { binTableHdu } from "./encode_table.ts";
import type { Header } from "./header.ts";
import { product } from "./product.ts";
import { riceEncode } from "./rice.ts";
import { copyTile, type Tile, tilesOfBox } from "./tile_grid.ts";

/** Arrays of integers of at most 32 bits, which Rice's code can hold. */
export type RiceArray = Uint8Array | Int8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** How to compress. */
export interface RiceOptions {
  /** Lengths of a tile along each axis; one row when not given. */
  readonly tileShape?: readonly number[];
  /** Pixels of a block, 32 when not given. */
  readonly blockSize?: number;
}

/**
 * An image extension compressed tile by tile with RICE_1, without loss.
 *
 * `shape` has the lengths of the axes, fastest first. Cards of `header` that do not describe the structure are kept.
 * Throws RangeError when data and shape do not agree.
 */
export function riceImageHdu(
  name: string,
  data: RiceArray,
  shape: readonly number[],
  header?: Header,
  options: RiceOptions = {},
): HduContent {
  const count = product(shape);
  if (shape.length === 0 || count !== data.length || count === 0) {
    throw new RangeError(`A shape of ${shape.join(" x ")} needs ${count} values, got ${data.length}`);
  }
  const tileShape = options.tileShape ?? shape.map((length, axis) => axis === 0 ? length : 1);
  const blockSize = options.blockSize ?? 32;
  const whole = { origin: shape.map(() => 0), shape };
  const tiles = tilesOfBox(shape, tileShape, whole).map((tile) =>
    riceEncode(storedPixels(data, tile, whole), blockSize, data.BYTES_PER_ELEMENT)
  );
  const table = binTableHdu(name, [{
    name: "COMPRESSED_DATA",
    kind: "variable",
    elementKind: "number",
    data: tiles,
  }]);
  describeImage(table.header, data, shape, tileShape, blockSize);
  if (header !== undefined) table.header.appendCards(binTableHdu("", [], header).header.cards.slice(8));
  return table;
}

/** The pixels of a tile as FITS stores them, as 32-bit integers. */
function storedPixels(
  data: RiceArray,
  tile: Tile,
  whole: { origin: readonly number[]; shape: readonly number[] },
): Int32Array {
  const pixels = new Int32Array(product(tile.shape));
  copyTile(data, whole, pixels, tile);
  const offset = storageOffset(data);
  if (offset !== 0) { for (let i = 0; i < pixels.length; i++) pixels[i] = pixels[i]! - offset; }
  return pixels;
}

function describeImage(
  header: Header,
  data: FitsArray,
  shape: readonly number[],
  tileShape: readonly number[],
  blockSize: number,
): void {
  header.append("ZIMAGE", true, "extension contains compressed image").append("ZTENSION", "IMAGE");
  header.append("ZBITPIX", bitpixFor(data), "array data type").append("ZNAXIS", shape.length);
  shape.forEach((length, axis) => header.append(`ZNAXIS${axis + 1}`, length));
  header.append("ZPCOUNT", 0).append("ZGCOUNT", 1);
  tileShape.forEach((length, axis) => header.append(`ZTILE${axis + 1}`, length, "size of tiles"));
  header.append("ZCMPTYPE", "RICE_1", "compression algorithm");
  header.append("ZNAME1", "BLOCKSIZE").append("ZVAL1", blockSize, "pixels per block");
  header.append("ZNAME2", "BYTEPIX").append("ZVAL2", data.BYTES_PER_ELEMENT, "bytes per pixel");
  const offset = storageOffset(data);
  if (offset !== 0) header.append("BSCALE", 1).append("BZERO", offset);
}
