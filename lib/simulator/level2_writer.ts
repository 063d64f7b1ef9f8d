import { encodeBigEndian, encodeBigEndianInto } from "../fits/big_endian.ts";
import { withChecksum } from "../fits/checksum.ts";
import { Header } from "../fits/header.ts";
import { riceEncode } from "../fits/rice.ts";
import { DETECTOR_SIZE_PIXELS, type DetectorNumber } from "../spherex/bands.ts";
import { psfHeaderNeedsFix, type Release } from "../spherex/release.ts";
import { encodeHeader, paddedLength } from "./header_template.ts";
import type { ImagePlanes, PixelWindow } from "./image_renderer.ts";
import { Level2Headers, WHOLE_DETECTOR } from "./level2_headers.ts";
import {
  CUBE_SAMPLES,
  CUBE_ZONES,
  epsfByteLength,
  epsfCards,
  epsfRowBytes,
  padding,
  psfCubeBytes,
  psfCubeCards,
} from "./psf_products.ts";
import { RecentValues } from "./recent_values.ts";
import type { Simulation } from "./simulation.ts";
import { spectralMap } from "./spectral_map.ts";
import type { SurveyImage } from "./survey.ts";
import { bytesSegment, type FileSegment, lazySegment, VirtualFile } from "./virtual_file.ts";
import { wavelengthTableBytes } from "./wavelength_table.ts";

const ROW_BYTES = 4 * DETECTOR_SIZE_PIXELS;
const CUBE_BYTES = 4 * CUBE_ZONES ** 2 * CUBE_SAMPLES ** 2;
/** Rows that are computed at once when a plane of a parent file is read. */
const ROWS_PER_PIECE = 16;
/** Pixels of a block and bytes of a pixel in the compressed FLAGS. */
const RICE = { blockPixels: 32, pixelBytes: 4 } as const;
/**
 * Heap bytes that each row of compressed FLAGS may take: 33 bits a pixel, rounded up. Fixed, so that the file's length
 * is known before any pixel is.
 */
const SLOT_BYTES = 8448;
const PSF_CACHE_BYTES = 36e6;
const ROWS_CACHE_BYTES = 10e6;
const DESCRIPTOR_BYTES = 8;

type PlaneName = keyof ImagePlanes;

/**
 * Writes Level-2 files of a simulation: parents whose bytes are made when they are read, and cutouts.
 *
 * PSF tables are kept for the detectors that were used last; pixels are not kept beyond a few rows.
 */
export class Level2Writer {
  readonly #simulation: Simulation;
  readonly #psfData = new RecentValues<Uint8Array>(PSF_CACHE_BYTES);
  readonly #rows = new RecentValues<ImagePlanes>(ROWS_CACHE_BYTES);
  readonly #compressed = new RecentValues<Uint8Array>(ROWS_CACHE_BYTES);
  readonly #small = new Map<string, Uint8Array>();

  readonly #checksums: boolean;

  /** A writer for the images of one simulation; `checksums` puts CHECKSUM and DATASUM into the planes of cutouts. */
  constructor(simulation: Simulation, checksums = false) {
    this.#simulation = simulation;
    this.#checksums = checksums;
  }

