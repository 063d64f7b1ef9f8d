import { weightedLeastSquares } from "../math/least_squares.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";
import type { MeasureContext } from "./prepare_target.ts";
import { renderTemplate } from "./template.ts";

/** Where the light of the target is, relative to where it was forced. */
export interface PositionOffset {
  /** Along x, pixels. */
  readonly xPixels: number;
  /** Along y, pixels. */
  readonly yPixels: number;
  /** Standard deviation along x, pixels. */
  readonly xErrorPixels: number;
  /** Standard deviation along y, pixels. */
  readonly yErrorPixels: number;
}

/** An offset that was not asked for or that the pixels do not tell. */
export const NO_POSITION_OFFSET: PositionOffset = {
  xPixels: NaN,
  yPixels: NaN,
  xErrorPixels: NaN,
  yErrorPixels: NaN,
};

const ROUNDS = 4;
/** Step of the numerical derivative of the template, pixels. */
const STEP_PIXELS = 0.05;
/** Light further away than this is another source's. */
const LARGEST_OFFSET_PIXELS = 1.5;

/**
 * Fits flux and place of the target together, by Gauss-Newton steps from the forced place, against the data without
 * background and neighbours (whose residual the workspace holds). A diagnostic of coordinates: the flux of the
 * measurement stays the forced one. NaN when the target is not significant (flux below `detectionSnrThreshold`
 * standard deviations) or the fit runs away.
 */
export function fitPositionOffset(
  context: MeasureContext,
  fluxMicroJy: number,
  fluxErrorMicroJy: number,
): PositionOffset {
  const { pixels: { targetX, targetY, width }, settings, workspace } = context;
  const { pointWindow: window, renderer, residual, variance, roles } = workspace;
  if (!(fluxMicroJy > settings.detectionSnrThreshold * fluxErrorMicroJy)) return NO_POSITION_OFFSET;
  const fitted = PIXEL_ROLE.usable | PIXEL_ROLE.fitBox;
  const { count } = window;
  const target = window.template(0);
  const light = new Float64Array(count), weight = new Float64Array(count);
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, width); x < window.width; x++, k++, i++) {
      light[k] = residual[i]! + fluxMicroJy * target[k]!;
      weight[k] = (roles[i]! & fitted) === fitted ? 1 / variance[i]! : 0;
    }
  }
  let x = 0, y = 0;
  let answer = NO_POSITION_OFFSET;
  for (let round = 0; round < ROUNDS; round++) {
    const at = (index: number, dx: number, dy: number) =>
      renderTemplate(renderer, window, index, targetX + x + dx, targetY + y + dy).subarray(0, count);
    const here = at(1, 0, 0);
    const right = at(2, STEP_PIXELS, 0), left = at(3, -STEP_PIXELS, 0);
    const above = at(4, 0, STEP_PIXELS), below = at(5, 0, -STEP_PIXELS);
    const slopeX = right.map((value, k) => (value - left[k]!) / (2 * STEP_PIXELS));
    const slopeY = above.map((value, k) => (value - below[k]!) / (2 * STEP_PIXELS));
    const fit = weightedLeastSquares([here, slopeX, slopeY], light, weight);
    const [flux, stepX, stepY] = fit.parameters as unknown as [number, number, number];
    if (!fit.ok || !(flux > 0)) return NO_POSITION_OFFSET;
    x += stepX / flux;
    y += stepY / flux;
    if (!(Math.hypot(x, y) < LARGEST_OFFSET_PIXELS)) return NO_POSITION_OFFSET;
    answer = {
      xPixels: x,
      yPixels: y,
      xErrorPixels: Math.sqrt(fit.covariance[4]!) / flux,
      yErrorPixels: Math.sqrt(fit.covariance[8]!) / flux,
    };
  }
  return answer;
}
