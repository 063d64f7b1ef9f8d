import { isTaggedError } from "../core/errors.ts";
import { asVariance } from "../core/noise.ts";
import type { CutoutPixels } from "../photometry/cutout_pixels.ts";
import type { PhotometryFlagName } from "../photometry/photometry_flags.ts";
import type { PsfSamples } from "../psf/psf_samples.ts";
import { selectZones } from "../psf/zones.ts";
import type { SkyPosition } from "../wcs/celestial_wcs.ts";
import type { SpectralMaps } from "./calibration_file.ts";
import type { CalibrationMap } from "./calibration_map.ts";
import type { Level2File, Level2Planes, PixelSection } from "./level2_file.ts";
import { PixelMemory } from "./pixel_memory.ts";
import type { PsfExtension } from "./psf_extension.ts";
import { zoneCenter } from "./psf_zones.ts";
import { solidAngleOfWcs, spectralOfWcs } from "./wcs_maps.ts";

/** The calibrations to use for one file; what is missing is replaced as far as the file itself allows, and flagged. */
export interface CutoutCalibration {
  /** Wavelength and bandwidth of every pixel; without them the file's approximate table is used. */
  readonly spectral?: SpectralMaps | undefined;
  /** Solid angle of every pixel; without it the file's coordinate system gives it. */
  readonly solidAngle?: CalibrationMap | undefined;
  /** The PSF of a calibration product; used as {@linkcode ReadCutoutOptions.psfSource} says. */
  readonly psf?: PsfExtension | undefined;
  /** The product that holds the file's own PSF when that was left out of the file; it counts as the file's own. */
  readonly leftOutPsf?: PsfExtension | undefined;
  /** Factors that bring fluxes of releases before QR3 to its scale; applied to those only. */
  readonly fluxCorrection?: CalibrationMap | undefined;
  /** Whether a product is of another release than the image. */
  readonly isMismatch?: boolean | undefined;
  /** Whether a product that should be used is not there. */
  readonly isIncomplete?: boolean | undefined;
}

/** Choices of {@linkcode readCutoutPixels}. */
export interface ReadCutoutOptions {
  /** How PSF zones are chosen: a blend of the four around the target (default), or the nearest. */
  readonly zoneMode?: "bilinear" | "nearest";
  /** Which PSF is used: the file's own, the calibration product's, or the file's if it has one (default). */
  readonly psfSource?: "auto" | "file" | "calibration";
  /** Files wider or higher than this are read only in a square of this size around the target, pixels. */
  readonly maxSizePixels?: number;
  /**
   * Bandwidths are read in the rows within this distance of the target and are NaN in the others; everywhere when not
   * given. A fit asks for no other: the rows of a map lie far apart in its file, and each costs.
   */
  readonly bandwidthRadiusPixels?: number;
  /** Whether the model of the zodiacal light is read too. */
  readonly zodi?: boolean;
  /** Memory for the pixels, which then hold until the next are read into it; fresh when not given. */
  readonly memory?: PixelMemory;
}

/** What {@linkcode readCutoutPixels} gives: the pixels for the kernel, and where in the file they lie. */
export interface ReadCutoutPixels extends CutoutPixels {
  /** The rectangle of the file that was read. */
  readonly section: PixelSection;
  /** Whether the PSF is the file's own or that of a calibration product. */
  readonly psfOrigin: "file" | "calibration" | "none";
  /** Whether the image was brought to the flux scale of QR3. */
  readonly isFluxCorrected: boolean;
}

/** A square of 63 pixels has room for the background of any target; a cutout of 60 arcseconds has 10. */
const DEFAULT_MAX_SIZE_PIXELS = 63;

/**
 * Reads everything that measuring a target needs: pixels, variances, flags, solid angles, wavelengths and the PSF.
 *
 * Of large files only a square around the target is read. What the file does not have is NaN (variance, wavelength) or
 * 0 (flags); `psf` is null when there is none that can be used. `initialFlags` says what stood in for what.
 * Throws `wcs/*` when the file has no usable celestial coordinates, `fits/*` and `spherex/*` when it cannot be read.
 */
