import { fitOnLadder, type LadderFit } from "./background_ladder.ts";
import {
  acceptsJoint,
  fitJointly,
  type JointEvidence,
  largestCorrelation,
  type NeighborPlace,
  placeKnownNeighbors,
  placeNeighbors,
} from "./joint_fit.ts";
import { markNeighbor } from "./masks.ts";
import type { DeblendStatus, FluxFit } from "./measurement.ts";
import { guardRadiusPixels, largestResidualSnr, type ResidualSearch, searchResidual } from "./neighbours.ts";
import { fitVarianceSlope } from "./noise_model.ts";
import type { PhotometryFlagName } from "./photometry_flags.ts";
import { hasContradictedCore, rejectOutlierPixels } from "./pixel_outliers.ts";
import type { MeasureContext } from "./prepare_target.ts";
import { fitPositionOffset, NO_POSITION_OFFSET, type PositionOffset } from "./position_offset.ts";
import { describeFit, NO_FLUX_FIT } from "./quality.ts";
import type { Scene, SceneFit } from "./scene_fit.ts";

/** What the fits of one target ended with; the solutions themselves are in the workspace. */
export interface TargetFit {
  /** Why there is no flux, or that there is one. */
  readonly status: "measured" | "failed_background" | "invalid_fit";
  /** The selected fit. */
  readonly selected: "point" | "joint" | "none";
  /** The fit of the target alone. */
  readonly point: FluxFit;
  /** The fit with neighbours. */
  readonly joint: FluxFit;
  /** The background ladder of the point fit. */
  readonly ladder: LadderFit | undefined;
  /** Background pixels of the selected fit. */
  readonly sceneFit: SceneFit | undefined;
  /** How the neighbours were dealt with. */
  readonly deblendStatus: DeblendStatus;
  /** What the residual of the point fit showed. */
  readonly search: ResidualSearch;
  /** Neighbours of the joint fit. */
  readonly places: readonly NeighborPlace[];
  /** Largest absolute correlation of the target with a neighbour. */
  readonly correlation: number;
  /** Joint over point flux error. */
  readonly inflation: number;
  /** Largest residual signal-to-noise ratio in the guard. */
  readonly guardPeakSigma: number;
  /** Slope of variance against rate. */
  readonly varianceSlope: number;
  /** Where the target's light is; NaN unless asked for. */
  readonly positionOffset: PositionOffset;
  /** Pixels that were rejected as outliers. */
  readonly rejectedPixelCount: number;
}

/** A search that found nothing. */
const EMPTY_SEARCH: ResidualSearch = {
  components: [],
  candidateCount: 0,
  rejectedCount: 0,
  touchingCount: 0,
};

/** The answer when there is no fit. */
export const NO_TARGET_FIT: TargetFit = {
  status: "invalid_fit",
  selected: "none",
  point: NO_FLUX_FIT,
  joint: NO_FLUX_FIT,
  ladder: undefined,
  sceneFit: undefined,
  deblendStatus: "none",
  search: EMPTY_SEARCH,
  places: [],
  correlation: NaN,
  inflation: NaN,
  guardPeakSigma: NaN,
  varianceSlope: 0,
  positionOffset: NO_POSITION_OFFSET,
  rejectedPixelCount: 0,
};

/** The scene of the target alone. */
function pointScene(context: MeasureContext, varianceSlope: number): Omit<Scene, "backgroundOrder"> {
  const { pixels, workspace } = context;
  return {
    width: pixels.width,
    count: pixels.width * pixels.height,
    window: workspace.pointWindow,
    templateCount: 1,
    varianceSlope,
    fit: workspace.pointFit,
  };
}

/** Largest residual in the guard around the target; an imperfect PSF is allowed for when `tolerant`. */
function guardPeak(context: MeasureContext, fluxMicroJy: number, tolerant: boolean): number {
  const { pixels, settings, workspace } = context;
  const tolerance = tolerant ? settings.deblending.modelErrorFraction : 0;
  return largestResidualSnr(pixels, guardRadiusPixels(settings), fluxMicroJy, tolerance, workspace);
}

/** Whether light remains at the protected target; raises the flags that say so. */
function flagRemainingLight(context: MeasureContext, fluxMicroJy: number): boolean {
  if (guardPeak(context, fluxMicroJy, true) < context.settings.deblending.residualSnrThreshold) return false;
  context.flags.add("TARGET_SPLIT_PROTECTED");
  context.flags.add("TARGET_POSSIBLY_EXTENDED");
  context.flags.add("TARGET_PSF_MISMATCH");
  return true;
}

/** The point fit says it all: no neighbours. */
function fitAlone(context: MeasureContext, varianceSlope: number, ladder: LadderFit): TargetFit {
  const { pixels, settings, workspace } = context;
  const fit = workspace.pointFit;
  const point = describeFit(pixels, fit, workspace);
  const guardPeakSigma = guardPeak(context, fit.flux(0), false);
  flagRemainingLight(context, fit.flux(0));
  const search = settings.deblending.enabled
    ? searchResidual(pixels, settings, fit.flux(0), workspace)
    : EMPTY_SEARCH;
  if (search.touchingCount > 0) context.flags.add("CONTAMINATION_RISK");
  const { sceneFit } = ladder;
  const answer = {
    ...NO_TARGET_FIT,
    status: "measured",
    selected: "point",
    point,
    ladder,
    sceneFit,
  } as const;
  return { ...answer, search, correlation: 0, inflation: 1, guardPeakSigma, varianceSlope };
}

