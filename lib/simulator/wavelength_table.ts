import type { DetectorNumber } from "../spherex/bands.ts";
import type { Release } from "../spherex/release.ts";
import { encodeHeader, headerCards, paddedLength } from "./header_template.ts";
import { spectralMap, type SpectralSolution } from "./spectral_map.ts";

/** 1-based control points of a uniform grid of `count` nodes from 1 to 2040. */
function uniform(count: number): number[] {
  return Array.from(
    { length: count },
    (_, k) => k === count - 1 ? 2040 : 1 + Math.round(k * 2039 / (count - 1)),
  );
}

const D3_ROWS = [1, 36, 71, 105, 140, 141, 379, 617, 855, 1091, 1326, 1564, 1802, 2040];
const D4_ROWS = [
  ...[1, 181, 361, 541, 721, 901, 1081, 1261, 1441, 1621, 1800],
  ...[1801, 1841, 1881, 1921, 1961, 1980, 2000, 2020, 2040],
];

/** 1-based control points in x and y of the table of a detector; QR2 grids differ by detector and are not all even. */
export function tableNodes(detector: DetectorNumber, release: Release): { x: number[]; y: number[] } {
  if (release === "QR3") return { x: uniform(9), y: uniform(9) };
  if (detector === 3) return { x: uniform(9), y: D3_ROWS };
  if (detector === 4) return { x: uniform(13), y: D4_ROWS };
  const nodes = uniform(detector === 2 ? 9 : 11);
  return { x: nodes, y: nodes };
}

/** The WCS-WAVE extension of a detector, header and data, in whole blocks. */
export function wavelengthTableBytes(
  detector: DetectorNumber,
  release: Release,
  solution: SpectralSolution = release === "QR3" ? "QR3" : "QR2",
): Uint8Array {
  const { x, y } = tableNodes(detector, release);
  const map = spectralMap(detector, solution);
  const values = 2 * x.length * y.length;
  const rowBytes = 4 * (x.length + y.length + values);
  const header = encodeHeader(headerCards([
    ["XTENSION", "BINTABLE", "binary table extension"],
    ["BITPIX", 8, "array data type"],
    ["NAXIS", 2, "number of array dimensions"],
    ["NAXIS1", rowBytes, "length of dimension 1"],
    ["NAXIS2", 1, "length of dimension 2"],
    ["PCOUNT", 0, "number of group parameters"],
    ["GCOUNT", 1, "number of groups"],
    ["TFIELDS", 3, "number of table fields"],
    ["EXTNAME", "WCS-WAVE"],
    ["TTYPE1", "X"],
    ["TFORM1", `${x.length}J`],
    ["TDIM1", `(${x.length})`],
    ["TTYPE2", "Y"],
    ["TFORM2", `${y.length}J`],
    ["TDIM2", `(${y.length})`],
    ["TTYPE3", "VALUES"],
    ["TFORM3", `${values}E`],
    ["TDIM3", `(2,${x.length},${y.length})`],
  ]));
  const bytes = new Uint8Array(header.byteLength + paddedLength(rowBytes));
  bytes.set(header);
  const view = new DataView(bytes.buffer, header.byteLength);
  x.forEach((node, k) => view.setInt32(4 * k, node));
  y.forEach((node, k) => view.setInt32(4 * (x.length + k), node));
  let at = 4 * (x.length + y.length);
  for (const nodeY of y) {
    for (const nodeX of x) {
      view.setFloat32(at, map.smoothWavelengthMicron(nodeX - 1, nodeY - 1));
      view.setFloat32(at + 4, map.bandwidthMicron(nodeX - 1, nodeY - 1));
      at += 8;
    }
  }
  return bytes;
}