export async function readCutoutPixels(
  level2: Level2File,
  calibration: CutoutCalibration,
  target: SkyPosition,
  options: ReadCutoutOptions = {},
): Promise<ReadCutoutPixels> {
  const initialFlags: PhotometryFlagName[] = [];
  if (calibration.isMismatch === true) initialFlags.push("CALIBRATION_VERSION_MISMATCH");
  if (calibration.isIncomplete === true) initialFlags.push("CALIBRATION_MISSING");
  const { x, y } = level2.celestial.skyToPixel(target.rightAscensionDeg, target.declinationDeg);
  const detector = level2.parentPixel(x, y);
  const section = sectionAround(level2, x, y, options.maxSizePixels ?? DEFAULT_MAX_SIZE_PIXELS);
  const { memory = new PixelMemory() } = options;
  const planes = await level2.readPlanes(section, { zodi: options.zodi === true, memory });
  const bandwidthRows = rowsAround(y - section.y0, section.height, options.bandwidthRadiusPixels ?? Infinity);
  const place = {
    level2,
    section,
    detectorSection: onDetector(level2, section),
    bandwidthRows,
    initialFlags,
    memory,
  };
  const isFluxCorrected = await correctFluxes(planes, calibration.fluxCorrection, place);
  const solidAngleArcsec2 = await readSolidAngle(calibration.solidAngle, place);
  const spectral = await readSpectral(calibration.spectral, place);
  const psf = await readPsf(level2, calibration, detector, options);
  if (psf.flag !== undefined) initialFlags.push(psf.flag);
  return {
    section,
    psfOrigin: psf.origin,
    isFluxCorrected,
    width: section.width,
    height: section.height,
    imageMJySr: planes.image,
    varianceMJy2Sr2: asVariance(planes.variance ?? new Float32Array(planes.image.length).fill(NaN)),
    zodiMJySr: planes.zodi,
    flags: planes.flags ?? new Int32Array(planes.image.length),
    solidAngleArcsec2,
    ...spectral,
    targetX: x - section.x0,
    targetY: y - section.y0,
    detectorX: detector.x,
    detectorY: detector.y,
    detectorCoordinateMethod: level2.frame.method,
    psf: psf.samples,
    zoneIndex: psf.zoneIndex,
    zoneCenterX: psf.zoneCenterX,
    zoneCenterY: psf.zoneCenterY,
    initialFlags,
  };
}

/** Which pixels are being read, and what is flagged on the way. */
interface ReadingPlace {
  readonly level2: Level2File;
  readonly section: PixelSection;
  readonly detectorSection: PixelSection;
  readonly bandwidthRows: { readonly first: number; readonly count: number };
  readonly initialFlags: PhotometryFlagName[];
  readonly memory: PixelMemory;
}

/** The whole file, or a square of `maxSize` pixels inside it that has the target as near to its middle as can be. */
function sectionAround(level2: Level2File, x: number, y: number, maxSize: number): PixelSection {
  const [x0, width] = intervalAround(x, level2.width, maxSize);
  const [y0, height] = intervalAround(y, level2.height, maxSize);
  return { x0, y0, width, height };
}

function intervalAround(center: number, length: number, maxSize: number): readonly [number, number] {
  if (length <= maxSize) return [0, length];
  const middle = Number.isFinite(center) ? Math.round(center) : Math.floor(length / 2);
  return [Math.max(0, Math.min(length - maxSize, middle - Math.floor(maxSize / 2))), maxSize];
}

/** The rows of a section of `height` rows within `radius` of a place; all of them when the place is not known. */
function rowsAround(center: number, height: number, radius: number): { first: number; count: number } {
  if (!Number.isFinite(center) || radius === Infinity) return { first: 0, count: height };
  const first = Math.min(Math.max(Math.floor(center - radius), 0), height - 1);
  const last = Math.min(Math.max(Math.ceil(center + radius), first), height - 1);
  return { first, count: last - first + 1 };
}

function onDetector(level2: Level2File, section: PixelSection): PixelSection {
  const origin = level2.parentPixel(section.x0, section.y0);
  return { ...section, x0: Math.round(origin.x), y0: Math.round(origin.y) };
}

/** Factors outside of this range are artefacts of the map. */
const FLUX_CORRECTION_RANGE = [0.5, 2] as const;

