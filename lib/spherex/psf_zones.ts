import type { ZoneGrid } from "../psf/zones.ts";
import { spherexError } from "./spherex_error.ts";

/** The zones of a PSF extension: a full grid over the detector, each with its plane or row. */
export interface PsfZones {
  /** How the samples become native pixels: `oversampled` is integrated, `effective` is interpolated. */
  readonly kind: "oversampled" | "effective";
  /** Samples along one side of a zone's plane. */
  readonly size: number;
  /** Samples per native pixel. */
  readonly oversampling: number;
  /** Centres along each axis, 0-based parent-detector pixels. */
  readonly grid: ZoneGrid;
  /** The plane of the cube or row of the table that belongs to zone `iy * nx + ix`. */
  readonly planeOfZone: Int32Array;
}

/** Centres nearer to each other than this, pixels, are the same one, written with other digits. */
const SAME_CENTER_PIXELS = 0.05;

/** The centre of zone `index` (`iy * nx + ix`), 0-based parent-detector pixels. */
export function zoneCenter(grid: ZoneGrid, index: number): { x: number; y: number } {
  const columns = grid.xCentersPixels.length;
  return {
    x: grid.xCentersPixels[index % columns] ?? NaN,
    y: grid.yCentersPixels[Math.floor(index / columns)] ?? NaN,
  };
}

/** Sorted centres without repetitions. */
export function uniqueCenters(centers: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(centers).sort();
  return sorted.filter((center, index) => index === 0 || center - sorted[index - 1]! > SAME_CENTER_PIXELS);
}

/**
 * The zones of a PSF cube from the sets of its centres alone, planes running along x first.
 *
 * Headers up to pipeline 6.5.5 pair the centres wrongly with the planes (the x and y numbers of a zone exchanged), but
 * the sets of centres are right in every header, so that the pairing is not looked at (IRSA, "SPHEREx PSF header
 * erratum"). Throws `spherex/bad-psf` when the centres are missing, not finite, or do not form a full grid.
 */
export function gridOfCube(
  xCenters: ArrayLike<number>,
  yCenters: ArrayLike<number>,
  planeCount: number,
): ZoneGrid {
  const grid = gridOfCenters(xCenters, yCenters);
  const [columns, rows] = [grid.xCentersPixels.length, grid.yCentersPixels.length];
  if (columns * rows !== planeCount) {
    throw spherexError(
      "bad-psf",
      `Cannot tell which zone a PSF plane belongs to: ${planeCount} planes, but ${columns} centres along x and ` +
        `${rows} along y`,
      { context: { planeCount, columns, rows } },
    );
  }
  return grid;
}

/**
 * The row of each zone of an ePSF table, from the centre that each row states.
 * Throws `spherex/bad-psf` when the rows do not form a full grid with one row a zone.
 */
export function rowsOfZones(
  grid: ZoneGrid,
  xCenters: ArrayLike<number>,
  yCenters: ArrayLike<number>,
): Int32Array {
  const columns = grid.xCentersPixels.length;
  const planeOfZone = new Int32Array(columns * grid.yCentersPixels.length).fill(-1);
  for (let row = 0; row < xCenters.length; row++) {
    const zone = indexOfCenter(grid.yCentersPixels, yCenters[row]!) * columns +
      indexOfCenter(grid.xCentersPixels, xCenters[row]!);
    if (planeOfZone[zone] !== -1) {
      throw spherexError(
        "bad-psf",
        `Cannot use the ePSF table: rows ${planeOfZone[zone]! + 1} and ${row + 1} are of the same zone`,
      );
    }
    planeOfZone[zone] = row;
  }
  const missing = planeOfZone.indexOf(-1);
  if (missing >= 0) {
    const { x, y } = zoneCenter(grid, missing);
    throw spherexError("bad-psf", `Cannot use the ePSF table: no row is of the zone at ${x}, ${y}`, {
      context: { rows: xCenters.length, zones: planeOfZone.length },
    });
  }
  return planeOfZone;
}

/** The grid whose centres are those given. Throws `spherex/bad-psf` when there are none or one is not finite. */
export function gridOfCenters(xCenters: ArrayLike<number>, yCenters: ArrayLike<number>): ZoneGrid {
  const centers = [...Array.from(xCenters), ...Array.from(yCenters)];
  if (xCenters.length === 0 || xCenters.length !== yCenters.length || !centers.every(Number.isFinite)) {
    throw spherexError(
      "bad-psf",
      `Cannot choose a PSF zone: ${xCenters.length} centres along x and ${yCenters.length} along y, ` +
        "expected a finite pair for each zone",
    );
  }
  return { xCentersPixels: uniqueCenters(xCenters), yCentersPixels: uniqueCenters(yCenters) };
}

function indexOfCenter(centers: Float64Array, center: number): number {
  let best = 0;
  for (let i = 1; i < centers.length; i++) {
    if (Math.abs(centers[i]! - center) < Math.abs(centers[best]! - center)) best = i;
  }
  return best;
}
