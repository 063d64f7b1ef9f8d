import type { ByteSource } from "../fits/byte_source.ts";
import type { DetectorNumber } from "./bands.ts";
import {
  openCalibrationPsf,
  openDetectorMap,
  openSpectralMaps,
  type SpectralMaps,
} from "./calibration_file.ts";
import type { CalibrationMap } from "./calibration_map.ts";
import { ScratchBytes } from "./in_place_source.ts";
import { PsfCache } from "./psf_cache.ts";
import type { PsfExtension } from "./psf_extension.ts";

/** Choices of {@linkcode CalibrationCache}. */
export interface CalibrationCacheOptions {
  /** How a product is opened by its path; sources that are `Disposable` are closed by the cache. */
  readonly openSource: (path: string) => ByteSource | Promise<ByteSource>;
  /** Files that are kept open; six detectors need three or four each. */
  readonly maxOpenFiles?: number;
  /** What is known of PSF zones, shared with the Level-2 files. */
  readonly psfCache?: PsfCache;
}

interface OpenFile {
  readonly source: ByteSource;
  readonly product: SpectralMaps | CalibrationMap | PsfExtension;
}

/**
 * Calibration products that stay open while many cutouts are measured. Maps are not loaded: a reading takes the rows
 * it needs into memory that is used again, which is as quick as memory once the system has the file cached.
 */
export class CalibrationCache implements Disposable {
  /** What is known of PSF zones. */
  readonly psfCache: PsfCache;
  readonly #openSource: CalibrationCacheOptions["openSource"];
  readonly #maxOpenFiles: number;
  readonly #files = new Map<string, Promise<OpenFile>>();
  readonly #scratch = new ScratchBytes();

  /** Keeps at most 32 files open unless told otherwise. */
  constructor(options: CalibrationCacheOptions) {
    this.#openSource = options.openSource;
    this.#maxOpenFiles = options.maxOpenFiles ?? 32;
    this.psfCache = options.psfCache ?? new PsfCache();
  }

  /** The maps of the `spectral_wcs` product at `path`. Throws as {@linkcode openSpectralMaps}. */
  async spectralMaps(path: string, detector?: DetectorNumber): Promise<SpectralMaps> {
    return await this.#open(
      `spectral ${path}`,
      path,
      (source) => openSpectralMaps(source, detector, this.#scratch),
    );
  }

  /** The map of a `solid_angle_pixel_map` or `l3_flux_corrections` product. Throws as {@linkcode openDetectorMap}. */
  async detectorMap(path: string, detector?: DetectorNumber): Promise<CalibrationMap> {
    return await this.#open(
      `map ${path}`,
      path,
      (source) => openDetectorMap(source, detector, this.#scratch),
    );
  }

  /** The zones of an `average_psf` or `epsf` product. Throws as {@linkcode openCalibrationPsf}. */
  async psf(path: string, detector?: DetectorNumber): Promise<PsfExtension> {
    return await this.#open(
      `psf ${path}`,
      path,
      (source) => openCalibrationPsf(source, detector, this.psfCache),
    );
  }

  /** Closes all files. Maps handed out before must not be read any more. */
  [Symbol.dispose](): void {
    for (const key of [...this.#files.keys()]) this.#close(key);
  }

  async #open<Product extends OpenFile["product"]>(
    key: string,
    path: string,
    open: (source: ByteSource) => Promise<Product>,
  ): Promise<Product> {
    const known = this.#files.get(key);
    if (known !== undefined) {
      this.#files.delete(key);
      this.#files.set(key, known);
      return (await known).product as Product;
    }
    const opening = this.#openFile(path, open);
    this.#files.set(key, opening);
    opening.catch(() => this.#files.delete(key));
    for (const oldest of this.#files.keys()) {
      if (this.#files.size <= this.#maxOpenFiles || oldest === key) break;
      this.#close(oldest);
    }
    return (await opening).product as Product;
  }

  async #openFile(
    path: string,
    open: (source: ByteSource) => Promise<OpenFile["product"]>,
  ): Promise<OpenFile> {
    const source = await this.#openSource(path);
    try {
      return { source, product: await open(source) };
    } catch (error) {
      dispose(source);
      throw error;
    }
  }

  #close(key: string): void {
    const file = this.#files.get(key);
    this.#files.delete(key);
    file?.then(({ source }) => dispose(source), () => undefined);
  }
}

function dispose(source: ByteSource): void {
  (source as Partial<Disposable>)[Symbol.dispose]?.();
}
