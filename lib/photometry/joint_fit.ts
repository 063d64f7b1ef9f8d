import type { CutoutPixels } from "./cutout_pixels.ts";
import type { ForcedFit } from "./forced_fit.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";
import { jointWindowHalf, type ResidualComponent } from "./neighbours.ts";
import { fitScene, refitScene, type Scene, type SceneFit } from "./scene_fit.ts";
import type { PhotometrySettings } from "./settings.ts";
import { renderTargetTemplate, renderTemplate } from "./template.ts";

/** Step of the numerical derivative of a template, pixels. */
const DERIVATIVE_STEP_PIXELS = 0.05;
/** How often the places of neighbours are improved. */
const PLACEMENT_ROUNDS = 3;
/** A neighbour moves at most this far from its component's centroid, pixels. */
const LARGEST_MOVE_PIXELS = 1;

/** A neighbour's place in the cutout, 0-based pixels; improved as the fit goes on. */
export interface NeighborPlace {
  /** Place along x. */
  x: number;
  /** Place along y. */
  y: number;
  /** Whether it stays where it is: a catalogue knows better than the residual. */
  readonly isFixed: boolean;
}

/** Share of a known neighbour's light that must lie in the fit box for it to matter. */
const SMALLEST_SHARE_IN_BOX = 0.01;

/** The share of template `index` of the joint window inside the fit box. */
function shareInFitBox(index: number, width: number, workspace: MeasureWorkspace): number {
  const { jointWindow: window, roles } = workspace;
  const template = window.template(index);
  let share = 0;
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, width); x < window.width; x++, k++, i++) {
      if (roles[i]! & PIXEL_ROLE.fitBox) share += template[k]!;
    }
  }
  return share;
}

/**
 * Renders the known neighbours into the joint window, the nearest to the target first, and keeps those with light in
 * the fit box. At most `maxNeighbors`.
 */
export function placeKnownNeighbors(
  pixels: CutoutPixels,
  settings: PhotometrySettings,
  workspace: MeasureWorkspace,
): NeighborPlace[] {
  const { renderer, jointWindow: window } = workspace;
  const { targetX, targetY, width, height } = pixels;
  const known = pixels.knownNeighbors ?? [];
  if (known.length === 0 || !settings.deblending.enabled) return [];
  window.place(targetX, targetY, jointWindowHalf(settings), width, height);
  renderTargetTemplate(pixels, renderer, window);
  const distance = ({ x, y }: { x: number; y: number }) => Math.hypot(x - targetX, y - targetY);
  const places: NeighborPlace[] = [];
  for (const { x, y } of known.toSorted((a, b) => distance(a) - distance(b))) {
    if (places.length >= settings.deblending.maxNeighbors) break;
    if (!(distance({ x, y }) < 2 * jointWindowHalf(settings))) continue;
    renderTemplate(renderer, window, places.length + 1, x, y);
    if (shareInFitBox(places.length + 1, width, workspace) >= SMALLEST_SHARE_IN_BOX) {
      places.push({ x, y, isFixed: true });
    }
  }
  return places;
}

/** The cosine of the angle between two templates of a window: 1 for the same place, 0 for no overlap. */
function cosineOverlap(a: Float64Array, b: Float64Array, count: number): number {
  let aa = 0, bb = 0, ab = 0;
  for (let k = 0; k < count; k++) {
    aa += a[k]! * a[k]!;
    bb += b[k]! * b[k]!;
    ab += a[k]! * b[k]!;
  }
  return ab / Math.sqrt(aa * bb);
}

/**
 * Renders target and components into the joint window, after the known neighbours, and keeps the components that
 * matter: their template overlaps the target's, or they are significant inside the fit box. A component near a known
 * neighbour is its light. At most `maxNeighbors`, the brightest. Returns all places, the known ones first.
 */
export function placeNeighbors(
  pixels: CutoutPixels,
  components: readonly ResidualComponent[],
  known: readonly NeighborPlace[],
  settings: PhotometrySettings,
  workspace: MeasureWorkspace,
): NeighborPlace[] {
  const { renderer, jointWindow: window } = workspace;
  const { materialOverlapThreshold, neighborFluxSnrThreshold, maxNeighbors, mergeRadiusPixels } =
    settings.deblending;
  if (components.length === 0) return [...known];
  window.place(pixels.targetX, pixels.targetY, jointWindowHalf(settings), pixels.width, pixels.height);
  // With known neighbours the window holds the target already.
  const target = known.length > 0 ? window.template(0) : renderTargetTemplate(pixels, renderer, window);
  const places: NeighborPlace[] = [...known];
  for (const { x, y, snr } of components) {
    if (places.length >= maxNeighbors) break;
    if (known.some((other) => Math.hypot(other.x - x, other.y - y) < mergeRadiusPixels)) continue;
    const template = renderTemplate(renderer, window, places.length + 1, x, y);
    const overlap = cosineOverlap(target, template, window.count);
    if (overlap >= materialOverlapThreshold || snr >= neighborFluxSnrThreshold) {
      places.push({ x, y, isFixed: false });
    }
  }
  return places;
}

