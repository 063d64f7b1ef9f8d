/** Small SPHEREx files made in memory: real headers around pixels whose values say where they come from. */
import { encodeFits, type HduContent, imageHdu, primaryHdu } from "../../lib/fits/encode_fits.ts";
import { binTableHdu } from "../../lib/fits/encode_table.ts";
import { riceImageHdu } from "../../lib/fits/encode_compressed_image.ts";
import { Header } from "../../lib/fits/header.ts";
import type { NumberColumn } from "../../lib/fits/table_column.ts";

const fixtures = new URL("../fixtures/spherex-headers/", import.meta.url);

async function readHeader(name: string): Promise<Header> {
  return Header.parse(await Deno.readFile(new URL(name, fixtures)));
}

/** The real IMAGE header of a QR2 cutout of detector 3 whose pixel (0, 0) is parent pixel (1292, 863). */
export const REAL_IMAGE_HEADER: Header = await readHeader("qr2_image_header_2025W51_1A_0684_2D3.hdr");
/** The real FLAGS header of the same cutout. */
export const REAL_FLAGS_HEADER: Header = await readHeader("qr2_flags_header_2025W51_1A_0684_2D3.hdr");
/** The real EPSF table header of the QR3 calibration of detector 1. */
export const REAL_EPSF_HEADER: Header = await readHeader("qr3_epsf_table_header_D1.hdr");

/** Parent pixel of the real cutout's pixel (0, 0). */
export const REAL_ORIGIN = { x: 1292, y: 863 } as const;

/** What a synthetic file is made of. */
export interface SyntheticOptions {
  /** Pixels along x and y, 12 when not given. */
  readonly width?: number;
  readonly height?: number;
  /** Parent pixel of pixel (0, 0). */
  readonly originX?: number;
  readonly originY?: number;
  /** VERSION of the primary header; null leaves it out. */
  readonly version?: string | null;
  /** Which PSF the file has. */
  readonly psf?: "cube" | "cube-erratum" | "table" | "none";
  /** Whether FLAGS is RICE-compressed. */
  readonly isRice?: boolean;
  /** HDUs to leave out. */
  readonly without?: readonly string[];
  /** HDUs to put in the place of the synthetic ones. */
  readonly replace?: Readonly<Record<string, HduContent>>;
  /** Changes to the IMAGE header. */
  readonly changeHeader?: (header: Header) => void;
}

/** Zones along x and y of the synthetic PSFs; unlike each other, so that an exchange shows. */
export const ZONES = { columns: 4, rows: 3 } as const;
/** Samples along a side of the synthetic cube and table. */
export const CUBE_SIZE = 21;
export const TABLE_SIZE = 33;

/** Centre of a zone along an axis of `count` equal zones. */
export function zoneCenterOf(index: number, count: number): number {
  return (index + 0.5) * 2040 / count - 0.5;
}

/** The value in the middle of a zone's plane: it names the zone. */
export function zoneMark(ix: number, iy: number): number {
  return 1 + ix + 10 * iy;
}

/** A file of either release, as bytes. */
export function syntheticLevel2(options: SyntheticOptions = {}): Uint8Array {
  const { version = "6.5.7", psf = "cube" } = options;
  const hdus: [string, HduContent][] = [
    ["PRIMARY", primaryHdu(version === null ? undefined : Header.of([["VERSION", version]]))],
    ...planeHdus(options),
    ["WCS-WAVE", wavelengthHdu()],
  ];
  if (psf === "table") hdus.splice(-1, 0, ["EPSF", epsfHdu()]);
  else if (psf !== "none") hdus.splice(-1, 0, ["PSF", cubeHdu("PSF", psf === "cube-erratum")]);
  const kept = hdus.filter(([name]) => options.without?.includes(name) !== true);
  return encodeFits(kept.map(([name, hdu]) => options.replace?.[name] ?? hdu));
}

/** The IMAGE header of a file of that size and place: the real one with its reference pixels moved. */
export function placedHeader(options: SyntheticOptions): Header {
  const header = REAL_IMAGE_HEADER.clone();
  const { originX = REAL_ORIGIN.x, originY = REAL_ORIGIN.y } = options;
  for (const [axis, origin] of [[1, originX], [2, originY]] as const) {
    header.set(`CRPIX${axis}`, 1020.5 - origin).set(`CRPIX${axis}A`, 1 - origin).set(
      `CRPIX${axis}W`,
      1 - origin,
    );
  }
  if (options.psf === "table") header.set("DETECTOR", 1);
  options.changeHeader?.(header);
  return header;
}

function planeHdus(options: SyntheticOptions): [string, HduContent][] {
  const { width = 12, height = 12 } = options;
  const header = placedHeader(options);
  const fill = (value: (x: number, y: number) => number) =>
    Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
  const flags = Int32Array.from({ length: width * height }, (_, i) => i % 7 === 0 ? 2 ** 21 : 0);
  const makeFlags = options.isRice === true ? riceImageHdu : imageHdu;
  return [
    ["IMAGE", imageHdu("IMAGE", fill((x, y) => 100 * y + x), [width, height], header)],
    ["FLAGS", makeFlags("FLAGS", flags, [width, height], REAL_FLAGS_HEADER)],
    ["VARIANCE", imageHdu("VARIANCE", fill((x, y) => 0.01 * (1 + x + y)), [width, height])],
    ["ZODI", imageHdu("ZODI", fill(() => 0.25), [width, height])],
  ];
}

