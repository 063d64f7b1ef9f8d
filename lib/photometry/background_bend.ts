import { invertMatrix } from "../math/linear_system.ts";
import { PLANE_ORDER } from "./background_plane.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";

/** Sums over the background pixels of weight * column * column, for the plane and the bend. */
interface BendSums {
  /** The plane's columns with one another, row by row. */
  readonly plane: Float64Array;
  /** The plane's columns with the bend. */
  readonly mixed: Float64Array;
  /** The bend with itself. */
  readonly bend: number;
  /** The bend with the residual. */
  readonly residual: number;
}

/** Sums over the pixels that weigh on the background. */
function bendSums(count: number, workspace: MeasureWorkspace): BendSums {
  const { basis, residual, backgroundWeight } = workspace;
  const [ones, offsetX, offsetY, bendColumn] = basis as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  // One variable a sum: an array of them is slower by half.
  let bend = 0, bendResidual = 0;
  let mixed0 = 0, mixedX = 0, mixedY = 0;
  let plane00 = 0, planeX0 = 0, planeXX = 0, planeY0 = 0, planeYX = 0, planeYY = 0;
  for (let i = 0; i < count; i++) {
    const weight = backgroundWeight[i]!;
    if (weight === 0) continue;
    const one = ones[i]!, x = offsetX[i]!, y = offsetY[i]!, bent = bendColumn[i]!;
    const weighted = weight * bent;
    bend += weighted * bent;
    bendResidual += weighted * residual[i]!;
    mixed0 += weighted * one;
    mixedX += weighted * x;
    mixedY += weighted * y;
    plane00 += weight * one * one;
    planeX0 += weight * x * one;
    planeXX += weight * x * x;
    planeY0 += weight * y * one;
    planeYX += weight * y * x;
    planeYY += weight * y * y;
  }
  const plane = Float64Array.of(
    plane00,
    planeX0,
    planeY0,
    planeX0,
    planeXX,
    planeYX,
    planeY0,
    planeYX,
    planeYY,
  );
  return { plane, mixed: Float64Array.of(mixed0, mixedX, mixedY), bend, residual: bendResidual };
}

/**
 * How many standard deviations the background is bent along the wavelength, beyond the plane that was fitted: the
 * score test of the bend's coefficient (Rao 1948), which needs no second fit. The workspace holds residual and weights
 * of the fit of the plane. 0 when the pixels do not tell.
 */
export function bendSignificance(count: number, workspace: MeasureWorkspace): number {
  const { plane, mixed, bend, residual } = bendSums(count, workspace);
  const inverse = new Float64Array(PLANE_ORDER * PLANE_ORDER);
  if (!invertMatrix(plane, PLANE_ORDER, inverse)) return 0;
  let information = bend;
  for (let j = 0; j < PLANE_ORDER; j++) {
    for (let k = 0; k < PLANE_ORDER; k++) {
      information -= mixed[j]! * inverse[j * PLANE_ORDER + k]! * mixed[k]!;
    }
  }
  return information > 1e-9 * bend ? Math.abs(residual) / Math.sqrt(information) : 0;
}
