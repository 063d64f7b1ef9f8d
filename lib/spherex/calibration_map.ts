import type { ByteSource } from "../fits/byte_source.ts";
import { openFits } from "../fits/fits_file.ts";
import type { Hdu } from "../fits/hdu.ts";
import { toFloat32Array } from "../fits/image_array.ts";
import { imageScaling, imageShape, readImageSection } from "../fits/read_image.ts";
import { readScratch, ScratchBytes } from "./in_place_source.ts";
import type { PixelSection } from "./level2_file.ts";
import { spherexError } from "./spherex_error.ts";

/** A plane with one value for each pixel of a detector, read around a place without loading the plane. */
export class CalibrationMap {
  /** Pixels along x. */
  readonly width: number;
  /** Pixels along y. */
  readonly height: number;
  readonly #hdu: Hdu;
  readonly #scratch: ScratchBytes;
  readonly #isPlain: boolean;

  /** A map over an image HDU. Throws `spherex/bad-calibration` when the image has not two axes. */
  constructor(hdu: Hdu, scratch: ScratchBytes = new ScratchBytes()) {
    const shape = imageShape(hdu);
    if (shape.length !== 2 || shape.some((length) => length < 1)) {
      throw spherexError(
        "bad-calibration",
        `Cannot use the calibration map ${hdu.name}: it is ${
          shape.join(" x ") || "empty"
        }, expected two axes`,
        { context: { hdu: hdu.name, shape } },
      );
    }
    [this.width, this.height] = shape as [number, number];
    this.#hdu = hdu;
    this.#scratch = scratch;
    const { scale, zero } = imageScaling(hdu.header);
    this.#isPlain = hdu.kind !== "compressed-image" && hdu.header.get("BITPIX") === -32 && scale === 1 &&
      zero === 0;
  }

  /** Opens the first of the named images in a file, or its first image of two axes when no name is given. */
  static async open(source: ByteSource, name?: string): Promise<CalibrationMap> {
    const fits = await openFits(source);
    if (name !== undefined) return new CalibrationMap(await fits.hdu(name));
    return new CalibrationMap(firstPlane(await fits.hdus()));
  }

  /**
   * The values of a rectangle in 0-based parent-detector pixels, row by row; NaN outside of the detector.
   * Reads the rows it touches at once, into `values` when they are given. Throws `fits/truncated` when the file ends
   * before.
   */
  async readSection(
    section: PixelSection,
    values: Float32Array = new Float32Array(section.width * section.height),
  ): Promise<Float32Array> {
    const x0 = Math.max(0, section.x0), y0 = Math.max(0, section.y0);
    const width = Math.min(this.width, section.x0 + section.width) - x0;
    const height = Math.min(this.height, section.y0 + section.height) - y0;
    const isInside = width === section.width && height === section.height;
    if (!isInside) values.fill(NaN);
    if (!(width > 0 && height > 0)) return values;
    const start = (y0 - section.y0) * section.width + (x0 - section.x0);
    if (this.#isPlain) {
      const reading = this.#readPlain({ x0, y0, width, height }, values, start, section.width);
      if (reading !== undefined) await reading;
      return values;
    }
    const part = toFloat32Array(await readImageSection(this.#hdu, { x0, y0, width, height }));
    for (let row = 0; row < height; row++) {
      values.set(part.subarray(row * width, (row + 1) * width), start + row * section.width);
    }
    return values;
  }

  /** Reads from the first to the last pixel of the rectangle in one piece, which costs less than many small ones. */
  #readPlain(
    part: PixelSection,
    out: Float32Array,
    start: number,
    stride: number,
  ): Promise<void> | undefined {
    const { x0, y0, width, height } = part;
    const offset = this.#hdu.dataOffset + 4 * (y0 * this.width + x0);
    const length = 4 * ((height - 1) * this.width + width);
    const decode = (bytes: Uint8Array): void => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, length);
      for (let row = 0; row < height; row++) {
        const to = start + row * stride;
        for (let x = 0, at = 4 * row * this.width; x < width; x++, at += 4) out[to + x] = view.getFloat32(at);
      }
    };
    const read = readScratch(
      this.#hdu.source,
      offset,
      length,
      this.#scratch,
      `the calibration map ${this.#hdu.name}`,
    );
    if (!(read instanceof Uint8Array)) return read.then(decode);
    decode(read);
    return undefined;
  }
}

/** The first image of two axes among the HDUs of a file. Throws `spherex/bad-calibration` when there is none. */
export function firstPlane(hdus: readonly Hdu[]): Hdu {
  for (const hdu of hdus) {
    if (
      hdu.kind !== "bintable" && hdu.kind !== "asciitable" && hdu.kind !== "other" &&
      imageShape(hdu).length === 2
    ) {
      return hdu;
    }
  }
  throw spherexError(
    "bad-calibration",
    `Cannot find a calibration map: none of ${
      hdus.map((hdu) => hdu.name).join(", ")
    } is an image of two axes`,
  );
}