/** Multiplies the planes by the map; false when there is no map or the image needs none. */
async function correctFluxes(
  planes: Level2Planes,
  map: CalibrationMap | undefined,
  place: ReadingPlace,
): Promise<boolean> {
  const { release, frame } = place.level2;
  if (map === undefined || release === "QR3" || frame.method !== "crpix1a") return false;
  const factors = await map.readSection(place.detectorSection);
  const usable = factors.filter((value) =>
    value > FLUX_CORRECTION_RANGE[0] && value < FLUX_CORRECTION_RANGE[1]
  ).sort();
  const median = usable[usable.length >> 1] ?? 1;
  for (let i = 0; i < factors.length; i++) {
    const value = factors[i]!;
    const factor = value > FLUX_CORRECTION_RANGE[0] && value < FLUX_CORRECTION_RANGE[1] ? value : median;
    planes.image[i]! *= factor;
    if (planes.variance !== undefined) planes.variance[i]! *= factor * factor;
    if (planes.zodi !== undefined) planes.zodi[i]! *= factor;
  }
  return true;
}

async function readSolidAngle(map: CalibrationMap | undefined, place: ReadingPlace): Promise<Float32Array> {
  if (map !== undefined && place.level2.frame.method === "crpix1a") {
    const { detectorSection: section, memory } = place;
    return await map.readSection(section, memory.plane("solid angle", section.width * section.height));
  }
  place.initialFlags.push("SOLID_ANGLE_FROM_WCS");
  return solidAngleOfWcs(place.level2.celestial, place.section);
}

async function readSpectral(
  maps: SpectralMaps | undefined,
  place: ReadingPlace,
): Promise<Pick<CutoutPixels, "wavelengthMicron" | "bandwidthMicron">> {
  if (maps !== undefined && place.level2.frame.method === "crpix1a") {
    const { detectorSection, bandwidthRows: { first, count }, memory } = place;
    const { width, height, y0 } = detectorSection;
    const bandwidthMicron = memory.plane("bandwidth", width * height).fill(NaN);
    const near = bandwidthMicron.subarray(first * width, (first + count) * width);
    await maps.bandwidth.readSection({ ...detectorSection, y0: y0 + first, height: count }, near);
    const wavelengthMicron = memory.plane("wavelength", width * height);
    await maps.wavelength.readSection(detectorSection, wavelengthMicron);
    return { wavelengthMicron, bandwidthMicron };
  }
  place.initialFlags.push("CALIBRATION_MISSING");
  return spectralOfWcs(await place.level2.spectral(), place.section);
}

interface PsfAtTarget {
  readonly origin: ReadCutoutPixels["psfOrigin"];
  readonly samples: PsfSamples | null;
  readonly zoneIndex: number;
  readonly zoneCenterX: number;
  readonly zoneCenterY: number;
  readonly flag?: PhotometryFlagName;
}

const NO_PSF: PsfAtTarget = {
  origin: "none",
  samples: null,
  zoneIndex: -1,
  zoneCenterX: NaN,
  zoneCenterY: NaN,
};

async function readPsf(
  level2: Level2File,
  calibration: CutoutCalibration,
  detector: { readonly x: number; readonly y: number },
  options: ReadCutoutOptions,
): Promise<PsfAtTarget> {
  let extension: PsfExtension | undefined;
  try {
    extension = await choosePsf(level2, calibration, options.psfSource ?? "auto");
  } catch (error) {
    if (!isTaggedError(error, "spherex/bad-psf")) throw error;
    return { ...NO_PSF, flag: "PSF_COORDINATE_UNCERTAIN" };
  }
  if (extension === undefined) return { ...NO_PSF, flag: "PSF_MISSING" };
  const { grid } = extension.zones;
  const shares = selectZones(grid, detector.x, detector.y, options.zoneMode ?? "bilinear");
  if (shares.length === 0) return NO_PSF;
  const samples = await extension.readZones(shares);
  if (samples.planes.length === 0) return { ...NO_PSF, flag: "PSF_MISSING" };
  const zoneIndex = selectZones(grid, detector.x, detector.y, "nearest")[0]!.index;
  const center = zoneCenter(grid, zoneIndex);
  const origin = extension === calibration.psf ? "calibration" : "file";
  const place = { origin, samples, zoneIndex, zoneCenterX: center.x, zoneCenterY: center.y } as const;
  return level2.frame.method === "crpix1a" ? place : { ...place, flag: "PSF_COORDINATE_UNCERTAIN" };
}

async function choosePsf(
  level2: Level2File,
  calibration: CutoutCalibration,
  source: "auto" | "file" | "calibration",
): Promise<PsfExtension | undefined> {
  if (source === "calibration") return calibration.psf;
  const own = await level2.psf() ?? calibration.leftOutPsf;
  return own ?? (source === "auto" ? calibration.psf : undefined);
}
