import { fitsError } from "./fits_error.ts";
import { axesOf, bitpixOf, type Hdu, integerKeyword } from "./hdu.ts";
import { product } from "./product.ts";
import type { QuantisationMethod } from "./quantisation.ts";
import { type ColumnLayout, type TableLayout, tableLayout } from "./table_layout.ts";
import { type TileCodec, tileCodec } from "./tile_codec.ts";
import { tileCounts } from "./tile_grid.ts";

/** The name of a column that may hold tiles. */
export type DataColumnName = "COMPRESSED_DATA" | "GZIP_COMPRESSED_DATA" | "UNCOMPRESSED_DATA";

/** In the order in which they are looked at. */
const DATA_COLUMNS: readonly DataColumnName[] = [
  "COMPRESSED_DATA",
  "GZIP_COMPRESSED_DATA",
  "UNCOMPRESSED_DATA",
];

/** Everything that is the same for all tiles of an image. */
export interface CompressedImage {
  /** Where it is. */
  readonly hdu: Hdu;
  /** The table that holds the tiles, one in each row. */
  readonly layout: TableLayout;
  /** Lengths of the axes of the image. */
  readonly shape: readonly number[];
  /** Lengths of the axes of a tile; those at the end may be cut. */
  readonly tileShape: readonly number[];
  /** The columns that may hold a tile, in the order in which they are looked at. */
  readonly dataColumns: readonly { readonly name: DataColumnName; readonly column: ColumnLayout }[];
  /** BITPIX of the image. */
  readonly bitpix: number;
  /** Whether the tiles hold integers from which floating point values are made. */
  readonly quantised: boolean;
  /** How they were made. */
  readonly method: QuantisationMethod;
  /** What unpacks the tiles of COMPRESSED_DATA. */
  readonly codec: TileCodec;
  /** What the codec is told. */
  readonly parameters: ReadonlyMap<string, string | number>;
}

/** Reads from the header how an image was compressed. Throws `fits/bad-tile`, `fits/bad-keyword`, `fits/unsupported-codec`. */
export function describeCompressedImage(hdu: Hdu): CompressedImage {
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
  const dataColumns = DATA_COLUMNS.flatMap((name) => {
    const column = columnOf(layout, name);
    return column?.descriptor === undefined || column.repeat === 0 ? [] : [{ name, column }];
  });
  if (dataColumns.length === 0) throw badTile(hdu, "its table has no column of tiles");
  const tileCount = shape.length === 0 ? 0 : product(tileCounts(shape, tileShape));
  if (tileCount !== 0 && tileCount !== layout.rowCount) {
    const need = `${shape.join(" x ")} pixels in tiles of ${tileShape.join(" x ")} need ${tileCount} rows`;
    throw badTile(hdu, `its ${need}, the table has ${layout.rowCount}`);
  }
  if (hdu.dataOffset + layout.rowBytes * layout.rowCount > hdu.source.byteLength) {
    throw badTile(hdu, `its ${layout.rowCount} rows reach beyond the end of the file`, hdu.dataOffset);
  }
  const method = header.getString("ZQUANTIZ") ?? "NO_DITHER";
  return {
    hdu,
    layout,
    shape,
    tileShape,
    dataColumns,
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

/** The first column of that name (upper case). */
export function columnOf(layout: TableLayout, name: string): ColumnLayout | undefined {
  return layout.columns.find((column) => column.name.toUpperCase() === name);
}

/** The error for an image whose tiles cannot be read. */
export function badTile(
  hdu: Hdu,
  why: string,
  byteOffset: number = hdu.headerOffset,
  cause?: unknown,
): Error {
  return fitsError("bad-tile", `Cannot read the compressed image of HDU ${hdu.index}: ${why}`, byteOffset, {
    cause,
    context: { hdu: hdu.index },
  });
}