/** Raises the flags of a joint fit that was not accepted and says why. */
function refuseJoint(context: MeasureContext, targetProtected: boolean): DeblendStatus {
  context.flags.add("DEBLEND_UNSTABLE");
  context.flags.add("CONTAMINATION_RISK");
  return targetProtected ? "blocked_target_protection" : "needed_unstable";
}

/** Point and joint fits with the background kept away from the neighbours. */
function fitWithNeighbors(context: MeasureContext, alone: TargetFit, places: NeighborPlace[]): TargetFit {
  const { pixels, settings, workspace } = context;
  const { jointWindow, roles, pointFit, jointFit } = workspace;
  places.forEach((_, n) => {
    const threshold = settings.masks.footprintThreshold;
    markNeighbor(jointWindow.template(n + 1), jointWindow, threshold, pixels.width, roles);
  });
  const scene = pointScene(context, alone.varianceSlope);
  const ladder = fitOnLadder(context, scene);
  if (!ladder.ok) return { ...alone, status: "failed_background", selected: "none", ladder };
  const point = describeFit(pixels, pointFit, workspace);
  const jointScene = { ...scene, window: jointWindow, templateCount: places.length + 1, fit: jointFit };
  const sceneFit = fitJointly({ ...jointScene, backgroundOrder: ladder.order }, places, settings, workspace);
  const bothOk = sceneFit.ok && jointFit.conditionNumber <= settings.fit.conditionNumberMax;
  const joint = sceneFit.ok ? describeFit(pixels, jointFit, workspace) : NO_FLUX_FIT;
  const guardPeakSigma = bothOk ? guardPeak(context, jointFit.flux(0), false) : alone.guardPeakSigma;
  const targetProtected = bothOk && flagRemainingLight(context, jointFit.flux(0));
  const evidence: JointEvidence = {
    bothOk,
    correlation: bothOk ? largestCorrelation(jointFit) : NaN,
    inflation: joint.fluxErrorMicroJy / point.fluxErrorMicroJy,
    chiSquareRatio: joint.chiSquareReduced / point.chiSquareReduced,
    targetProtected,
  };
  const accepted = acceptsJoint(evidence, settings);
  return {
    ...alone,
    selected: accepted ? "joint" : "point",
    point,
    joint,
    ladder,
    sceneFit: accepted ? sceneFit : ladder.sceneFit,
    deblendStatus: accepted ? "joint_stable" : refuseJoint(context, targetProtected),
    places,
    correlation: evidence.correlation,
    inflation: evidence.inflation,
    guardPeakSigma,
  };
}

/** Fits again with neighbours when the residual shows some that matter; the flags of the first fit then go. */
function separate(
  context: MeasureContext,
  alone: TargetFit,
  flagsBefore: readonly PhotometryFlagName[],
): TargetFit {
  const { pixels, settings, workspace, flags } = context;
  const known = placeKnownNeighbors(pixels, settings, workspace);
  const places = placeNeighbors(pixels, alone.search.components, known, settings, workspace);
  if (places.length === 0) return alone;
  flags.clear();
  for (const name of flagsBefore) flags.add(name);
  return fitWithNeighbors(context, alone, places);
}

/** Fits the place of the target's light when it is asked for and the workspace holds the residual of the selected fit. */
function positionOffset(
  context: MeasureContext,
  { selected, places, point, joint }: TargetFit,
): PositionOffset {
  const isHeld = selected === "joint" || (selected === "point" && places.length === 0);
  const isPoint = context.pixels.profile === undefined;
  if (!context.settings.fit.fitsOffset || !isHeld || !isPoint) return NO_POSITION_OFFSET;
  const { fluxMicroJy, fluxErrorMicroJy } = selected === "joint" ? joint : point;
  return fitPositionOffset(context, fluxMicroJy, fluxErrorMicroJy);
}

/**
 * Fits the target: alone first; then, when the residual shows neighbours that matter, again with the
 * background kept away from them, and jointly. The joint fit is selected if it is accepted.
 */
export function fitTarget(context: MeasureContext): TargetFit {
  const { pixels, settings, workspace, flags } = context;
  const varianceSlope = settings.noise.model === "smoothed" ? fitVarianceSlope(pixels, workspace) : 0;
  const scene = pointScene(context, varianceSlope);
  const first = fitOnLadder(context, scene);
  if (!first.ok) return { ...NO_TARGET_FIT, status: "failed_background", ladder: first, varianceSlope };
  const cleaned = rejectOutlierPixels(context, { ...scene, backgroundOrder: first.order }, first.sceneFit);
  const ladder = { ...first, sceneFit: cleaned.sceneFit };
  if (!cleaned.sceneFit.ok) return { ...NO_TARGET_FIT, ladder, varianceSlope };
  if (workspace.pointFit.conditionNumber > settings.fit.conditionNumberMax) {
    flags.add("FIT_ILL_CONDITIONED");
    return { ...NO_TARGET_FIT, ladder, varianceSlope };
  }
  const flagsBefore = [...flags];
  const answer = separate(context, fitAlone(context, varianceSlope, ladder), flagsBefore);
  if (answer.status === "measured" && hasContradictedCore(context)) flags.add("TARGET_PSF_MISMATCH");
  return {
    ...answer,
    positionOffset: positionOffset(context, answer),
    rejectedPixelCount: cleaned.rejectedCount,
  };
}
