import { decodeBigEndian } from "../fits/big_endian.ts";
import { readExactly } from "../fits/byte_source.ts";
import type { Hdu } from "../fits/hdu.ts";
import { readTable } from "../fits/read_table.ts";
import { type ColumnLayout, tableLayout } from "../fits/table_layout.ts";
import type { PsfSamples, WeightedPlane } from "../psf/psf_samples.ts";
import type { ZoneShare } from "../psf/zones.ts";
import { readScratch } from "./in_place_source.ts";
import type { EpsfRowLayout, PsfCache, PsfDescription } from "./psf_cache.ts";
import { gridOfCenters, type PsfZones, rowsOfZones, zoneCenter } from "./psf_zones.ts";
import { spherexError } from "./spherex_error.ts";

/** What is known of a table by its header and its columns of centres. */
type EpsfDescription = Pick<PsfDescription, "zones"> & { readonly row: EpsfRowLayout };

/** Centres that differ by less than this, pixels, are the same. */
const SAME_CENTER_PIXELS = 0.05;

/**
 * The effective PSF of a file from pipeline 7 on: a table with one row a zone. The pixel response is inside already,
 * so that it is interpolated at pixel centres and never integrated. Only the rows asked for are read.
 */
export class EpsfTable {
  /** The zones of the table. */
  readonly zones: PsfZones;
  readonly #row: EpsfRowLayout;
  readonly #hdu: Hdu;
  readonly #cache: PsfCache;

  private constructor(description: EpsfDescription, hdu: Hdu, cache: PsfCache) {
    this.zones = description.zones;
    this.#row = description.row;
    this.#hdu = hdu;
    this.#cache = cache;
  }

