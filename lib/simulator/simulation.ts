import { HALF_EXPOSURE_DAYS } from "./exposure_time.ts";
import { ImageRenderer } from "./image_renderer.ts";
import type { SimulationOptions } from "./simulation_options.ts";
import { Sky } from "./sky.ts";
import { bandFluxMicroJy } from "./spectra.ts";
import { movedPosition } from "./source_motion.ts";
import { spectralMap } from "./spectral_map.ts";
import { Survey, type SurveyImage } from "./survey.ts";
import type { TruthRow } from "./truth.ts";

/** A sky, a survey of it and the instrument that takes its images; no files and no sockets. */
export class Simulation {
  /** Seed of everything. */
  readonly seed: number;
  /** The sky. */
  readonly sky: Sky;
  /** The survey. */
  readonly survey: Survey;
  readonly #options: SimulationOptions;

  /** Throws RangeError for a number of visits below 1 or a fraction outside 0 to 1. */
  constructor(options: SimulationOptions = {}) {
    const visits = options.visitsPerDetector ?? 24;
    const qr3Fraction = options.qr3Fraction ?? 0.25;
    if (!Number.isInteger(visits) || visits < 1 || visits > 2000) {
      throw new RangeError(`visitsPerDetector must be an integer from 1 to 2000, not ${visits}`);
    }
    if (!(qr3Fraction >= 0 && qr3Fraction <= 1)) {
      throw new RangeError(`qr3Fraction must be from 0 to 1, not ${qr3Fraction}`);
    }
    this.#options = options;
    this.seed = options.seed ?? 1;
    this.sky = new Sky(this.seed, options.targets ?? [], options.fieldStarsPerSquareDegree ?? 600);
    this.survey = new Survey(
      this.seed,
      visits,
      Math.round(visits * qr3Fraction),
      options.eclipticLatitudesDeg,
    );
  }

  /** What computes the pixels of an image. */
  renderer(image: SurveyImage): ImageRenderer {
    return new ImageRenderer(image, this.sky, {
      seed: this.seed,
      noise: this.#options.noise ?? true,
      defects: this.#options.defects ?? true,
      variance: this.#options.variance ?? "observed",
      airglowMJySr: this.#options.airglowMJySr ?? 0,
      sourceFlags: this.#options.sourceFlags ?? "sources",
      saturation: this.#options.saturation ?? false,
      missedCosmicRays: this.#options.missedCosmicRays ?? 0,
    });
  }

  /** Makes a target where a client asks for data and the sky has none, unless the options forbid it. */
  requestTarget(rightAscensionDeg: number, declinationDeg: number): void {
    if (this.#options.targetsOnRequest ?? true) this.sky.request(rightAscensionDeg, declinationDeg);
  }

  /**
   * What is true of a target in every image that covers it, in order of time and detector.
   *
   * A target is named, or given by a position within 2 arcseconds of it. Throws RangeError when there is none.
   */
  truth(
    target: string | { readonly rightAscensionDeg: number; readonly declinationDeg: number },
  ): TruthRow[] {
    const placed = this.sky.target(target);
    if (placed === undefined) {
      throw new RangeError(`The simulated sky has no target ${JSON.stringify(target)}`);
    }
    const { name, rightAscensionDeg, declinationDeg, spectrum, motion } = placed;
    return this.survey.imagesCovering(rightAscensionDeg, declinationDeg).map(({ image, ...pixel }) => {
      const moved = movedPosition(placed, motion, image.exposure.mjdBegin + HALF_EXPOSURE_DAYS);
      const { x, y } = motion === undefined
        ? pixel
        : image.wcs.skyToPixel(moved.rightAscensionDeg, moved.declinationDeg)!;
      const map = spectralMap(image.detector, image.solution);
      const wavelengthMicron = map.wavelengthMicron(x, y);
      const bandwidthMicron = map.bandwidthMicron(x, y);
      return {
        name,
        rightAscensionDeg,
        declinationDeg,
        observationId: image.exposure.observationId,
        detector: image.detector,
        release: image.exposure.visit.release,
        fileName: image.fileName,
        mjdAvg: image.exposure.mjdBegin + HALF_EXPOSURE_DAYS,
        detectorX: x,
        detectorY: y,
        phaseX: x - Math.round(x),
        phaseY: y - Math.round(y),
        wavelengthMicron,
        bandwidthMicron,
        fluxMicroJy: spectrum === null ? 0 : bandFluxMicroJy(spectrum, wavelengthMicron, bandwidthMicron),
      };
    });
  }
}
