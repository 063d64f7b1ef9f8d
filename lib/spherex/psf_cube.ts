import { readExactly } from "../fits/byte_source.ts";
import type { Hdu } from "../fits/hdu.ts";
import type { Header } from "../fits/header.ts";
import { toFloat32Array } from "../fits/image_array.ts";
import { imageScaling, imageShape, readImageSection } from "../fits/read_image.ts";
import type { PlaneSamples, PsfSamples, WeightedPlane } from "../psf/psf_samples.ts";
import type { ZoneShare } from "../psf/zones.ts";
import { PIXEL_SCALE_ARCSEC } from "./bands.ts";
import { readScratch } from "./in_place_source.ts";
import type { PsfCache, PsfDescription } from "./psf_cache.ts";
import { gridOfCube, type PsfZones } from "./psf_zones.ts";
import { spherexError } from "./spherex_error.ts";

/**
 * The PSF of a file up to pipeline 6: a cube of oversampled planes, one a zone, which must be integrated over pixels.
 * Only the planes asked for are read.
 */
export class PsfCube {
  /** The zones of the cube. */
  readonly zones: PsfZones;
  readonly #hdu: Hdu;
  readonly #cache: PsfCache;
  readonly #isPlain: boolean;

  private constructor({ zones, isPlain }: PsfDescription, hdu: Hdu, cache: PsfCache) {
    this.zones = zones;
    this.#isPlain = isPlain === true;
    this.#hdu = hdu;
    this.#cache = cache;
  }

  /**
   * Opens the cube in an HDU. Throws `spherex/bad-psf` when it is no cube of square planes of odd size, or its zones cannot be told.
   */
  static async open(hdu: Hdu, cache: PsfCache): Promise<PsfCube> {
    const length = hdu.dataOffset - hdu.headerOffset;
    const read = readExactly(hdu.source, hdu.headerOffset, length, "the header of the PSF");
    const header = read instanceof Uint8Array ? read : await read;
    const known = cache.description(header);
    if (known !== undefined) return new PsfCube(known, hdu, cache);
    const description = { zones: cubeZones(hdu), isPlain: isPlainImage(hdu) };
    cache.remember(header, description);
    return new PsfCube(description, hdu, cache);
  }

  /** Reads the planes of the zones given, each with its share. Throws `fits/truncated` when the file ends before. */
  async readZones(shares: readonly ZoneShare[]): Promise<PsfSamples> {
    const { kind, size, oversampling } = this.zones;
    const planes: WeightedPlane[] = [];
    for (const { index, weight } of shares) {
      const samples = this.#readPlane(this.zones.planeOfZone[index]!, planes.length);
      planes.push({ weight, samples: samples instanceof Promise ? await samples : samples });
    }
    return { kind, size, oversampling, planes };
  }

  #readPlane(plane: number, number: number): PlaneSamples | Promise<PlaneSamples> {
    const { size } = this.zones;
    const { dataOffset, source } = this.#hdu;
    if (!this.#isPlain) {
      return readImageSection(this.#hdu, { x0: 0, y0: 0, width: size, height: size, plane }).then(
        toFloat32Array,
      );
    }
    const length = size * size * 4;
    const memory = this.#cache.memory(number);
    const read = readScratch(source, dataOffset + plane * length, length, memory, "a plane of the PSF");
    return read instanceof Uint8Array ? viewOf(read) : read.then(viewOf);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether an image is stored as float32 without scaling. */
function isPlainImage({ header, kind }: Hdu): boolean {
  const { scale, zero } = imageScaling(header);
  return kind === "image" && header.get("BITPIX") === -32 && scale === 1 && zero === 0;
}

/** The zones that the header of a PSF cube describes. Throws `spherex/bad-psf` when it is none. */
export function cubeZones(hdu: Hdu): PsfZones {
  const shape = imageShape(hdu);
  const [size, rows, planeCount] = shape;
  if (
    shape.length !== 3 || size === undefined || size !== rows || size % 2 === 0 || planeCount === undefined
  ) {
    throw spherexError(
      "bad-psf",
      `Cannot use the PSF: it is ${
        shape.join(" x ") || "empty"
      }, expected square planes of odd size in a cube`,
      { context: { shape } },
    );
  }
  const xCenters: number[] = [];
  const yCenters: number[] = [];
  for (let plane = 1; plane <= planeCount; plane++) {
    const [x, y] = [hdu.header.getNumber(`XCTR_${plane}`), hdu.header.getNumber(`YCTR_${plane}`)];
    if (x !== undefined) xCenters.push(x);
    if (y !== undefined) yCenters.push(y);
  }
  return {
    kind: "oversampled",
    size,
    oversampling: oversamplingOf(hdu.header),
    grid: gridOfCube(xCenters, yCenters, planeCount),
    planeOfZone: Int32Array.from({ length: planeCount }, (_, plane) => plane),
  };
}

/** OVERSAMP, else what the sampling in arcseconds says. */
function oversamplingOf(header: Header): number {
  const stated = header.getNumber("OVERSAMP") ??
    PIXEL_SCALE_ARCSEC / Math.abs(header.getNumber("CDELT1") ?? NaN);
  const oversampling = Math.round(stated);
  if (oversampling >= 1 && Math.abs(stated - oversampling) < 0.05) return oversampling;
  throw spherexError(
    "bad-psf",
    `Cannot use the PSF: OVERSAMP is ${stated}, expected a whole number of samples a pixel`,
  );
}