  /** The cutout of an image in a window, which must lie on the detector. */
  cutout(image: SurveyImage, window: PixelWindow): VirtualFile {
    const headers = new Level2Headers(image, window, this.#simulation.seed);
    const planes = this.#simulation.renderer(image).render(window);
    const blocks = [headers.primary()];
    const add = (header: Uint8Array, plane: Float32Array | Int32Array) => {
      const data = paddedBytes(plane);
      blocks.push(this.#checksums ? summed(header, data) : header, data);
    };
    add(headers.image(), planes.image);
    add(headers.flags(), planes.flags);
    add(headers.variance(), planes.variance);
    add(headers.zodi(), planes.zodi);
    blocks.push(this.#psfHeader(image));
    const front = new Uint8Array(blocks.reduce((sum, block) => sum + block.byteLength, 0));
    let at = 0;
    for (const block of blocks) {
      front.set(block, at);
      at += block.byteLength;
    }
    return new VirtualFile([bytesSegment(front), ...this.#tail(image)]);
  }

  /** The whole file of an image. */
  parent(image: SurveyImage): VirtualFile {
    const headers = new Level2Headers(image, WHOLE_DETECTOR, this.#simulation.seed);
    const isCompressed = image.exposure.visit.release === "QR3";
    const flags = isCompressed
      ? [bytesSegment(headers.compressedFlags(SLOT_BYTES)), ...this.#compressedFlags(image)]
      : [bytesSegment(headers.flags()), this.#plane(image, "flags")];
    return new VirtualFile([
      bytesSegment(headers.primary()),
      bytesSegment(headers.image()),
      this.#plane(image, "image"),
      ...flags,
      bytesSegment(headers.variance()),
      this.#plane(image, "variance"),
      bytesSegment(headers.zodi()),
      this.#plane(image, "zodi"),
      bytesSegment(this.#psfHeader(image)),
      ...this.#tail(image),
    ]);
  }

  /** The data of the PSF cube of a detector, without padding. */
  psfCube(detector: DetectorNumber): Uint8Array {
    return this.#psfData.get(`cube ${detector}`, () => psfCubeBytes(detector), (bytes) => bytes.byteLength);
  }

  /** The rows of the effective PSF table of a detector, without padding. */
  epsfRows(detector: DetectorNumber): Uint8Array {
    const make = () => epsfRowBytes(detector, spectralMap(detector, "QR3"));
    return this.#psfData.get(`epsf ${detector}`, make, (bytes) => bytes.byteLength);
  }

  #psfHeader({ detector, exposure }: SurveyImage): Uint8Array {
    const { release, pipelineVersion } = exposure.visit;
    if (release === "QR3") {
      return this.#kept(`epsf header ${detector}`, () => encodeHeader(epsfCards(detector)));
    }
    const transposed = psfHeaderNeedsFix(pipelineVersion);
    return this.#kept(`cube header ${transposed}`, () => encodeHeader(psfCubeCards("PSF", transposed)));
  }

  /** What follows the PSF header: its data and the wavelength table. */
  #tail({ detector, exposure }: SurveyImage): FileSegment[] {
    const release: Release = exposure.visit.release;
    const length = release === "QR3" ? epsfByteLength(detector) : CUBE_BYTES;
    const data = release === "QR3" ? () => this.epsfRows(detector) : () => this.psfCube(detector);
    const table = this.#kept(`wave ${release} ${detector}`, () => wavelengthTableBytes(detector, release));
    return [lazySegment(length, data), bytesSegment(padding(length)), bytesSegment(table)];
  }

  /** A plane of a parent file, computed in whole rows. */
  #plane(image: SurveyImage, name: PlaneName): FileSegment {
    return {
      byteLength: ROW_BYTES * DETECTOR_SIZE_PIXELS,
      pieceLength: ROW_BYTES * ROWS_PER_PIECE,
      read: (offset, length) => {
        const firstRow = Math.floor(offset / ROW_BYTES);
        const lastRow = Math.ceil((offset + length) / ROW_BYTES);
        const planes = this.#planes(image, firstRow, lastRow - firstRow);
        const start = offset - firstRow * ROW_BYTES;
        return encodeBigEndian(planes[name]).subarray(start, start + length);
      },
    };
  }

  #planes(image: SurveyImage, y0: number, height: number): ImagePlanes {
    const make = () =>
      this.#simulation.renderer(image).render({ x0: 0, y0, width: DETECTOR_SIZE_PIXELS, height });
    const targets = this.#simulation.sky.targets.length;
    return this.#rows.get(
      `${image.fileName} ${y0} ${height} ${targets}`,
      make,
      ({ image }) => 4 * image.byteLength,
    );
  }

  /** Descriptors and heap of compressed FLAGS; a row is compressed when its descriptor or its slot is read. */
  #compressedFlags(image: SurveyImage): FileSegment[] {
    const rows = DETECTOR_SIZE_PIXELS;
    const descriptors: FileSegment = {
      byteLength: rows * DESCRIPTOR_BYTES,
      pieceLength: rows * DESCRIPTOR_BYTES,
      read: (offset, length) => {
        const first = Math.floor(offset / DESCRIPTOR_BYTES);
        const last = Math.ceil((offset + length) / DESCRIPTOR_BYTES);
        const bytes = new Uint8Array((last - first) * DESCRIPTOR_BYTES);
        const view = new DataView(bytes.buffer);
        for (let row = first; row < last; row++) {
          view.setInt32((row - first) * DESCRIPTOR_BYTES, this.#compressedRow(image, row).byteLength);
          view.setInt32((row - first) * DESCRIPTOR_BYTES + 4, row * SLOT_BYTES);
        }
        return bytes.subarray(offset - first * DESCRIPTOR_BYTES, offset - first * DESCRIPTOR_BYTES + length);
      },
    };
    const heap: FileSegment = {
      byteLength: rows * SLOT_BYTES,
      pieceLength: SLOT_BYTES,
      read: (offset, length) => {
        const slot = new Uint8Array(SLOT_BYTES);
        const row = Math.floor(offset / SLOT_BYTES);
        slot.set(this.#compressedRow(image, row));
        return slot.subarray(offset - row * SLOT_BYTES, offset - row * SLOT_BYTES + length);
      },
    };
    const dataLength = descriptors.byteLength + heap.byteLength;
    return [descriptors, heap, bytesSegment(padding(dataLength))];
  }

  #compressedRow(image: SurveyImage, row: number): Uint8Array {
    const make = () => {
      const firstRow = row - row % ROWS_PER_PIECE;
      const height = Math.min(ROWS_PER_PIECE, DETECTOR_SIZE_PIXELS - firstRow);
      const { flags } = this.#planes(image, firstRow, height);
      const start = (row - firstRow) * DETECTOR_SIZE_PIXELS;
      return riceEncode(
        flags.subarray(start, start + DETECTOR_SIZE_PIXELS),
        RICE.blockPixels,
        RICE.pixelBytes,
      );
    };
    const targets = this.#simulation.sky.targets.length;
    return this.#compressed.get(
      `${image.fileName} ${row} ${targets}`,
      make,
      (bytes) => bytes.byteLength + 100,
    );
  }

  #kept(key: string, make: () => Uint8Array): Uint8Array {
    let bytes = this.#small.get(key);
    if (bytes === undefined) this.#small.set(key, bytes = make());
    return bytes;
  }
}

/** Values as big-endian bytes, filled up to whole blocks. */
function paddedBytes(plane: Float32Array | Int32Array): Uint8Array {
  const bytes = new Uint8Array(paddedLength(plane.byteLength));
  encodeBigEndianInto(bytes, 0, plane);
  return bytes;
}

/** A header with the checksums of its data and itself. */
function summed(header: Uint8Array, data: Uint8Array): Uint8Array {
  return withChecksum(Header.parse(header), data).encode();
}
