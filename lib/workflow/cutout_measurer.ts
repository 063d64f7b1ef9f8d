import { openFileSource } from "../files/file_source.ts";
import type { Header } from "../fits/header.ts";
import { dotProduct, unitVector } from "../math/sphere.ts";
import { measurementCellGroups } from "../outputs/measurement_cells.ts";
import type { MeasurementRow } from "../outputs/measurement_row.ts";
import { measureCutout } from "../photometry/measure_cutout.ts";
import { MeasureWorkspace } from "../photometry/measure_workspace.ts";
import type { Measurement, MeasurementWithModels } from "../photometry/measurement.ts";
import type { PhotometrySettings } from "../photometry/settings.ts";
import type { DetectorNumber } from "../spherex/bands.ts";
import { CalibrationCache } from "../spherex/calibration_cache.ts";
import {
  type CutoutCalibration,
  type ReadCutoutOptions,
  type ReadCutoutPixels,
  readCutoutPixels,
} from "../spherex/cutout_pixels.ts";
import { HeadBuffers } from "../spherex/head_source.ts";
import { type Level2File, openLevel2 } from "../spherex/level2_file.ts";
import { PIXEL_FLAGS } from "../spherex/pixel_flags.ts";
import { PixelMemory } from "../spherex/pixel_memory.ts";
import { pixelProfile } from "../spherex/pixel_profile.ts";
import { PsfCache } from "../spherex/psf_cache.ts";
import type { SkyPosition } from "../wcs/celestial_wcs.ts";
import type { SourceProfile } from "./source_profile.ts";

/** The calibration files to measure with; absolute paths. What is left out the file itself stands in for. */
export interface CalibrationPaths {
  /** Wavelength and bandwidth of each pixel. */
  readonly spectralWcs?: string | undefined;
  /** Solid angle of each pixel. */
  readonly solidAngle?: string | undefined;
  /** PSF product. */
  readonly psf?: string | undefined;
  /** The product that holds the PSF which was left out of the cutout. */
  readonly leftOutPsf?: string | undefined;
  /** Flux correction of images before QR3. */
  readonly fluxCorrection?: string | undefined;
}

/** The calibration of one image. */
export interface ImageCalibration extends CalibrationPaths {
  /** Whether a product is of another release than the image. */
  readonly isMismatch?: boolean;
  /** Whether a product that should be used is not there. */
  readonly isIncomplete?: boolean;
  /** Detector of the image, for a header that does not say it. */
  readonly detector?: DetectorNumber | undefined;
}

/** How a cutout is measured. */
export interface MeasureChoices {
  /** The kernel's numbers. */
  readonly settings: PhotometrySettings;
  /** How PSF zones are chosen. */
  readonly zoneMode: "bilinear" | "nearest";
  /** Which PSF is used. */
  readonly psfSource: "auto" | "file" | "calibration";
  /** How far from the target the fit asks for bandwidths, pixels. */
  readonly bandwidthRadiusPixels: number;
}

/** What catalogs say of a target and what is around it. */
export interface KnownScene {
  /** Known sources around the target, where they are at the time of the image. */
  readonly neighbours?: readonly SkyPosition[] | undefined;
  /** Shape of the target; a point source when absent. */
  readonly profile?: SourceProfile | undefined;
}

/** A cutout with its target and its calibration, ready to be measured. */
export interface PreparedCutout {
  /** The file; valid while it is open. */
  readonly level2: Level2File;
  /** Where the flux is forced. */
  readonly position: SkyPosition;
  /** What was read; valid until the next cutout is prepared, as the PSF is. */
  readonly pixels: ReadCutoutPixels;
}

/**
 * Measures cutouts one after the other, and keeps from one to the next what they share: open calibration files, what
 * is known of PSF zones, and memory.
 */