/**
 * One Gauss-Newton step of a neighbour's place, from the residual of the joint fit and the slopes of its
 * template. Returns the step in pixels along x and y; zero when the pixels do not determine it.
 */
function placementStep(
  scene: Scene,
  index: number,
  place: NeighborPlace,
  workspace: MeasureWorkspace,
): [number, number] {
  const { window, fit, width } = scene;
  const { renderer, residual } = workspace;
  const flux = fit.flux(index);
  const scale = flux / (2 * DERIVATIVE_STEP_PIXELS);
  const scratch = scene.templateCount;
  const step = DERIVATIVE_STEP_PIXELS;
  const right = renderTemplate(renderer, window, scratch, place.x + step, place.y);
  const left = renderTemplate(renderer, window, scratch + 1, place.x - step, place.y);
  const above = renderTemplate(renderer, window, scratch + 2, place.x, place.y + step);
  const below = renderTemplate(renderer, window, scratch + 3, place.x, place.y - step);
  let xx = 0, xy = 0, yy = 0, rx = 0, ry = 0;
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, width); x < window.width; x++, k++, i++) {
      const weight = window.fitWeight[k]!;
      const slopeX = scale * (right[k]! - left[k]!);
      const slopeY = scale * (above[k]! - below[k]!);
      xx += weight * slopeX * slopeX;
      xy += weight * slopeX * slopeY;
      yy += weight * slopeY * slopeY;
      rx += weight * slopeX * residual[i]!;
      ry += weight * slopeY * residual[i]!;
    }
  }
  const determinant = xx * yy - xy * xy;
  if (!(flux > 0) || !(determinant > 0)) return [0, 0];
  return [(yy * rx - xy * ry) / determinant, (xx * ry - xy * rx) / determinant];
}

/** Moves each neighbour by one step, within reach of where it was found, and renders it there. */
function improvePlaces(
  scene: Scene,
  places: NeighborPlace[],
  found: readonly NeighborPlace[],
  workspace: MeasureWorkspace,
): void {
  const limit = (value: number, center: number) =>
    Math.min(Math.max(value, center - LARGEST_MOVE_PIXELS), center + LARGEST_MOVE_PIXELS);
  places.forEach((place, n) => {
    if (place.isFixed) return;
    const [stepX, stepY] = placementStep(scene, n + 1, place, workspace);
    place.x = limit(place.x + Math.min(Math.max(stepX, -0.5), 0.5), found[n]!.x);
    place.y = limit(place.y + Math.min(Math.max(stepY, -0.5), 0.5), found[n]!.y);
  });
  places.forEach((place, n) => renderTemplate(workspace.renderer, scene.window, n + 1, place.x, place.y));
}

/**
 * Fits target and neighbours jointly, improving the neighbours' places between solutions. The residual of
 * the last solution stays in the workspace. `places` are moved to where the neighbours end.
 */
export function fitJointly(
  scene: Scene,
  places: NeighborPlace[],
  settings: PhotometrySettings,
  workspace: MeasureWorkspace,
): SceneFit {
  const found = places.map((place) => ({ ...place }));
  let answer = fitScene(scene, settings, workspace);
  const rounds = places.every(({ isFixed }) => isFixed) ? 0 : PLACEMENT_ROUNDS;
  for (let round = 0; round < rounds && answer.ok; round++) {
    improvePlaces(scene, places, found, workspace);
    answer = refitScene(scene, answer, settings, workspace);
  }
  return answer;
}

/** Largest absolute correlation of the target's flux with that of a neighbour; 0 without neighbours. */
export function largestCorrelation(fit: ForcedFit): number {
  let largest = 0;
  for (let k = 1; k < fit.templateCount; k++) largest = Math.max(largest, Math.abs(fit.correlation(0, k)));
  return largest;
}

/** The numbers on which a joint fit is accepted or not. */
export interface JointEvidence {
  /** Whether both fits came out. */
  readonly bothOk: boolean;
  /** Largest absolute correlation with a neighbour. */
  readonly correlation: number;
  /** Joint over point flux error. */
  readonly inflation: number;
  /** Joint over point reduced chi-square. */
  readonly chiSquareRatio: number;
  /** Whether light remains at the protected target. */
  readonly targetProtected: boolean;
}

/** Whether the joint fit replaces the point fit. */
export function acceptsJoint(evidence: JointEvidence, settings: PhotometrySettings): boolean {
  const { targetNeighborCorrelationMax, uncertaintyInflationMax, jointChiSquareRatioMax } = settings.fit;
  return evidence.bothOk && !evidence.targetProtected &&
    evidence.correlation <= targetNeighborCorrelationMax &&
    evidence.inflation <= uncertaintyInflationMax &&
    evidence.chiSquareRatio <= jointChiSquareRatioMax;
}