  /**
   * Opens the table in an HDU. The centres of all rows are read once for each header; files with the same header must agree in their first and
   * last row. Throws `spherex/bad-psf` when columns are missing or the rows form no full grid.
   */
  static async open(hdu: Hdu, cache: PsfCache): Promise<EpsfTable> {
    const length = hdu.dataOffset - hdu.headerOffset;
    const read = readExactly(hdu.source, hdu.headerOffset, length, "the header of the ePSF");
    const header = read instanceof Uint8Array ? read : await read;
    const known = cache.description(header);
    if (known?.row !== undefined) {
      const table = new EpsfTable({ zones: known.zones, row: known.row }, hdu, cache);
      if (await table.#hasCentersOfZones()) return table;
    }
    const bytes = header.slice();
    const description = await describe(hdu);
    cache.remember(bytes, description);
    return new EpsfTable(description, hdu, cache);
  }

  /**
   * Reads the rows of the zones given, each with its share. A zone whose samples are not finite or have no light is
   * left out, and the shares of the others grow to a sum of 1.
   */
  async readZones(shares: readonly ZoneShare[]): Promise<PsfSamples> {
    const { kind, size, oversampling } = this.zones;
    const usable: WeightedPlane[] = [];
    for (const { index, weight } of shares) {
      const samples = this.#readZone(index);
      const plane = samples instanceof Promise ? await samples : samples;
      if (hasLight(plane)) usable.push({ weight, samples: plane });
    }
    const total = usable.reduce((sum, plane) => sum + plane.weight, 0);
    const planes = usable.length === shares.length
      ? usable
      : usable.map(({ weight, samples }) => ({ weight: weight / total, samples }));
    return { kind, size, oversampling, planes };
  }

  #readZone(zone: number): Float32Array | Float64Array | Promise<Float32Array | Float64Array> {
    const { rowBytes } = this.#row;
    const row = this.zones.planeOfZone[zone]!;
    const offset = this.#hdu.dataOffset + row * rowBytes;
    const read = readScratch(this.#hdu.source, offset, rowBytes, this.#cache.memory(0), "a row of the ePSF");
    return read instanceof Uint8Array
      ? this.#decode(zone, row, read)
      : read.then((bytes) => this.#decode(zone, row, bytes));
  }

  #decode(zone: number, row: number, bytes: Uint8Array): Float32Array | Float64Array {
    if (!this.#isOfZone(zone, bytes)) {
      const { x, y } = zoneCenter(this.zones.grid, zone);
      throw spherexError(
        "bad-psf",
        `Cannot use row ${row + 1} of the ePSF: it is not of the zone at ${x}, ${y}`,
      );
    }
    const { samplesOffset, bytesPerSample } = this.#row;
    const count = this.zones.size ** 2;
    const samples = bytesPerSample === 4 ? new Float32Array(count) : new Float64Array(count);
    decodeBigEndian(samples, 0, bytes, samplesOffset, count);
    return samples;
  }

  #isOfZone(zone: number, row: Uint8Array): boolean {
    const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
    const { x, y } = zoneCenter(this.zones.grid, zone);
    return Math.abs(view.getFloat32(this.#row.xCenterOffset) - x) < SAME_CENTER_PIXELS &&
      Math.abs(view.getFloat32(this.#row.yCenterOffset) - y) < SAME_CENTER_PIXELS;
  }

  async #hasCentersOfZones(): Promise<boolean> {
    const { planeOfZone } = this.zones;
    for (const zone of [0, planeOfZone.length - 1]) {
      const offset = this.#hdu.dataOffset + planeOfZone[zone]! * this.#row.rowBytes;
      const length = this.#row.samplesOffset;
      const read = readScratch(this.#hdu.source, offset, length, this.#cache.memory(0), "a row of the ePSF");
      if (!this.#isOfZone(zone, read instanceof Uint8Array ? read : await read)) return false;
    }
    return true;
  }
}

function hasLight(samples: Float32Array | Float64Array): boolean {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]!;
  return sum > 0 && sum < Infinity;
}

async function describe(hdu: Hdu): Promise<EpsfDescription> {
  const layout = tableLayout(hdu);
  const find = (name: string) => layout.columns.find((column) => column.name.toUpperCase() === name);
  const [x, y, samples] = [find("XCENTER"), find("YCENTER"), find("EPSF")];
  const size = Math.sqrt(samples?.repeat ?? 0);
  if (
    !isPlain(x, "E") || !isPlain(y, "E") || !(isPlain(samples, "D") || isPlain(samples, "E")) ||
    size % 2 !== 1 ||
    samples.offset < Math.max(x.offset, y.offset) + 4
  ) {
    throw spherexError(
      "bad-psf",
      "Cannot use the ePSF table: expected the columns XCENTER, YCENTER (E) and EPSF (D or E, a square of odd size)",
      {
        context: { columns: layout.columns.map((column) => `${column.name} ${column.repeat}${column.code}`) },
      },
    );
  }
  const centers = await readTable(hdu, { columns: ["XCENTER", "YCENTER"] });
  const [xCenters, yCenters] = centers.columns.map((column) => Array.from(column.data as ArrayLike<number>));
  const grid = gridOfCenters(xCenters!, yCenters!);
  return {
    zones: {
      kind: "effective",
      size,
      oversampling: oversamplingOf(hdu),
      grid,
      planeOfZone: rowsOfZones(grid, xCenters!, yCenters!),
    },
    row: {
      rowBytes: layout.rowBytes,
      xCenterOffset: x.offset,
      yCenterOffset: y.offset,
      samplesOffset: samples.offset,
      bytesPerSample: samples.code === "D" ? 8 : 4,
    },
  };
}

function isPlain(column: ColumnLayout | undefined, code: "D" | "E"): column is ColumnLayout {
  return column?.code === code && column.descriptor === undefined && column.scaling.scale === 1 &&
    column.scaling.zero === 0;
}

function oversamplingOf(hdu: Hdu): number {
  const [x, y] = [hdu.header.getNumber("OVSMPX"), hdu.header.getNumber("OVSMPY")];
  if (x !== undefined && x === y && Number.isInteger(x) && x >= 1) return x;
  throw spherexError(
    "bad-psf",
    `Cannot use the ePSF table: OVSMPX is ${x ?? "missing"} and OVSMPY is ${
      y ?? "missing"
    }, expected the same whole number`,
  );
}
