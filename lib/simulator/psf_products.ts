import { DETECTOR_SIZE_PIXELS, type DetectorNumber } from "../spherex/bands.ts";
import { encodeBigEndianInto } from "../fits/big_endian.ts";
import { convolvedSamples, intervalIntegrals, psfComponents } from "./detector_psf.ts";
import epsfTableText from "./header_templates/epsf_table.txt" with { type: "text" };
import { headerCards, HeaderTemplate, paddedLength } from "./header_template.ts";
import type { SpectralMap } from "./spectral_map.ts";

/** Zones of the QR2 cube on each axis. */
export const CUBE_ZONES = 11;
/** Samples of a plane of the cube on each axis. */
export const CUBE_SAMPLES = 101;
const CUBE_OVERSAMPLING = 10;
/** First zone centre and pitch of the real tables, 0-based pixels. */
const CUBE_FIRST_CENTER = 93.22727273;
const CUBE_PITCH = 185.45454545;

const EPSF_SAMPLES = 33;
const EPSF_OVERSAMPLING = 5;
const EPSF_ROW_BYTES = 8752;
const EPSF_TEMPLATE = new HeaderTemplate(epsfTableText);

/** The centre of a zone of the cube on either axis, 0-based pixels. */
export function cubeZoneCenter(zone: number): number {
  return Number((CUBE_FIRST_CENTER + zone * CUBE_PITCH).toFixed(8));
}

/** Fills `plane` (size * size) with a sum of products of profiles in y and x, and scales it to unit sum. */
function fillPlane(
  plane: Float64Array,
  size: number,
  weights: readonly number[],
  inX: readonly Float64Array[],
  inY: readonly Float64Array[],
): void {
  plane.fill(0);
  for (let c = 0; c < weights.length; c++) {
    for (let j = 0; j < size; j++) {
      const row = weights[c]! * inY[c]![j]!;
      for (let i = 0; i < size; i++) plane[j * size + i]! += row * inX[c]![i]!;
    }
  }
  const sum = plane.reduce((total, value) => total + value, 0);
  for (let k = 0; k < plane.length; k++) plane[k]! /= sum;
}

/**
 * The planes of the QR2 cube of a detector as big-endian float32, without padding: 121 zones, x fast, each 101 x 101
 * averages of the point-spread function over boxes of a tenth of a pixel, of unit sum.
 */
export function psfCubeBytes(detector: DetectorNumber): Uint8Array {
  const perPlane = CUBE_SAMPLES ** 2;
  const planes = new Float32Array(CUBE_ZONES ** 2 * perPlane);
  const plane = new Float64Array(perPlane);
  const inX = [0, 1, 2].map(() => new Float64Array(CUBE_SAMPLES));
  const inY = [0, 1, 2].map(() => new Float64Array(CUBE_SAMPLES));
  const step = 1 / CUBE_OVERSAMPLING;
  const first = -(CUBE_SAMPLES - 1) / 2 * step;
  for (let zone = 0; zone < CUBE_ZONES ** 2; zone++) {
    const x = cubeZoneCenter(zone % CUBE_ZONES);
    const y = cubeZoneCenter(Math.floor(zone / CUBE_ZONES));
    const components = psfComponents(detector, x, y);
    components.forEach(({ offsetX, offsetY, sigmaX, sigmaY }, c) => {
      intervalIntegrals(offsetX, sigmaX, first, step, inX[c]!);
      intervalIntegrals(offsetY, sigmaY, first, step, inY[c]!);
    });
    fillPlane(plane, CUBE_SAMPLES, components.map(({ weight }) => weight), inX, inY);
    planes.set(plane, zone * perPlane);
  }
  const bytes = new Uint8Array(planes.buffer);
  encodeBigEndianInto(bytes, 0, planes); // in place: each value is read before its own bytes are written
  return bytes;
}

/** The cards of the QR2 cube. With `transposed` the zone centres are written in the wrong order, as before 6.5.6. */
export function psfCubeCards(extensionName: string, transposed: boolean): string {
  const sample = 6.15 / CUBE_OVERSAMPLING;
  let cards = headerCards([
    ["XTENSION", "IMAGE", "Image extension"],
    ["BITPIX", -32, "array data type"],
    ["NAXIS", 3, "number of array dimensions"],
    ["NAXIS1", CUBE_SAMPLES],
    ["NAXIS2", CUBE_SAMPLES],
    ["NAXIS3", CUBE_ZONES ** 2],
    ["PCOUNT", 0, "number of parameters"],
    ["GCOUNT", 1, "number of groups"],
    ["EXTNAME", extensionName, "extension name"],
    ["BUNIT", ""],
    ["WCSAXES", 2, "Number of coordinate axes"],
    ["CRPIX1", 51, "Pixel coordinate of reference point"],
    ["CRPIX2", 51, "Pixel coordinate of reference point"],
    ["CDELT1", sample, "[arcsec] Coordinate increment at reference point"],
    ["CDELT2", sample, "[arcsec] Coordinate increment at reference point"],
    ["CUNIT1", "arcsec", "Units of coordinate increment and value"],
    ["CUNIT2", "arcsec", "Units of coordinate increment and value"],
    ["CTYPE1", "XANG", "Coordinate type code"],
    ["CTYPE2", "YANG", "Coordinate type code"],
    ["CRVAL1", 0, "[arcsec] Coordinate value at reference point"],
    ["CRVAL2", 0, "[arcsec] Coordinate value at reference point"],
    ["CNAME1", "Relative offset in detector X from center of PSF, in arcseconds", "Axis name"],
    ["CNAME2", "Relative offset in detector Y from center of PSF, in arcseconds", "Axis name"],
    ["MJDREF", 0, "[d] MJD of fiducial time"],
    ["OVERSAMP", CUBE_OVERSAMPLING],
  ]);
  for (let k = 0; k < CUBE_ZONES ** 2; k++) {
    const fast = k % CUBE_ZONES;
    const slow = Math.floor(k / CUBE_ZONES);
    cards += zoneCards(k + 1, transposed ? slow : fast, transposed ? fast : slow);
  }
  return cards;
}

