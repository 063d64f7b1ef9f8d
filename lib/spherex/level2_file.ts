import type { ByteSource } from "../fits/byte_source.ts";
import { CARD_BYTES } from "../fits/card.ts";
import { type FitsFile, openFits } from "../fits/fits_file.ts";
import type { Hdu } from "../fits/hdu.ts";
import type { Header } from "../fits/header.ts";
import { toFloat32Array, toInt32Array } from "../fits/image_array.ts";
import { imageShape, readImageSection } from "../fits/read_image.ts";
import { decodeLatin1 } from "../fits/latin1.ts";
import { type CelestialWcs, parseCelestialWcs } from "../wcs/celestial_wcs.ts";
import type { TabularWcs } from "../wcs/tabular_wcs.ts";
import { DETECTOR_SIZE_PIXELS, type DetectorNumber, isDetectorNumber } from "./bands.ts";
import { DetectorFrame } from "./detector_frame.ts";
import { type HeadBuffers, HeadSource } from "./head_source.ts";
import { openPsfOf, type PsfExtension } from "./psf_extension.ts";
import type { PixelMemory } from "./pixel_memory.ts";
import { type PsfCache } from "./psf_cache.ts";
import { type Release, releaseOfVersion } from "./release.ts";
import { readSpectralWcs } from "./spectral_table.ts";
import { spherexError } from "./spherex_error.ts";

/** A rectangle of an image, 0-based pixels. */
export interface PixelSection {
  /** First column. */
  readonly x0: number;
  /** First row. */
  readonly y0: number;
  /** Number of columns. */
  readonly width: number;
  /** Number of rows. */
  readonly height: number;
}

/** Names of the planes of a Level-2 file. */
export type PlaneName = "IMAGE" | "FLAGS" | "VARIANCE" | "ZODI";

/** Pixels of a rectangle of a Level-2 file, row by row; undefined for a plane that the file does not have. */
export interface Level2Planes {
  /** Where the pixels lie in the file. */
  readonly section: PixelSection;
  /** Surface brightness, MJy/sr; zodiacal light not subtracted. */
  readonly image: Float32Array;
  /** Variance of the surface brightness, (MJy/sr)^2; NaN on some flagged pixels. */
  readonly variance: Float32Array | undefined;
  /** Words of pixel flags. */
  readonly flags: Int32Array | undefined;
  /** Model of the zodiacal light, MJy/sr; undefined too when it was not asked for. */
  readonly zodi: Float32Array | undefined;
}

/** Choices of {@linkcode openLevel2}. */
export interface OpenLevel2Options {
  /** Memory for the head of the file, shared by files that are read one after another. */
  readonly headBuffers?: HeadBuffers;
  /** What is known of PSF zones from files before. */
  readonly psfCache?: PsfCache;
}

/**
 * The head of a cutout of 30 pixels up to the data of its PSF is 126,720 bytes long, 129,600 with the longest IMAGE
 * header. Headers are searched for their end in pieces of 28,800 bytes, doubled while there is none: this holds two
 * such pieces from the start of the PSF's header on.
 */
const CUTOUT_HEAD_BYTES = 144_384;
/** How the cards begin that name the calibrations of a file. */
const CALIBRATION_CARD = "HISTORY [CALIB] ";
/** A file beyond this is no cutout: its planes are read row by row, and only the first headers at once. */
const LARGE_FILE_BYTES = 16 * 2 ** 20;
const LARGE_FILE_HEAD_BYTES = 28_800;

/**
 * Opens a Level-2 spectral image: a cutout or a full file of any release, QR1 files with IMAGE and WCS-WAVE alone too.
 *
 * Reads the head of the file, up to the PSF for the usual cutout; everything else when it is asked for. The source
 * stays the caller's to close. Throws `fits/*` when it is no FITS file, `spherex/not-level2` when it has no
 * two-dimensional IMAGE.
 */
export async function openLevel2(source: ByteSource, options: OpenLevel2Options = {}): Promise<Level2File> {
  const headLength = source.byteLength > LARGE_FILE_BYTES ? LARGE_FILE_HEAD_BYTES : CUTOUT_HEAD_BYTES;
  const head = new HeadSource(source, headLength, options.headBuffers);
  try {
    const fits = await openFits(head);
    const primary = await fits.hdu(0);
    const image = await fits.find("IMAGE");
    if (image === undefined) throw notLevel2("it has no HDU IMAGE");
    const shape = imageShape(image);
    if (shape.length !== 2 || shape.some((length) => length < 1)) {
      throw notLevel2(`its IMAGE is ${shape.join(" x ") || "empty"}`);
    }
    return new Level2File(fits, head, primary.header, image, options.psfCache);
  } catch (error) {
    head[Symbol.dispose]();
    throw error;
  }
}

