import { DETECTOR_SIZE_PIXELS, type DetectorNumber } from "../spherex/bands.ts";
import {
  calibrationArchiveKey,
  type CalibrationProduct,
  parseCalibrationFileName,
} from "../spherex/calibration_products.ts";
import type { Release } from "../spherex/release.ts";
import { detectorModel } from "./detector_model.ts";
import { fluxCorrectionMapValue } from "./flux_correction.ts";
import { solidAngleArcsec2 } from "./exposure_wcs.ts";
import epsfPrimaryText from "./header_templates/epsf_primary.txt" with { type: "text" };
import { encodeHeader, headerCards, HeaderTemplate } from "./header_template.ts";
import type { Level2Writer } from "./level2_writer.ts";
import { epsfByteLength, epsfCards, epsfZones, padding, psfCubeCards } from "./psf_products.ts";
import { rippleX, rippleY, spectralMap, type SpectralSolution } from "./spectral_map.ts";
import { bytesSegment, type FileSegment, lazySegment, VirtualFile } from "./virtual_file.ts";
import { wavelengthTableBytes } from "./wavelength_table.ts";

/** A calibration product that the stand-in archive offers in one version. */
export interface OfferedCalibration {
  /** Release directory that it lies in. */
  readonly release: Release;
  /** Product. */
  readonly product: CalibrationProduct;
  /** Version token. */
  readonly version: string;
  /** Detectors that have a file of this version. */
  readonly detectors: readonly DetectorNumber[];
  /** When its files were last changed. */
  readonly lastModified: string;
  /** Whether a newer version replaces it. */
  readonly isOutdated: boolean;
}

const ALL: readonly DetectorNumber[] = [1, 2, 3, 4, 5, 6];
const ROWS_PER_PIECE = 64;
const ROW_BYTES = 4 * DETECTOR_SIZE_PIXELS;
const EPSF_PRIMARY = new HeaderTemplate(epsfPrimaryText);

function offered(
  release: Release,
  product: OfferedCalibration["product"],
  version: string,
  isOutdated = false,
  detectors = ALL,
): OfferedCalibration {
  const [, year, day] = /-(\d{4})-(\d{3})$/.exec(version)!;
  const lastModified = new Date(Date.UTC(Number(year), 0, Number(day), 17, 4, 9)).toISOString();
  return { release, product, version, detectors, lastModified, isOutdated };
}

/** The calibration products on offer: each release's newest, and older ones that a client must not choose. */
export const OFFERED_CALIBRATIONS: readonly OfferedCalibration[] = [
  offered("QR2", "spectral_wcs", "cal-wcs-v3-2025-161", true),
  offered("QR2", "spectral_wcs", "cal-wcs-v4-2025-254"),
  offered("QR2", "solid_angle_pixel_map", "cal-sapm-v1-2025-120", true),
  offered("QR2", "solid_angle_pixel_map", "cal-sapm-v2-2025-164"),
  offered("QR2", "average_psf", "cal-psf-v5-2025-206", true),
  offered("QR2", "average_psf", "cal-psf-v5-2026-082"),
  offered("QR3", "spectral_wcs", "cal-swcs-v4-2026-140", true),
  offered("QR3", "spectral_wcs", "cal-swcs-v5-2026-191"),
  offered("QR3", "solid_angle_pixel_map", "cal-sapm-v3-2026-191"),
  offered("QR3", "epsf", "cal-epsf-v1-2026-191", false, [1, 2, 4, 5, 6]),
  offered("QR3", "epsf", "cal-epsf-v2-2026-191", false, [3]),
  offered("QR3", "l3_flux_corrections", "cal-flxc-v1-2026-191"),
];

/** The calibration file of an archive key, and what it is; undefined when the archive has no such file. */
export function calibrationOfKey(
  key: string,
): { readonly offer: OfferedCalibration; readonly detector: DetectorNumber } | undefined {
  const name = parseCalibrationFileName(key);
  if (name?.detector === undefined) return undefined;
  const { detector } = name;
  const offer = OFFERED_CALIBRATIONS.find(({ release, product, version, detectors }) =>
    detectors.includes(detector) && calibrationArchiveKey(release, product, detector, version) === key
  );
  return offer === undefined ? undefined : { offer, detector };
}

/** A calibration file of a simulation; its maps are computed as they are read. */
export function calibrationFile(
  offer: OfferedCalibration,
  detector: DetectorNumber,
  writer: Level2Writer,
): VirtualFile {
  switch (offer.product) {
    case "spectral_wcs":
      return spectralFile(offer, detector);
    case "solid_angle_pixel_map":
      return solidAngleFile(offer, detector);
    case "average_psf": {
      const cube = writer.psfCube(detector).byteLength;
      return new VirtualFile([
        bytesSegment(primaryHeader(offer, detector)),
        bytesSegment(encodeHeader(psfCubeCards("PSF-DATA-CUBE", offer.isOutdated))),
        lazySegment(cube, () => writer.psfCube(detector)),
        bytesSegment(padding(cube)),
      ]);
    }
    case "epsf":
      return effectivePsfFile(offer, detector, writer);
    case "l3_flux_corrections":
      return fluxCorrectionFile(offer, detector);
  }
}

