import { asVariance } from "../../lib/core/noise.ts";
import { SeededRandom } from "../../lib/core/random.ts";
import type { CutoutPixels } from "../../lib/photometry/cutout_pixels.ts";
import { MICROJY_PER_MJYSR_ARCSEC2 } from "../../lib/photometry/flux_units.ts";
import type { PsfSamples } from "../../lib/psf/psf_samples.ts";
import { addSource, CORE_AND_WING, effectivePlane, oversampledPlane } from "../psf/analytic_psf.ts";

/** A source of the synthetic sky. */
export interface SyntheticSource {
  readonly x: number;
  readonly y: number;
  readonly fluxMicroJy: number;
}

/** What the synthetic cutout is like; the target is the first source. */
export interface SyntheticSky {
  readonly width?: number;
  readonly height?: number;
  readonly sources: readonly SyntheticSource[];
  /** Background at the middle of the cutout, MJy/sr, and its slopes per pixel. */
  readonly background?: readonly [number, number, number];
  /** Variance of a pixel without light, (MJy/sr)^2. */
  readonly readVariance?: number;
  /** Variance per rate, (MJy/sr)^2 per MJy/sr. */
  readonly varianceSlope?: number;
  /** Seed of the noise; without it there is none, but the variance plane stands. */
  readonly seed?: number;
  readonly psf?: PsfSamples;
}

/** Variance of the read noise of the synthetic detector, (MJy/sr)^2. */
export const READ_VARIANCE = 5e-5;
/** Shot noise of the synthetic detector: 1500 electrons per MJy/sr. */
export const VARIANCE_SLOPE = 1 / 1500;

/** The analytic PSF as an oversampled cube of one zone. */
export const OVERSAMPLED_PSF: PsfSamples = {
  kind: "oversampled",
  size: 101,
  oversampling: 10,
  planes: [{ weight: 1, samples: Float32Array.from(oversampledPlane(CORE_AND_WING)) }],
};

/** The analytic PSF as an effective table of one zone. */
export const EFFECTIVE_PSF: PsfSamples = {
  kind: "effective",
  size: 33,
  oversampling: 5,
  planes: [{ weight: 1, samples: effectivePlane(CORE_AND_WING) }],
};

/** Solid angle that varies by a percent over the cutout, arcsec^2. */
function solidAngles(width: number, height: number): Float32Array {
  return Float32Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    return 37.8 + 0.02 * (x - width / 2) - 0.01 * (Math.floor(i / width) - height / 2);
  });
}

/** Makes a cutout of a sky that is known exactly: pixel values are integrals of the analytic PSF. */
export function syntheticCutout(sky: SyntheticSky): CutoutPixels {
  const { width = 21, height = 21, background = [0.3, 0.001, -0.0005], psf = OVERSAMPLED_PSF } = sky;
  const { readVariance = READ_VARIANCE, varianceSlope = VARIANCE_SLOPE } = sky;
  const count = width * height;
  const light = new Float64Array(count);
  for (const { x, y, fluxMicroJy } of sky.sources) {
    addSource(CORE_AND_WING, x, y, fluxMicroJy, width, height, light);
  }
  const solidAngleArcsec2 = solidAngles(width, height);
  const random = sky.seed === undefined ? undefined : new SeededRandom(sky.seed);
  const imageMJySr = new Float32Array(count);
  const variance = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const x = i % width - (width - 1) / 2;
    const y = Math.floor(i / width) - (height - 1) / 2;
    const sourceRate = light[i]! / (solidAngleArcsec2[i]! * MICROJY_PER_MJYSR_ARCSEC2);
    const rate = background[0] + background[1] * x + background[2] * y + sourceRate;
    const noise = random === undefined ? 0 : random.normal() * Math.sqrt(readVariance + varianceSlope * rate);
    imageMJySr[i] = rate + noise;
    variance[i] = readVariance + varianceSlope * (rate + noise);
  }
  return {
    width,
    height,
    imageMJySr,
    varianceMJy2Sr2: asVariance(variance),
    flags: new Int32Array(count),
    solidAngleArcsec2,
    wavelengthMicron: Float32Array.from({ length: count }, (_, i) => 1.1 + 0.0004 * Math.floor(i / width)),
    bandwidthMicron: new Float32Array(count).fill(0.027),
    targetX: sky.sources[0]!.x,
    targetY: sky.sources[0]!.y,
    detectorX: 1000 + sky.sources[0]!.x,
    detectorY: 900 + sky.sources[0]!.y,
    detectorCoordinateMethod: "crpix1a",
    psf,
    zoneIndex: 49,
    zoneCenterX: 1019.5,
    zoneCenterY: 834.05,
  };
}