function notLevel2(found: string): Error {
  return spherexError(
    "not-level2",
    `Cannot read this as a SPHEREx spectral image: ${found}, expected an image of two axes`,
  );
}

/** A Level-2 spectral image, read piece by piece as it is asked for. */
export class Level2File implements Disposable {
  /** The file as FITS. */
  readonly fits: FitsFile;
  /** Keywords of the primary HDU. */
  readonly primaryHeader: Header;
  /** Keywords of the IMAGE HDU. */
  readonly header: Header;
  /** Pixels along x. */
  readonly width: number;
  /** Pixels along y. */
  readonly height: number;
  readonly #head: HeadSource;
  readonly #image: Hdu;
  readonly #psfCache: PsfCache | undefined;
  #celestial: CelestialWcs | undefined;
  #frame: DetectorFrame | undefined;
  #release: { readonly value: Release | undefined } | undefined;

  /** Used by {@linkcode openLevel2}. */
  constructor(
    fits: FitsFile,
    head: HeadSource,
    primaryHeader: Header,
    image: Hdu,
    psfCache: PsfCache | undefined,
  ) {
    this.fits = fits;
    this.primaryHeader = primaryHeader;
    this.header = image.header;
    const [width, height] = imageShape(image);
    this.width = width!;
    this.height = height!;
    this.#head = head;
    this.#image = image;
    this.#psfCache = psfCache;
  }

  /** Detector number, or undefined when the header does not say it. */
  get detector(): DetectorNumber | undefined {
    const value = this.header.get("DETECTOR");
    const number = typeof value === "string" ? Number(value) : value;
    return isDetectorNumber(number) ? number : undefined;
  }

  /** Version of the pipeline that made the file (VERSION), or undefined. */
  get version(): string | undefined {
    const text = this.primaryHeader.getString("VERSION") ?? this.header.getString("VERSION");
    return text === undefined || text.trim() === "" ? undefined : text.trim();
  }

  /** Release that the pipeline version belongs to, or undefined. */
  get release(): Release | undefined {
    this.#release ??= { value: releaseOfVersion(this.version) };
    return this.#release.value;
  }

  /** Observation (OBSID), such as `2025W51_1A_0684_2`, or undefined. */
  get observationId(): string | undefined {
    return this.header.getString("OBSID")?.trim();
  }

  /** Modified Julian date of the middle of the exposure, UTC; NaN when unknown. */
  get mjdAverage(): number {
    return this.header.getNumber("MJD-AVG") ?? NaN;
  }

  /** Modified Julian date of the start of the exposure, UTC; NaN when unknown. */
  get mjdStart(): number {
    return this.header.getNumber("MJD-BEG") ?? this.header.getNumber("MJD-OBS") ?? NaN;
  }

  /** Exposure time in seconds; NaN when unknown. */
  get exposureSeconds(): number {
    return this.header.getNumber("XPOSURE") ?? NaN;
  }

  /** Median full width at half maximum of the PSF, arcseconds; NaN when unknown. */
  get psfFwhmArcsec(): number {
    return this.header.getNumber("PSF_FWHM") ?? NaN;
  }

  /** Median solid angle of a pixel, square arcseconds; NaN when unknown. */
  get medianSolidAngleArcsec2(): number {
    return this.header.getNumber("OMEGA_MEDIAN") ?? NaN;
  }

  /** Identifiers of the calibrations that were applied, by product: the lines `HISTORY [CALIB] product identifier`. */
  calibrationIdentifiers(): ReadonlyMap<string, string> {
    const identifiers = new Map<string, string>();
    // Looked for in the text of the header: to list all of its cards costs as much as measuring the cutout.
    const text = decodeLatin1(this.header.encode());
    for (let at = text.indexOf(CALIBRATION_CARD); at >= 0; at = text.indexOf(CALIBRATION_CARD, at + 1)) {
      if (at % CARD_BYTES !== 0) continue;
      const [product, identifier] = text.slice(at + CALIBRATION_CARD.length, at + CARD_BYTES).trim().split(
        /\s+/,
      );
      if (product !== "" && identifier !== undefined) identifiers.set(product!, identifier);
    }
    return identifiers;
  }