function primaryHeader(offer: OfferedCalibration, detector: DetectorNumber): Uint8Array {
  return encodeHeader(headerCards([
    ["SIMPLE", true, "conforms to FITS standard"],
    ["BITPIX", 8, "array data type"],
    ["NAXIS", 0, "number of array dimensions"],
    ["EXTEND", true],
    ["DETECTOR", detector],
    ["VERSION", offer.release === "QR3" ? "7.0.5" : "6.5.6", "SSDC Pipelines software version"],
    ["DATE", offer.lastModified.slice(0, -1), "file creation time (UTC)"],
    ["TELESCOP", "SPHEREx", "project name"],
    ["INSTRUME", "SPHEREx", "instrument name"],
  ]));
}

function spectralFile(offer: OfferedCalibration, detector: DetectorNumber): VirtualFile {
  const solution: SpectralSolution = offer.isOutdated ? "older" : offer.release === "QR3" ? "QR3" : "QR2";
  const map = spectralMap(detector, solution);
  const ripple = Float64Array.from({ length: DETECTOR_SIZE_PIXELS }, (_, x) => rippleX(x));
  const wavelength = mapSegment((y, row) => {
    const [c0, c1, c2] = map.rowCoefficients(y);
    const factor = rippleY(y);
    for (let x = 0; x < row.length; x++) row[x] = c0 + x * (c1 + x * c2) + ripple[x]! * factor;
  });
  const bandwidth = mapSegment((y, row) => {
    const [c0, c1, c2] = map.bandwidthRowCoefficients(y);
    for (let x = 0; x < row.length; x++) row[x] = c0 + x * (c1 + x * c2);
  });
  return new VirtualFile([
    bytesSegment(primaryHeader(offer, detector)),
    bytesSegment(mapHeader("CWAVE", "um", "Central wavelength of each pixel")),
    wavelength,
    bytesSegment(mapHeader("CBAND", "um", "Bandwidth of each pixel")),
    bandwidth,
    bytesSegment(wavelengthTableBytes(detector, offer.release, solution)),
  ]);
}

function solidAngleFile(offer: OfferedCalibration, detector: DetectorNumber): VirtualFile {
  const { pc } = detectorModel(detector);
  const scale = offer.isOutdated ? 1.01 : 1;
  const map = mapSegment((y, row) => {
    for (let x = 0; x < row.length; x++) row[x] = scale * solidAngleArcsec2(detector, pc, x, y);
  });
  const header = mapHeader("IMAGE", "arcsec2", "Solid angle of each pixel");
  return new VirtualFile([bytesSegment(primaryHeader(offer, detector)), bytesSegment(header), map]);
}

function fluxCorrectionFile(offer: OfferedCalibration, detector: DetectorNumber): VirtualFile {
  const map = mapSegment((y, row) => {
    for (let x = 0; x < row.length; x++) row[x] = fluxCorrectionMapValue(detector, x, y);
  });
  const header = mapHeader("IMAGE", "", "Factor of fluxes before QR3");
  return new VirtualFile([bytesSegment(primaryHeader(offer, detector)), bytesSegment(header), map]);
}

function effectivePsfFile(
  offer: OfferedCalibration,
  detector: DetectorNumber,
  writer: Level2Writer,
): VirtualFile {
  const [zonesX, zonesY] = epsfZones(detector);
  const values = new Map<string, number | string>([
    ["DETECTOR", detector],
    ["VERSION", "7.0.5"],
    ["DATE", offer.lastModified.slice(0, -1)],
    ["NBINX", zonesX],
    ["NBINY", zonesY],
    ["NBINS", zonesX * zonesY],
  ]);
  const length = epsfByteLength(detector);
  return new VirtualFile([
    bytesSegment(encodeHeader(EPSF_PRIMARY.cards(values))),
    bytesSegment(encodeHeader(epsfCards(detector))),
    lazySegment(length, () => writer.epsfRows(detector)),
    bytesSegment(padding(length)),
  ]);
}

function mapHeader(name: string, unit: string, meaning: string): Uint8Array {
  return encodeHeader(headerCards([
    ["XTENSION", "IMAGE", "Image extension"],
    ["BITPIX", -32, "array data type"],
    ["NAXIS", 2, "number of array dimensions"],
    ["NAXIS1", DETECTOR_SIZE_PIXELS],
    ["NAXIS2", DETECTOR_SIZE_PIXELS],
    ["PCOUNT", 0, "number of parameters"],
    ["GCOUNT", 1, "number of groups"],
    ["EXTNAME", name, "extension name"],
    ["BUNIT", unit, meaning],
    ["DETCOORD", "sky", "MWIR pixels flipped on X to match SWIR view"],
  ]));
}

/** A map of the whole detector as big-endian float32, computed row by row; it fills whole blocks. */
function mapSegment(fillRow: (y: number, row: Float64Array) => void): FileSegment {
  return {
    byteLength: ROW_BYTES * DETECTOR_SIZE_PIXELS,
    pieceLength: ROW_BYTES * ROWS_PER_PIECE,
    read: (offset, length) => {
      const first = Math.floor(offset / ROW_BYTES);
      const last = Math.ceil((offset + length) / ROW_BYTES);
      const bytes = new Uint8Array((last - first) * ROW_BYTES);
      const view = new DataView(bytes.buffer);
      const row = new Float64Array(DETECTOR_SIZE_PIXELS);
      for (let y = first; y < last; y++) {
        fillRow(y, row);
        const start = (y - first) * ROW_BYTES;
        for (let x = 0; x < row.length; x++) view.setFloat32(start + 4 * x, row[x]!);
      }
      return bytes.subarray(offset - first * ROW_BYTES, offset - first * ROW_BYTES + length);
    },
  };
}
