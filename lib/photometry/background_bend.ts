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
  const bendColumn = basis[PLANE_ORDER]!;
  const plane = new Float64Array(PLANE_ORDER * PLANE_ORDER);
  const mixed = new Float64Array(PLANE_ORDER);
  let bend = 0, bendResidual = 0;
  for (let i = 0; i < count; i++) {
    const weight = backgroundWeight[i]!;
    if (weight === 0) continue;
    const weighted = weight * bendColumn[i]!;
    bend += weighted * bendColumn[i]!;
    bendResidual += weighted * residual[i]!;
    for (let j = 0; j < PLANE_ORDER; j++) {
      mixed[j]! += weighted * basis[j]![i]!;
      for (let k = 0; k <= j; k++) plane[j * PLANE_ORDER + k]! += weight * basis[j]![i]! * basis[k]![i]!;
    }
  }
  for (let j = 0; j < PLANE_ORDER; j++) {
    for (let k = 0; k < j; k++) plane[k * PLANE_ORDER + j] = plane[j * PLANE_ORDER + k]!;
  }
  return { plane, mixed, bend, residual: bendResidual };
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
