import { isTaggedError, type JsonValue } from "../core/errors.ts";
import type { ByteSource } from "../fits/byte_source.ts";
import { openFits } from "../fits/fits_file.ts";
import { median } from "../math/robust_statistics.ts";
import { sumOfSamples } from "../psf/psf_samples.ts";
import { selectZones } from "../psf/zones.ts";
import { bandOfDetector, type DetectorNumber } from "./bands.ts";
import { openCalibrationPsf, openDetectorMap, openSpectralMaps } from "./calibration_file.ts";
import type { CalibrationMap } from "./calibration_map.ts";
import { type CalibrationProduct, isCalibrationProduct } from "./calibration_products.ts";
import { foreignContent } from "./foreign_content.ts";
import { spherexError } from "./spherex_error.ts";

/** What a validation of a calibration file found. */
export interface CalibrationValidation {
  /** Whether the file can be used. */
  readonly status: "passed" | "failed";
  /** Why not. */
  readonly reason?: string;
  /** What is in the file: HDUs, shapes, medians, version. */
  readonly summary: { readonly [key: string]: JsonValue };
}

/** A map is judged by every so manieth row: enough for a median, without loading 16 MB. */
const ROW_STEP = 40;
/** Plausible medians: solid angles in square arcseconds, flux corrections as factors. */
const SOLID_ANGLE_RANGE = [30, 45] as const;
const FLUX_CORRECTION_RANGE = [0.5, 2] as const;

/**
 * Checks whether a file is a usable calibration product of that kind and detector: whole, of the right shape, with
 * finite values whose medians are plausible (wavelengths inside the detector's band, solid angles about 38 square
 * arcseconds). Never throws for what is in the file.
 */
export async function validateCalibrationFile(
  source: ByteSource,
  product: string,
  detector?: DetectorNumber,
): Promise<CalibrationValidation> {
  const summary: { [key: string]: JsonValue } = {};
  try {
    const start = await source.read(0, Math.min(source.byteLength, 4096));
    const foreign = foreignContent(start, source.byteLength);
    if (foreign !== undefined) return { status: "failed", reason: foreign, summary };
    await describeFile(source, summary);
    if (isCalibrationProduct(product)) await checkProduct(source, product, detector, summary);
    return { status: "passed", summary };
  } catch (error) {
    if (!isTaggedError(error)) throw error;
    return { status: "failed", reason: error.message, summary };
  }
}

async function describeFile(source: ByteSource, summary: { [key: string]: JsonValue }): Promise<void> {
  const hdus = await (await openFits(source)).hdus();
  summary["hdus"] = hdus.map((hdu) => hdu.name);
  summary["version"] = hdus[0]?.header.getString("VERSION")?.trim() ?? null;
  const last = hdus.at(-1)!;
  if (last.dataOffset + last.dataByteLength <= source.byteLength) return;
  throw spherexError(
    "bad-calibration",
    `The file is truncated: HDU ${last.name} ends at byte ${last.dataOffset + last.dataByteLength}, ` +
      `the file at ${source.byteLength}`,
  );
}

async function checkProduct(
  source: ByteSource,
  product: CalibrationProduct,
  detector: DetectorNumber | undefined,
  summary: { [key: string]: JsonValue },
): Promise<void> {
  if (product === "average_psf" || product === "epsf") {
    await checkPsf(source, product, detector, summary);
  } else if (product === "spectral_wcs") {
    const { wavelength, bandwidth } = await openSpectralMaps(source, detector);
    const band = detector === undefined ? undefined : bandOfDetector(detector);
    const [shortest, longest] = [band?.wavelengthMinMicron ?? 0.7, band?.wavelengthMaxMicron ?? 5.1];
    summary["wavelength_median_um"] = await requireMedian(wavelength, "CWAVE", [shortest, longest]);
    summary["bandwidth_median_um"] = await requireMedian(bandwidth, "CBAND", [0.01, 0.2]);
    summary["shape"] = [wavelength.width, wavelength.height];
  } else {
    const map = await openDetectorMap(source, detector);
    const range = product === "solid_angle_pixel_map" ? SOLID_ANGLE_RANGE : FLUX_CORRECTION_RANGE;
    summary["median"] = await requireMedian(map, product, range);
    summary["shape"] = [map.width, map.height];
  }
}

async function requireMedian(
  map: CalibrationMap,
  name: string,
  range: readonly [number, number],
): Promise<number> {
  const values: number[] = [];
  for (let y = Math.min(ROW_STEP >> 1, map.height - 1); y < map.height; y += ROW_STEP) {
    for (const value of await map.readSection({ x0: 0, y0: y, width: map.width, height: 1 })) {
      if (Number.isFinite(value)) values.push(value);
    }
  }
  const middle = values.length === 0 ? NaN : median(values);
  if (middle >= range[0] && middle <= range[1]) return middle;
  throw spherexError(
    "bad-calibration",
    `Cannot use ${name}: its median is ${Number(middle.toPrecision(6))}, expected ${range[0]} to ${range[1]}`,
    { context: { median: Number.isFinite(middle) ? middle : null, range } },
  );
}

async function checkPsf(
  source: ByteSource,
  product: "average_psf" | "epsf",
  detector: DetectorNumber | undefined,
  summary: { [key: string]: JsonValue },
): Promise<void> {
  const psf = await openCalibrationPsf(source, detector);
  const { kind, size, oversampling, grid } = psf.zones;
  summary["psf"] = {
    kind,
    size,
    oversampling,
    zones: [grid.xCentersPixels.length, grid.yCentersPixels.length],
  };
  if ((kind === "effective") !== (product === "epsf")) {
    throw spherexError("wrong-product", `Cannot use the file as ${product}: its PSF is ${kind}`);
  }
  const middle = selectZones(grid, median(grid.xCentersPixels), median(grid.yCentersPixels), "nearest");
  const { planes } = await psf.readZones(middle);
  const sum = planes.length === 0 ? NaN : sumOfSamples(planes[0]!.samples);
  if (!(sum > 0)) {
    throw spherexError("bad-psf", `Cannot use the PSF: the samples of its middle zone sum to ${sum}`);
  }
}
