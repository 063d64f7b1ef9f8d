import { type FallbackPixels, markFallbackBackground } from "./background_fallback.ts";
import { bendSignificance } from "./background_bend.ts";
import { BENT_PLANE_ORDER, CONSTANT_ORDER, markBackground, PLANE_ORDER } from "./background_plane.ts";
import { countRole } from "./masks.ts";
import type { BackgroundResult } from "./measurement.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";
import type { MeasureContext } from "./prepare_target.ts";
import { fitScene, type Scene, type SceneFit } from "./scene_fit.ts";

/** A point fit together with the rung of the background ladder that carried it. */
export interface LadderFit {
  /** Whether a rung held. */
  readonly ok: boolean;
  /** Columns of the background. */
  readonly order: number;
  /** Which rung. */
  readonly method: BackgroundResult["method"];
  /** Why the first rung did not hold; empty when it did. */
  readonly reason: string;
  /** Pixels of the fallback, when it was tried. */
  readonly fallback: FallbackPixels | undefined;
  /** What the fit ended with. */
  readonly sceneFit: SceneFit;
}

/** The answer of a fit that was never made. */
const NO_SCENE_FIT: SceneFit = { ok: false, candidatePixels: 0, backgroundPixels: 0, backgroundRms: NaN };

/** Tries one rung; undefined and a reason when it does not hold. */
function tryRung(context: MeasureContext, scene: Scene, available: number): SceneFit | string {
  const { background } = context.settings;
  const plane = scene.backgroundOrder >= PLANE_ORDER;
  const fewest = plane ? background.minPlanePixels : background.minUnmaskedPixels;
  if (available < fewest) return `${available} background pixels, ${fewest} needed`;
  const answer = fitScene(scene, context.settings, context.workspace);
  if (plane && scene.fit.backgroundConditionNumber > background.planeConditionNumberMax) {
    context.flags.add("BACKGROUND_2D_UNSTABLE");
    return `condition number ${scene.fit.backgroundConditionNumber.toExponential(1)} of the plane`;
  }
  if (!answer.ok) return "the fit has no solution";
  const joint = background.method === "joint_plane";
  if (!joint && answer.backgroundPixels < fewest) {
    return `${answer.backgroundPixels} background pixels after clipping, ${fewest} needed`;
  }
  return answer;
}

/** A rung that held. */
interface Rung {
  readonly order: number;
  readonly sceneFit: SceneFit;
}

/** Bends a plane that was fitted along the wavelength, where that is wanted or shows. */
function bendPlane(
  context: MeasureContext,
  scene: Omit<Scene, "backgroundOrder">,
  available: number,
  flat: Rung,
): Rung {
  const { airglow, airglowSigma, minPlanePixels } = context.settings.background;
  const { workspace } = context;
  const possible = flat.order === PLANE_ORDER && available >= 2 * minPlanePixels && workspace.hasWavelengths;
  if (airglow === "off" || !possible) return flat;
  if (airglow === "auto" && !(bendSignificance(scene.count, workspace) > airglowSigma)) return flat;
  const bent = tryRung(context, { ...scene, backgroundOrder: BENT_PLANE_ORDER }, available);
  if (typeof bent !== "string") return { order: BENT_PLANE_ORDER, sceneFit: bent };
  // The workspace must hold the fit that counts.
  fitScene({ ...scene, backgroundOrder: PLANE_ORDER }, context.settings, workspace);
  return flat;
}

/**
 * Fits a scene with the best background that its pixels allow: pixels away from sources; if there are too
 * few, clipped pixels regardless of source flags; a constant instead of a plane if even those are few.
 * Raises the flags of the rung; none holds when the background has failed.
 */
export function fitOnLadder(context: MeasureContext, scene: Omit<Scene, "backgroundOrder">): LadderFit {
  const { pixels, settings, workspace, flags } = context;
  const { background, masks } = settings;
  const wanted = background.model === "plane" ? PLANE_ORDER : CONSTANT_ORDER;
  let available = markBackground(pixels, masks.backgroundExcludeMask, workspace);
  if (background.method === "joint_plane") {
    available += countRole(workspace.roles, scene.count, PIXEL_ROLE.usable | PIXEL_ROLE.fitBox);
  }
  const first = tryRung(context, { ...scene, backgroundOrder: wanted }, available);
  if (typeof first !== "string") {
    const rung = bendPlane(context, scene, available, { order: wanted, sceneFit: first });
    return { ok: true, method: background.method, reason: "", fallback: undefined, ...rung };
  }
  const fallback = markFallbackBackground(pixels, settings, workspace);
  const rung = { ok: true, method: "image_clipped_fallback", reason: first, fallback } as const;
  for (const order of wanted === PLANE_ORDER ? [PLANE_ORDER, CONSTANT_ORDER] : [CONSTANT_ORDER]) {
    const answer = tryRung(context, { ...scene, backgroundOrder: order }, fallback.validPixels);
    if (typeof answer === "string") continue;
    flags.add("BACKGROUND_IMAGE_CLIPPED_FALLBACK");
    if (order < wanted) flags.add("BACKGROUND_2D_FALLBACK_CONSTANT");
    return { ...rung, ...bendPlane(context, scene, fallback.validPixels, { order, sceneFit: answer }) };
  }
  flags.add("BACKGROUND_POOR");
  return { ok: false, order: 0, method: "none", reason: first, fallback, sceneFit: NO_SCENE_FIT };
}
