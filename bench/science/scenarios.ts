import { DEFAULT_PHOTOMETRY_SETTINGS } from "../../lib/photometry/settings.ts";
import type { RecoveryOptions } from "../../lib/simulator/flux_recovery.ts";

/** One sky and one way to measure it. */
export interface Scenario {
  /** What the table says. */
  readonly name: string;
  /** What is injected and how it is measured. */
  readonly options: RecoveryOptions;
}

const ISOLATED = { seed: 20261, fluxRangeMicroJy: [20, 1e6], cutoutPixels: 30 } as const;
const OBSERVED_NOISE = {
  ...DEFAULT_PHOTOMETRY_SETTINGS,
  noise: { model: "observed", iterations: 1 } as const,
};

const NOTHING_REJECTED = {
  ...DEFAULT_PHOTOMETRY_SETTINGS,
  masks: { ...DEFAULT_PHOTOMETRY_SETTINGS.masks, suspectMask: 0 },
  fit: { ...DEFAULT_PHOTOMETRY_SETTINGS.fit, outlierPixelSigma: 1e9 },
};
const FLAT_PLANE = {
  ...DEFAULT_PHOTOMETRY_SETTINGS,
  background: { ...DEFAULT_PHOTOMETRY_SETTINGS.background, airglow: "off" as const },
};
const JOINT_PLANE = {
  ...DEFAULT_PHOTOMETRY_SETTINGS,
  background: { ...DEFAULT_PHOTOMETRY_SETTINGS.background, method: "joint_plane" as const },
};

const GALAXY = { sersicIndex: 1, effectiveRadiusArcsec: 5, axisRatio: 0.6, positionAngleDeg: 30 };

/** The scenarios, the first one with the goals; `scale` 1 is the full size. */
export function scenarios(scale: number): Scenario[] {
  const some = Math.max(1, Math.round(30 * scale));
  const hard = { ...ISOLATED, targets: some, fluxRangeMicroJy: [20, 2e4] as const };
  return [
    { name: "isolated", options: { ...ISOLATED, targets: Math.max(1, Math.round(120 * scale)) } },
    { name: "isolated, observed noise", options: { ...ISOLATED, targets: some, settings: OBSERVED_NOISE } },
    { name: "isolated, cutouts of 60 arcsec", options: { ...ISOLATED, targets: some, cutoutPixels: 10 } },
    { name: "flags and cosmic rays", options: { ...hard, simulation: { defects: true } } },
    { name: "neighbours", options: { ...hard, neighbours: true } },
    {
      name: "flags and cosmic rays, no pixel rejected",
      options: { ...hard, simulation: { defects: true }, settings: NOTHING_REJECTED },
    },
    {
      name: "cosmic rays without flags",
      options: { ...hard, simulation: { defects: true, missedCosmicRays: 0.002 } },
    },
    { name: "airglow", options: { ...hard, simulation: { airglowMJySr: 15 } } },
    {
      name: "airglow, plane that cannot bend",
      options: { ...hard, simulation: { airglowMJySr: 15 }, settings: FLAT_PLANE },
    },
    {
      name: "airglow, joint plane",
      options: { ...hard, simulation: { airglowMJySr: 15 }, settings: JOINT_PLANE },
    },
    {
      name: "airglow, cutouts of 60 arcsec",
      options: { ...hard, cutoutPixels: 10, simulation: { airglowMJySr: 15 } },
    },
    { name: "SOURCE everywhere", options: { ...hard, simulation: { sourceFlags: "everywhere" } } },
    {
      name: "saturated and blooming neighbours",
      options: {
        ...hard,
        neighbours: true,
        simulation: { saturation: true, fieldStarsPerSquareDegree: 3000 },
      },
    },
    {
      name: "SOURCE everywhere, joint plane",
      options: { ...hard, simulation: { sourceFlags: "everywhere" }, settings: JOINT_PLANE },
    },
    {
      name: "crowded, joint plane",
      options: { ...hard, simulation: { fieldStarsPerSquareDegree: 8000 }, settings: JOINT_PLANE },
    },
    {
      name: "exponential galaxies of 5 arcsec",
      // Each is drawn as thousands of stars: fewer images keep a job short.
      options: {
        ...hard,
        targets: Math.ceil(some / 2),
        profile: GALAXY,
        simulation: { visitsPerDetector: 6 },
      },
    },
    { name: "crowded", options: { ...hard, simulation: { fieldStarsPerSquareDegree: 8000 } } },
  ];
}