export class CutoutMeasurer implements Disposable {
  readonly #calibrations = new CalibrationCache({
    openSource: openFileSource,
    psfCache: new PsfCache({ reusesMemory: true }),
  });
  readonly #headBuffers = new HeadBuffers();
  readonly #pixelMemory = new PixelMemory();
  readonly #workspace = new MeasureWorkspace();

  /** Closes the calibration files. */
  [Symbol.dispose](): void {
    this.#calibrations[Symbol.dispose]();
  }

  /** Opens a cutout for as long as `work` takes. Throws `storage/*`, `fits/*`, `spherex/*`. */
  async open<T>(path: string, work: (level2: Level2File) => Promise<T>): Promise<T> {
    using source = openFileSource(path);
    using level2 = await openLevel2(source, {
      headBuffers: this.#headBuffers,
      psfCache: this.#calibrations.psfCache,
    });
    return await work(level2);
  }

  /** Reads what measuring takes, with known sources around the target. Throws `wcs/*`, `fits/*`, `spherex/*`, `storage/*`. */
  async prepare(
    level2: Level2File,
    position: SkyPosition,
    image: ImageCalibration,
    reading: ReadCutoutOptions,
    scene: KnownScene = {},
  ): Promise<PreparedCutout> {
    const calibration = await this.#openCalibration(image, level2.detector ?? image.detector);
    const pixels = await readCutoutPixels(level2, calibration, position, {
      ...reading,
      memory: this.#pixelMemory,
    });
    const { neighbours = [], profile } = scene;
    if (neighbours.length === 0 && profile === undefined) return { level2, position, pixels };
    const knownNeighbors = neighbours.map(({ rightAscensionDeg, declinationDeg }) => {
      const { x, y } = level2.celestial.skyToPixel(rightAscensionDeg, declinationDeg);
      return { x: x - pixels.section.x0, y: y - pixels.section.y0 };
    });
    const shape = profile && pixelProfile(profile, level2.celestial, position);
    return { level2, position, pixels: { ...pixels, knownNeighbors, profile: shape } };
  }

  /** The columns of the spectra table that come from the cutout alone. */
  measure(cutout: PreparedCutout, choices: MeasureChoices): MeasurementRow {
    return Object.assign({}, ...this.measureGroups(cutout, choices));
  }

  /** The same in groups of cells, for a row that is written at once. */
  measureGroups(cutout: PreparedCutout, choices: MeasureChoices): MeasurementRow[] {
    const measurement = measureCutout(cutout.pixels, choices.settings, { workspace: this.#workspace });
    return cutoutColumnGroups(measurement, cutout, choices);
  }

  /** The measurement with all its planes, for a picture of the fit. */
  measureWithModels(cutout: PreparedCutout, choices: MeasureChoices): MeasurementWithModels {
    return measureCutout(cutout.pixels, choices.settings, { workspace: this.#workspace, keepModels: true });
  }

  async #openCalibration(
    image: ImageCalibration,
    detector: DetectorNumber | undefined,
  ): Promise<CutoutCalibration> {
    const { spectralWcs, solidAngle, psf, leftOutPsf, fluxCorrection, isMismatch, isIncomplete } = image;
    const cache = this.#calibrations;
    return {
      isMismatch,
      isIncomplete,
      spectral: spectralWcs === undefined ? undefined : await cache.spectralMaps(spectralWcs, detector),
      solidAngle: solidAngle === undefined ? undefined : await cache.detectorMap(solidAngle, detector),
      psf: psf === undefined ? undefined : await cache.psf(psf, detector),
      leftOutPsf: leftOutPsf === undefined ? undefined : await cache.psf(leftOutPsf, detector),
      fluxCorrection: fluxCorrection === undefined
        ? undefined
        : await cache.detectorMap(fluxCorrection, detector),
    };
  }
}

/** The columns of the spectra table that come from a measured cutout alone. */
export function cutoutColumns(
  measurement: Measurement,
  cutout: PreparedCutout,
  choices: MeasureChoices,
): MeasurementRow {
  return Object.assign({}, ...cutoutColumnGroups(measurement, cutout, choices));
}

function cutoutColumnGroups(
  measurement: Measurement,
  cutout: PreparedCutout,
  choices: MeasureChoices,
): MeasurementRow[] {
  return [...measurementCellGroups(measurement), imageCells(cutout, choices)];
}

/** What the image says of itself. */
function imageCells({ level2, position, pixels }: PreparedCutout, choices: MeasureChoices): MeasurementRow {
  let imageFlags = 0;
  for (let i = 0; i < pixels.flags.length; i++) imageFlags |= pixels.flags[i]!;
  return {
    ra_deg: position.rightAscensionDeg,
    dec_deg: position.declinationDeg,
    mjd: level2.mjdStart,
    mjd_avg: level2.mjdAverage,
    image_flags: imageFlags,
    image_flag_names: PIXEL_FLAGS.decode(imageFlags).join(";"),
    psf_model: `${pixels.psf?.kind ?? "none"}, ${choices.zoneMode}`,
    noise_model: choices.settings.noise.model,
    mjd_time_scale: level2.header.getString("TIMESYS")?.trim() ?? "UTC",
    spacecraft_velocity_km_s: spacecraftVelocity(level2.header, position),
    input_image_extension: "IMAGE",
    zodi_used: false,
  };
}

/**
 * Velocity of the spacecraft about the Earth towards a position, km/s; null when the header does not tell. Its axes are
 * those of the equator of J2000: the pole of the orbit that real headers give stands at right angles to the Sun there.
 */
function spacecraftVelocity(header: Header, position: SkyPosition): number | null {
  const [x, y, z] = ["VX_SC", "VY_SC", "VZ_SC"].map((keyword) => header.getNumber(keyword));
  if (x === undefined || y === undefined || z === undefined) return null;
  return dotProduct([x, y, z], unitVector(position.rightAscensionDeg, position.declinationDeg));
}