  /** The celestial coordinate system, distortion included. Throws `wcs/*` when the header has none that is usable. */
  get celestial(): CelestialWcs {
    return this.#celestial ??= parseCelestialWcs(this.header);
  }

  /** Where the file's pixels lie on the parent detector. */
  get frame(): DetectorFrame {
    return this.#frame ??= DetectorFrame.of(this.header);
  }

  /** Parent-detector pixel of the file's pixel (0, 0), x. */
  get originX(): number {
    return this.frame.originX;
  }

  /** Parent-detector pixel of the file's pixel (0, 0), y. */
  get originY(): number {
    return this.frame.originY;
  }

  /** Parent-detector position, 0-based, of a 0-based position in the file: 1 + x - CRPIX1A. */
  parentPixel(x: number, y: number): { x: number; y: number } {
    return this.frame.toDetector(x, y);
  }

  /** Whether the file holds the whole detector. */
  get isFullFrame(): boolean {
    return this.width === DETECTOR_SIZE_PIXELS && this.height === DETECTOR_SIZE_PIXELS;
  }

  /**
   * The spectral coordinate system W with its table WCS-WAVE, or undefined when the file has no such table.
   * Throws `wcs/*` or `fits/*` when it has one that cannot be used.
   */
  async spectral(): Promise<TabularWcs | undefined> {
    const hdu = await this.fits.find("WCS-WAVE");
    return hdu === undefined ? undefined : await readSpectralWcs(this.header, hdu);
  }

  /** The PSF in the file, of either kind, or undefined when there is none. Throws `spherex/bad-psf`, `fits/*`. */
  async psf(): Promise<PsfExtension | undefined> {
    return await openPsfOf(this.fits, this.release, this.#psfCache);
  }

  /** The HDU of a plane, or undefined when the file does not have it. */
  async planeHdu(name: PlaneName): Promise<Hdu | undefined> {
    return name === "IMAGE" ? this.#image : await this.fits.find(name);
  }

  /**
   * Reads the pixels of a rectangle, of the whole file when none is given; only the rows needed are read. Planes in
   * `memory` hold until the next are read into it.
   * Throws RangeError when the rectangle is not inside the image, `spherex/bad-plane` when a plane has another shape.
   */
  async readPlanes(
    section: PixelSection = this.bounds,
    options: { zodi?: boolean; memory?: PixelMemory | undefined } = {},
  ): Promise<Level2Planes> {
    const { memory } = options;
    const count = section.width * section.height;
    const flags = await this.#readPlane("FLAGS", section, memory?.flags(count));
    const zodi = options.zodi === true
      ? await this.#readPlane("ZODI", section, memory?.plane("zodi", count))
      : undefined;
    const image = await this.#readPlane("IMAGE", section, memory?.plane("image", count));
    const variance = await this.#readPlane("VARIANCE", section, memory?.plane("variance", count));
    return {
      section,
      image: toFloat32Array(image!),
      variance: variance === undefined ? undefined : toFloat32Array(variance),
      flags: flags === undefined ? undefined : toInt32Array(flags),
      zodi: zodi === undefined ? undefined : toFloat32Array(zodi),
    };
  }

  /** The rectangle of the whole file. */
  get bounds(): PixelSection {
    return { x0: 0, y0: 0, width: this.width, height: this.height };
  }

  /** Gives the memory of the file's head back; what was read stays valid. */
  [Symbol.dispose](): void {
    this.#head[Symbol.dispose]();
  }

  async #readPlane(
    name: PlaneName,
    section: PixelSection,
    memory: Float32Array | Int32Array | undefined,
  ): Promise<Awaited<ReturnType<typeof readImageSection>> | undefined> {
    const hdu = await this.planeHdu(name);
    if (hdu === undefined) return undefined;
    const shape = imageShape(hdu);
    if (shape.length !== 2 || shape[0] !== this.width || shape[1] !== this.height) {
      throw spherexError(
        "bad-plane",
        `Cannot read ${name}: it is ${shape.join(" x ") || "empty"}, IMAGE is ${this.width} x ${this.height}`,
        { context: { plane: name, shape, imageShape: [this.width, this.height] } },
      );
    }
    return await readImageSection(hdu, section, memory);
  }
}
