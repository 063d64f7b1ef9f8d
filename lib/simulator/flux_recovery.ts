import { SeededRandom } from "../core/random.ts";
import type { CutoutPixels } from "../photometry/cutout_pixels.ts";
import { measureCutout } from "../photometry/measure_cutout.ts";
import { MeasureWorkspace } from "../photometry/measure_workspace.ts";
import type { Measurement } from "../photometry/measurement.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS, type PhotometrySettings } from "../photometry/settings.ts";
import type { DetectorNumber } from "../spherex/bands.ts";
import { openDetectorMap, openSpectralMaps } from "../spherex/calibration_file.ts";
import { type CutoutCalibration, readCutoutPixels } from "../spherex/cutout_pixels.ts";
import { HeadBuffers } from "../spherex/head_source.ts";
import { openLevel2 } from "../spherex/level2_file.ts";
import { pixelProfile } from "../spherex/pixel_profile.ts";
import { PsfCache } from "../spherex/psf_cache.ts";
import type { Release } from "../spherex/release.ts";
import { calibrationFile, OFFERED_CALIBRATIONS } from "./calibration_files.ts";
import { cutoutWindow } from "./cutout_window.ts";
import type { PixelWindow } from "./image_renderer.ts";
import { Level2Writer } from "./level2_writer.ts";
import type { SimulatedProfile, SimulatedTarget } from "./simulated_target.ts";
import { Simulation } from "./simulation.ts";
import type { SimulationOptions } from "./simulation_options.ts";
import type { SurveyImage } from "./survey.ts";
import type { TruthRow } from "./truth.ts";
import { virtualSource } from "./virtual_source.ts";

/** What is injected, and how it is measured. */
export interface RecoveryOptions {
  /** Seed of places, fluxes and noise. */
  readonly seed: number;
  /** Number of places on the sky; each is seen in every visit of every detector that covers it. */
  readonly targets: number;
  /** Faintest and brightest flux, microjansky; drawn evenly in its logarithm. */
  readonly fluxRangeMicroJy: readonly [number, number];
  /** Side of the cutouts, pixels. */
  readonly cutoutPixels: number;
  /** Whether targets have the neighbours that the simulation draws; none unless given. */
  readonly neighbours?: boolean | undefined;
  /** Shape of all targets, which the kernel is told; points unless given. */
  readonly profile?: SimulatedProfile | undefined;
  /** The rest of the sky and the instrument; without stars and defects unless given. */
  readonly simulation?: Omit<SimulationOptions, "seed" | "targets"> | undefined;
  /** How the kernel measures; its defaults unless given. */
  readonly settings?: PhotometrySettings | undefined;
}

/** One flux that was put into an image, and what came out of the image's file. */
export interface RecoveredFlux {
  /** What is true. */
  readonly truth: TruthRow;
  /** What was measured. */
  readonly measurement: Measurement;
}

/** One injected source as it is read from an image's file. */
export interface ReadTarget {
  /** What is true. */
  readonly truth: TruthRow;
  /** The pixels around it. */
  readonly pixels: CutoutPixels;
}

/** Places spread evenly over the sky with flat spectra of various fluxes. */
function drawTargets(options: RecoveryOptions): SimulatedTarget[] {
  const random = new SeededRandom(options.seed);
  const [faintest, brightest] = options.fluxRangeMicroJy;
  return Array.from({ length: options.targets }, (_, index) => ({
    name: `injected ${index}`,
    rightAscensionDeg: 360 * random.uniform(),
    declinationDeg: Math.asin(2 * random.uniform() - 1) * 180 / Math.PI,
    spectrum: {
      kind: "power-law",
      fluxAtTwoMicronMicroJy: faintest * (brightest / faintest) ** random.uniform(),
      slope: 0,
    },
    ...(options.neighbours === true ? {} : { neighbours: [] }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  }));
}

/**
 * Puts sources of known flux into a simulated survey and measures them through the whole chain: pixels from analytic
 * integrals, written as the bytes of a cutout file, read back with the maps of the simulation's calibration files,
 * and fitted. Nothing is on disk.
 */
export class FluxRecovery {
  readonly #options: RecoveryOptions;
  readonly #simulation: Simulation;
  readonly #writer: Level2Writer;
  readonly #calibrations = new Map<string, Promise<CutoutCalibration>>();
  readonly #headBuffers = new HeadBuffers();
  readonly #psfCache = new PsfCache();
  readonly #workspace = new MeasureWorkspace();

  /** Makes the sky. Throws RangeError for options that the simulation refuses. */
  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#simulation = new Simulation({
      fieldStarsPerSquareDegree: 0,
      defects: false,
      qr3Fraction: 0.5,
      ...options.simulation,
      seed: options.seed,
      targets: drawTargets(options),
    });
    this.#writer = new Level2Writer(this.#simulation);
  }

  /** Measures target `index` in each image that holds it. Throws RangeError when there is no such target. */
  async *measureTarget(index: number): AsyncGenerator<RecoveredFlux> {
    const settings = this.#options.settings ?? DEFAULT_PHOTOMETRY_SETTINGS;
    for await (const { truth, pixels } of this.readTarget(index)) {
      yield { truth, measurement: measureCutout(pixels, settings, { workspace: this.#workspace }) };
    }
  }

  /** Reads target `index` in each image that holds it, the zodiacal light too. Throws RangeError without such a target. */
  async *readTarget(index: number): AsyncGenerator<ReadTarget> {
    for (const truth of this.#simulation.truth(`injected ${index}`)) {
      const image = this.#simulation.survey.imageOfFile(truth.fileName)!;
      const size = this.#options.cutoutPixels;
      const window = cutoutWindow(truth.detectorX, truth.detectorY, size, size);
      if (window === undefined) continue;
      yield { truth, pixels: await this.#read(image, window, truth) };
    }
  }

  async #read(image: SurveyImage, window: PixelWindow, truth: TruthRow): Promise<CutoutPixels> {
    using level2 = await openLevel2(virtualSource(this.#writer.cutout(image, window)), {
      headBuffers: this.#headBuffers,
      psfCache: this.#psfCache,
    });
    const calibration = await this.#calibration(truth.release, truth.detector);
    const pixels = await readCutoutPixels(level2, calibration, truth, { zodi: true });
    const { profile } = this.#options;
    return profile === undefined
      ? pixels
      : { ...pixels, profile: pixelProfile(profile, level2.celestial, truth) };
  }

  /** The newest maps of a release for a detector. */
  #calibration(release: Release, detector: DetectorNumber): Promise<CutoutCalibration> {
    const key = `${release} ${detector}`;
    let known = this.#calibrations.get(key);
    if (known === undefined) this.#calibrations.set(key, known = this.#openCalibration(release, detector));
    return known;
  }

  async #openCalibration(release: Release, detector: DetectorNumber): Promise<CutoutCalibration> {
    const source = (product: "spectral_wcs" | "solid_angle_pixel_map") => {
      const offer = OFFERED_CALIBRATIONS.find((each) =>
        each.release === release && each.product === product && !each.isOutdated
      )!;
      return virtualSource(calibrationFile(offer, detector, this.#writer));
    };
    return {
      spectral: await openSpectralMaps(source("spectral_wcs"), detector),
      solidAngle: await openDetectorMap(source("solid_angle_pixel_map"), detector),
    };
  }
}