/** A QR2 cube; with the erratum the header pairs the centres with x and y exchanged, as pipelines up to 6.5.5 did. */
export function cubeHdu(name: string, hasErratum: boolean, scale = 1): HduContent {
  const { columns, rows } = ZONES;
  const header = Header.of([["OVERSAMP", 10], ["CDELT1", 0.615], ["CDELT2", 0.615]]);
  const planes = new Float32Array(CUBE_SIZE ** 2 * columns * rows);
  for (let plane = 0; plane < columns * rows; plane++) {
    const [ix, iy] = [plane % columns, Math.floor(plane / columns)];
    planes[plane * CUBE_SIZE ** 2 + (CUBE_SIZE ** 2 - 1) / 2] = scale * zoneMark(ix, iy);
    const [statedX, statedY] = hasErratum ? [Math.floor(plane / rows), plane % rows] : [ix, iy];
    header.append(
      `XCTR_${plane + 1}`,
      zoneCenterOf(statedX, columns),
      `Center of x zone (${statedX}, ${statedY})`,
    );
    header.append(
      `YCTR_${plane + 1}`,
      zoneCenterOf(statedY, rows),
      `Center of y zone (${statedX}, ${statedY})`,
    );
  }
  return imageHdu(name, planes, [CUBE_SIZE, CUBE_SIZE, columns * rows], header);
}

/** A QR3 table with a row a zone, x running fastest; `order` may shuffle the rows. */
export function epsfHdu(
  order: readonly number[] = [...Array(ZONES.columns * ZONES.rows).keys()],
): HduContent {
  const { columns, rows } = ZONES;
  const samples = new Float64Array(order.length * TABLE_SIZE ** 2);
  order.forEach((zone, row) => {
    const middle = row * TABLE_SIZE ** 2 + (TABLE_SIZE ** 2 - 1) / 2;
    samples[middle] = zoneMark(zone % columns, Math.floor(zone / columns));
  });
  const number = (
    name: string,
    data: Float32Array | Float64Array | Int32Array,
    shape?: number[],
  ): NumberColumn => ({
    kind: "number",
    name,
    data,
    ...(shape === undefined ? {} : { shape, elementsPerRow: shape.reduce((a, b) => a * b, 1) }),
  });
  return binTableHdu("EPSF", [
    number("BINX", Int32Array.from(order, (zone) => zone % columns)),
    number("BINY", Int32Array.from(order, (zone) => Math.floor(zone / columns))),
    number("XCENTER", Float32Array.from(order, (zone) => zoneCenterOf(zone % columns, columns))),
    number("YCENTER", Float32Array.from(order, (zone) => zoneCenterOf(Math.floor(zone / columns), rows))),
    number("NSTAR", Int32Array.from(order, () => 100)),
    number("EPSF", samples, [TABLE_SIZE, TABLE_SIZE]),
  ], REAL_EPSF_HEADER);
}

/** Wavelength and bandwidth of the synthetic maps and table, linear in the 0-based parent pixel. */
export function wavelengthAt(x: number, y: number): number {
  return 2.4 - 4e-4 * y + 1e-5 * x;
}
export function bandwidthAt(x: number, y: number): number {
  return 0.06 - 1e-5 * y + 1e-7 * x;
}

function wavelengthHdu(): HduContent {
  const nodes = [1, 681, 1361, 2040];
  const values = nodes.flatMap((y) =>
    nodes.flatMap((x) => [wavelengthAt(x - 1, y - 1), bandwidthAt(x - 1, y - 1)])
  );
  return binTableHdu("WCS-WAVE", [
    { kind: "number", name: "X", data: Int32Array.from(nodes), elementsPerRow: 4 },
    { kind: "number", name: "Y", data: Int32Array.from(nodes), elementsPerRow: 4 },
    { kind: "number", name: "VALUES", data: Float32Array.from(values), elementsPerRow: 32, shape: [2, 4, 4] },
  ]);
}

/** A detector-sized map file with the named planes. */
export function syntheticMaps(
  planes: Readonly<Record<string, (x: number, y: number) => number>>,
  detector = 3,
  size = 2040,
): Uint8Array {
  const hdus = Object.entries(planes).map(([name, value]) => {
    const data = new Float32Array(size * size);
    for (let y = 0, i = 0; y < size; y++) for (let x = 0; x < size; x++, i++) data[i] = value(x, y);
    return imageHdu(name, data, [size, size]);
  });
  return encodeFits([primaryHdu(Header.of([["DETECTOR", detector], ["VERSION", "6.4"]])), ...hdus]);
}