function zoneCards(number: number, x: number, y: number): string {
  const zone = `zone (${x}, ${y})`;
  return headerCards([
    [`XCTR_${number}`, cubeZoneCenter(x), `Center of x ${zone}`],
    [`YCTR_${number}`, cubeZoneCenter(y), `Center of y ${zone}`],
    [`XWID_${number}`, x === 0 ? 186.45454546 : CUBE_PITCH, `Width of x ${zone}`],
    [`YWID_${number}`, y === 0 ? 186.45454546 : CUBE_PITCH, `Width of y ${zone}`],
  ]);
}

/** Zones of the QR3 table of a detector in x and y. */
export function epsfZones(detector: DetectorNumber): readonly [number, number] {
  return detector === 3 ? [11, 41] : [21, 21];
}

/** The cards of the QR3 table of a detector. */
export function epsfCards(detector: DetectorNumber): string {
  const [zonesX, zonesY] = epsfZones(detector);
  return EPSF_TEMPLATE.cards(
    new Map<string, number | string>([["NAXIS2", zonesX * zonesY], ["DETECTOR", String(detector)]]),
  )
    .replace("epsf_1_20260507.fits", `epsf_${detector}_20260507.fits`);
}

/** Number of bytes of the rows of the QR3 table of a detector, without padding. */
export function epsfByteLength(detector: DetectorNumber): number {
  const [zonesX, zonesY] = epsfZones(detector);
  return zonesX * zonesY * EPSF_ROW_BYTES;
}

/**
 * The rows of the QR3 table of a detector: one a zone, x fast, with the point-spread function convolved with the pixel
 * and sampled at fifths of a pixel, of unit sum over its 33 x 33 samples.
 */
export function epsfRowBytes(detector: DetectorNumber, map: SpectralMap): Uint8Array {
  const [zonesX, zonesY] = epsfZones(detector);
  const bytes = new Uint8Array(epsfByteLength(detector));
  const view = new DataView(bytes.buffer);
  const plane = new Float64Array(EPSF_SAMPLES ** 2);
  const inX = [0, 1, 2].map(() => new Float64Array(EPSF_SAMPLES));
  const inY = [0, 1, 2].map(() => new Float64Array(EPSF_SAMPLES));
  const width = DETECTOR_SIZE_PIXELS / zonesX;
  const height = DETECTOR_SIZE_PIXELS / zonesY;
  const step = 1 / EPSF_OVERSAMPLING;
  const first = -(EPSF_SAMPLES - 1) / 2 * step;
  for (let zone = 0; zone < zonesX * zonesY; zone++) {
    const x = (zone % zonesX + 0.5) * width - 0.5;
    const y = (Math.floor(zone / zonesX) + 0.5) * height - 0.5;
    const components = psfComponents(detector, Math.fround(x), Math.fround(y));
    components.forEach(({ offsetX, offsetY, sigmaX, sigmaY }, c) => {
      convolvedSamples(sigmaX, offsetX, first, step, 1, inX[c]!);
      convolvedSamples(sigmaY, offsetY, first, step, 1, inY[c]!);
    });
    fillPlane(plane, EPSF_SAMPLES, components.map(({ weight }) => weight), inX, inY);
    const row = zone * EPSF_ROW_BYTES;
    view.setInt32(row, zone % zonesX);
    view.setInt32(row + 4, Math.floor(zone / zonesX));
    const floats = [
      x,
      y,
      width,
      height,
      0,
      effectiveArea(plane),
      map.wavelengthMicron(x, y),
      map.bandwidthMicron(x, y),
    ];
    floats.forEach((value, k) => view.setFloat32(row + 8 + 4 * k, value));
    view.setInt32(row + 24, 200 + zone % 37);
    for (let k = 0; k < plane.length; k++) view.setFloat64(row + 40 + 8 * k, plane[k]!);
  }
  return bytes;
}

/** Number of native pixels over which the light is spread: the inverse of the sum of squares. */
function effectiveArea(plane: Float64Array): number {
  let squares = 0;
  for (const value of plane) squares += value * value;
  return 1 / (squares * EPSF_OVERSAMPLING ** 2);
}

/** Zeros that fill the last block behind data of this length. */
export function padding(byteLength: number): Uint8Array {
  return new Uint8Array(paddedLength(byteLength) - byteLength);
}
