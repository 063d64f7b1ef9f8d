import { type DetectorNumber } from "./bands.ts";
import { baseName, dateOfDayOfYear } from "./file_names.ts";
import { type Release, releaseOfName } from "./release.ts";

/** The calibration products that measuring can use. */
export type CalibrationProduct =
  | "spectral_wcs"
  | "solid_angle_pixel_map"
  | "average_psf"
  | "epsf"
  | "l3_flux_corrections";

/** What is known of one kind of calibration product. */
export interface CalibrationProductKind {
  /** Name of the product: the directory in the archive and the first part of its file names. */
  readonly product: CalibrationProduct;
  /** One sentence for users. */
  readonly meaning: string;
  /** Prefix of the version token in each release that has the product, such as `cal-wcs`. */
  readonly tokens: Readonly<Partial<Record<Release, string>>>;
  /** Whether forced photometry needs it. */
  readonly required: boolean;
}

/** The calibration products that the program knows; the token of the spectral maps changed from QR2 to QR3. */
export const CALIBRATION_PRODUCTS: readonly CalibrationProductKind[] = [
  {
    product: "spectral_wcs",
    meaning: "Central wavelength and bandwidth of every pixel, micron",
    tokens: { QR2: "cal-wcs", QR3: "cal-swcs" },
    required: true,
  },
  {
    product: "solid_angle_pixel_map",
    meaning: "Solid angle of every pixel, square arcseconds",
    tokens: { QR2: "cal-sapm", QR3: "cal-sapm" },
    required: true,
  },
  {
    product: "average_psf",
    meaning: "The oversampled PSF of every zone, as each QR2 file carries it",
    tokens: { QR2: "cal-psf" },
    required: false,
  },
  {
    product: "epsf",
    meaning: "The effective PSF of every zone, as each QR3 file carries it",
    tokens: { QR3: "cal-epsf" },
    required: false,
  },
  {
    product: "l3_flux_corrections",
    meaning: "Factor of every pixel that brings fluxes of earlier releases to the scale of QR3",
    tokens: { QR3: "cal-flxc" },
    required: false,
  },
];

/** Whether a text names a calibration product. */
export function isCalibrationProduct(name: string): name is CalibrationProduct {
  return CALIBRATION_PRODUCTS.some((kind) => kind.product === name);
}

/** The parts of the name of a calibration file. */
export interface CalibrationFileName {
  /** Name of the file itself. */
  readonly fileName: string;
  /** Product, such as `spectral_wcs`; other products of the archive parse too. */
  readonly product: string;
  /** Detector number; undefined for a product that holds for all detectors. */
  readonly detector: DetectorNumber | undefined;
  /** Version token, such as `cal-wcs-v4-2025-254`. */
  readonly version: string;
  /** Prefix of the token, such as `cal-wcs`. */
  readonly token: string;
  /** Number of the version, such as 4. */
  readonly versionNumber: number;
  /** Date of the version, `YYYY-MM-DD`. */
  readonly processingDate: string;
}

/** The parts of a version token of a calibration product. */
export type CalibrationVersion = Pick<
  CalibrationFileName,
  "version" | "token" | "versionNumber" | "processingDate"
>;

/** Parses a version token such as `cal-swcs-v5-2026-191`, the name of a directory in the archive. */
export function parseCalibrationVersion(version: string): CalibrationVersion | undefined {
  const match = /^((?:cal|base)-[a-z0-9_]+)-v(\d+)-(\d{4})-(\d{3})$/.exec(version);
  if (match === null) return undefined;
  const [, token, number, year, day] = match;
  return {
    version,
    token: token!,
    versionNumber: Number(number),
    processingDate: dateOfDayOfYear(Number(year), Number(day)),
  };
}

/** Parses the name of a calibration file (a path or URL is reduced to its last part); undefined when it is not one. */
export function parseCalibrationFileName(pathOrUrl: string): CalibrationFileName | undefined {
  const fileName = baseName(pathOrUrl);
  const match = /^([a-z][a-z0-9_]*?)(?:_D([1-6]))?_spx_([a-z0-9_-]+)\.fits(?:\.gz)?$/.exec(fileName);
  const version = match === null ? undefined : parseCalibrationVersion(match[3]!);
  if (match === null || version === undefined) return undefined;
  const detector = match[2] === undefined ? undefined : Number(match[2]) as DetectorNumber;
  return { fileName, product: match[1]!, detector, ...version };
}

/** The name of a calibration file: `<product>_D<detector>_spx_<version>.fits`. */
export function calibrationFileName(product: string, detector: DetectorNumber, version: string): string {
  return `${product}_D${detector}_spx_${version}.fits`;
}

/** The key of a calibration file below the archive's root: `qr2/<product>/<version>/<detector>/<file>`. */
export function calibrationArchiveKey(
  release: Release,
  product: string,
  detector: DetectorNumber,
  version: string,
): string {
  return `${release.toLowerCase()}/${product}/${version}/${detector}/${
    calibrationFileName(product, detector, version)
  }`;
}

/** Orders versions of one product from old to new: by date, then by number. */
export function compareCalibrationVersions(
  a: Pick<CalibrationVersion, "processingDate" | "versionNumber">,
  b: Pick<CalibrationVersion, "processingDate" | "versionNumber">,
): number {
  if (a.processingDate !== b.processingDate) return a.processingDate < b.processingDate ? -1 : 1;
  return Math.sign(a.versionNumber - b.versionNumber);
}

/** The newest of several versions by date, then number; undefined for none. */
export function newestCalibrationVersion<
  V extends Pick<CalibrationVersion, "processingDate" | "versionNumber">,
>(versions: Iterable<V>): V | undefined {
  let newest: V | undefined;
  for (const version of versions) {
    if (newest === undefined || compareCalibrationVersions(version, newest) > 0) newest = version;
  }
  return newest;
}

/** First day of the calibrations made for QR3 (pipeline 7), where a token serves both releases. */
const FIRST_QR3_CALIBRATION = dateOfDayOfYear(2026, 182);

/**
 * The release that a calibration file was made for: from its path when that names one, else from its token where the
 * releases differ, else from its date. Undefined when the name is not that of a known product.
 */
export function releaseOfCalibrationFile(path: string): Release | undefined {
  const name = parseCalibrationFileName(path);
  if (name === undefined || productOf(name) === undefined) return undefined;
  const named = namedReleaseOfCalibrationFile(path);
  if (named !== undefined) return named;
  return name.processingDate >= FIRST_QR3_CALIBRATION ? "QR3" : "QR2";
}

/** The same without a guess from the date: undefined where neither path nor token tells. */
export function namedReleaseOfCalibrationFile(path: string): Release | undefined {
  const name = parseCalibrationFileName(path);
  const kind = name && productOf(name);
  if (name === undefined || kind === undefined) return undefined;
  const releases = (Object.keys(kind.tokens) as Release[]).filter((key) => kind.tokens[key] === name.token);
  return releaseOfName(path) ?? (releases.length === 1 ? releases[0] : undefined);
}

function productOf(name: CalibrationFileName): (typeof CALIBRATION_PRODUCTS)[number] | undefined {
  return CALIBRATION_PRODUCTS.find(({ product }) => product === name.product);
}
