import { hashWords } from "../core/random.ts";
import { PIXEL_FLAGS } from "../spherex/pixel_flags.ts";
import { MICRO_JY_PER_ARCSEC2_PER_MJY_SR } from "../spherex/units.ts";
import { Airglow } from "./airglow.ts";
import { detectorModel } from "./detector_model.ts";
import { STAMP_RADIUS_PIXELS, type StarStamp, starStamp } from "./detector_psf.ts";
import { type SkyPosition, solidAngleArcsec2 } from "./exposure_wcs.ts";
import { HALF_EXPOSURE_DAYS } from "./exposure_time.ts";
import { GALAXY_RADIUS_PIXELS, galaxyStamp } from "./galaxy_stamp.ts";
import { DefectRow, missedRay } from "./pixel_defects.ts";
import { FIELD, normalPixel } from "./pixel_noise.ts";
import { addBloom, saturated } from "./saturation.ts";
import type { Sky, SkySource } from "./sky.ts";
import { movedPosition } from "./source_motion.ts";
import { bandFluxMicroJy } from "./spectra.ts";
import { rippleX, rippleY, type SpectralMap, spectralMap } from "./spectral_map.ts";
import type { SurveyImage } from "./survey.ts";
import { ZodiacalLight } from "./zodiacal_light.ts";

/** A rectangle of pixels of a detector, 0-based. */
export interface PixelWindow {
  /** First column. */
  readonly x0: number;
  /** First row. */
  readonly y0: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** The planes of an image in a window, row by row. */
export interface ImagePlanes {
  /** Surface brightness, MJy/sr. */
  readonly image: Float32Array;
  /** Flag bits. */
  readonly flags: Int32Array;
  /** Variance, (MJy/sr)^2; NaN in some flagged pixels. */
  readonly variance: Float32Array;
  /** Model of the zodiacal light, MJy/sr. */
  readonly zodi: Float32Array;
}

/** What pixels are made of besides light. */
export interface RenderSettings {
  /** Seed. */
  readonly seed: number;
  /** Whether pixels have noise. */
  readonly noise: boolean;
  /** Whether pixels have defects. */
  readonly defects: boolean;
  /** What VARIANCE is computed from. */
  readonly variance: "observed" | "true";
  /** Height of the brightest stripe of airglow in the worst exposure, MJy/sr. */
  readonly airglowMJySr: number;
  /** Which pixels have the SOURCE flag. */
  readonly sourceFlags: "sources" | "everywhere";
  /** Whether bright stars fill their pixels and bleed along columns. */
  readonly saturation: boolean;
  /** Share of pixels hit by cosmic rays that no flag tells of. */
  readonly missedCosmicRays: number;
}

/** Variance in the dark, (MJy/sr)^2, and variance per MJy/sr of light, of each detector. */
const NOISE: readonly (readonly [number, number])[] = [
  [2.0e-4, 5.0e-4],
  [1.6e-4, 4.0e-4],
  [1.2e-4, 3.5e-4],
  [1.0e-4, 3.0e-4],
  [6.0e-4, 1.1e-3],
  [1.2e-3, 1.8e-3],
];
const SOURCE = PIXEL_FLAGS.value("SOURCE");
const OVERFLOW = PIXEL_FLAGS.value("OVERFLOW");
/** Light of stars above which a pixel is flagged OVERFLOW, MJy/sr. */
const OVERFLOW_MJY_SR = 5;
/** Fainter sources are not in the reference catalogue that SOURCE flags come from, microjansky. */
const FAINTEST_FLAGGED_MICRO_JY = 40;
const BLOCK_PIXELS = 128;

/** A star on the detector. */
interface PlacedStar {
  readonly x: number;
  readonly y: number;
  readonly fluxMicroJy: number;
  readonly stamp: StarStamp;
}

/**
 * Computes the pixels of one image. Each value is a function of seed, image and pixel alone, so that a cutout, rows
 * of the parent file and the whole parent agree to the bit.
 */
export class ImageRenderer {
  readonly #map: SpectralMap;
  readonly #zodiacal: ZodiacalLight;
  readonly #airglow: Airglow | undefined;
  readonly #pc: readonly [number, number, number, number];

  /** A renderer of one image of a sky. */
  constructor(readonly image: SurveyImage, readonly sky: Sky, readonly settings: RenderSettings) {
    this.#map = spectralMap(image.detector, image.solution);
    this.#zodiacal = new ZodiacalLight(settings.seed, image.exposure, image.detector);
    this.#airglow = settings.airglowMJySr > 0
      ? new Airglow(settings.seed, image.exposure, settings.airglowMJySr)
      : undefined;
    this.#pc = detectorModel(image.detector).pc;
  }

  /** The planes in a window, which must lie on the detector. */
  render(window: PixelWindow): ImagePlanes {
    const count = window.width * window.height;
    const planes: ImagePlanes = {
      image: new Float32Array(count),
      flags: new Int32Array(count),
      variance: new Float32Array(count),
      zodi: new Float32Array(count),
    };
    for (let y0 = 0; y0 < window.height; y0 += BLOCK_PIXELS) {
      for (let x0 = 0; x0 < window.width; x0 += BLOCK_PIXELS) {
        this.#renderBlock(window, {
          x0: window.x0 + x0,
          y0: window.y0 + y0,
          width: Math.min(BLOCK_PIXELS, window.width - x0),
          height: Math.min(BLOCK_PIXELS, window.height - y0),
        }, planes);
      }
    }
    return planes;
  }

  /** The stars whose light reaches a block, in the order of their positions on the sky. */
  #starsNear(block: PixelWindow): PlacedStar[] {
    const center = this.image.wcs.pixelToSky(block.x0 + block.width / 2, block.y0 + block.height / 2);
    const radiusPixels = Math.hypot(block.width, block.height) / 2 + 1.5 * (GALAXY_RADIUS_PIXELS + 1);
    const stars: PlacedStar[] = [];
    const radiusDeg = radiusPixels * 6.3 / 3600;
    for (const source of this.sky.sourcesNear(center.rightAscensionDeg, center.declinationDeg, radiusDeg)) {
      const moved = movedPosition(source, source.motion, this.image.exposure.mjdBegin + HALF_EXPOSURE_DAYS);
      const pixel = this.image.wcs.skyToPixel(moved.rightAscensionDeg, moved.declinationDeg);
      if (pixel === undefined) continue;
      const { x, y } = pixel;
      const margin = 1 + (source.profile === undefined ? STAMP_RADIUS_PIXELS : GALAXY_RADIUS_PIXELS);
      if (x < block.x0 - margin || x > block.x0 + block.width + margin) continue;
      if (y < block.y0 - margin || y > block.y0 + block.height + margin) continue;
      const flux = bandFluxMicroJy(
        source.spectrum,
        this.#map.wavelengthMicron(x, y),
        this.#map.bandwidthMicron(x, y),
      );
      stars.push({ x, y, fluxMicroJy: flux, stamp: this.#stamp(source, moved, pixel) });
    }
    return stars;
  }

  /** The light of a star or a galaxy. */
  #stamp(source: SkySource, moved: SkyPosition, { x, y }: { x: number; y: number }): StarStamp {
    const { detector, wcs } = this.image;
    if (source.profile === undefined) return starStamp(detector, x, y);
    const perDegree = Math.cos(moved.declinationDeg * Math.PI / 180);
    return galaxyStamp(detector, source.profile, (east, north) => {
      const rightAscensionDeg = moved.rightAscensionDeg + east / 3600 / perDegree;
      return wcs.skyToPixel(rightAscensionDeg, moved.declinationDeg + north / 3600)!;
    });
  }

  #renderBlock(window: PixelWindow, block: PixelWindow, planes: ImagePlanes): void {
    const light = new Float64Array(block.width * block.height);
    const sourceFlags = new Int32Array(light.length);
    if (this.settings.sourceFlags === "everywhere") sourceFlags.fill(SOURCE);
    for (const star of this.#starsNear(block)) {
      addStar(star, block, light);
      if (star.fluxMicroJy >= FAINTEST_FLAGGED_MICRO_JY) flagStar(star, block, sourceFlags);
      if (this.settings.saturation) this.#bloom(star, block, light, sourceFlags);
    }
    for (let row = 0; row < block.height; row++) {
      this.#renderRow(window, block, row, light, sourceFlags, planes);
    }
  }

  #bloom(star: PlacedStar, block: PixelWindow, light: Float64Array, flags: Int32Array): void {
    const { stamp, x, y, fluxMicroJy } = star;
    const omega = solidAngleArcsec2(this.image.detector, this.#pc, Math.round(x), Math.round(y));
    const microJyPerMJySr = omega * MICRO_JY_PER_ARCSEC2_PER_MJY_SR;
    const peak = fluxMicroJy * stamp.fractions[stamp.fractions.length >> 1]! / microJyPerMJySr;
    addBloom(star, peak, block, microJyPerMJySr, light, flags);
  }

  #renderRow(
    window: PixelWindow,
    block: PixelWindow,
    row: number,
    light: Float64Array,
    sourceFlags: Int32Array,
    planes: ImagePlanes,
  ): void {
    const { seed, noise, defects, variance, saturation, missedCosmicRays } = this.settings;
    const { detector, exposure } = this.image;
    const y = block.y0 + row;
    const noiseKey = hashWords(seed, FIELD.imageNoise, exposure.key, detector, y);
    const defectRow = new DefectRow(seed, exposure.key, detector, y);
    const [dark, perLight] = NOISE[detector - 1]!;
    const [c0, c1, c2] = this.#map.rowCoefficients(y);
    const ripple = rippleY(y);
    const rayKey = hashWords(seed, FIELD.missedRays, exposure.key, detector, y);
    for (let column = 0; column < block.width; column++) {
      const x = block.x0 + column;
      const from = row * block.width + column;
      const to = (y - window.y0) * window.width + x - window.x0;
      const wavelength = c0 + x * (c1 + x * c2) + rippleX(x) * ripple;
      const zodi = this.#zodiacal.modelMJySr(x, y, wavelength);
      const omega = solidAngleArcsec2(detector, this.#pc, x, y);
      const shining = light[from]! / (omega * MICRO_JY_PER_ARCSEC2_PER_MJY_SR);
      const full = saturation ? saturated(shining) : { starsMJySr: shining, flags: 0 };
      const stars = full.starsMJySr;
      const rate = stars + this.#zodiacal.trueMJySr(zodi) +
        (this.#airglow?.rateMJySr(wavelength, this.#map.bandwidthMicron(x, y)) ?? 0);
      const sigma = Math.sqrt(dark + perLight * rate);
      let flags = sourceFlags[from]! | full.flags | (stars > OVERFLOW_MJY_SR ? OVERFLOW : 0);
      let value = noise ? rate + sigma * normalPixel(noiseKey, x) : rate;
      let spread = dark + perLight * (variance === "true" ? rate : Math.max(0, value));
      if (defects) {
        flags |= defectRow.flags(x);
        value = defectRow.spoiled(x, flags, value, sigma);
        if (defectRow.hasNoVariance(x, flags)) spread = NaN;
      }
      if (missedCosmicRays > 0) value += sigma * missedRay(rayKey, x, missedCosmicRays);
      planes.image[to] = value;
      planes.variance[to] = spread;
      planes.flags[to] = flags;
      planes.zodi[to] = zodi;
    }
  }
}

/** Adds a star's light, microjansky, to the pixels of a block. */
function addStar(star: PlacedStar, block: PixelWindow, light: Float64Array): void {
  const { x0, y0, size, fractions } = star.stamp;
  const firstX = Math.max(x0, block.x0);
  const lastX = Math.min(x0 + size, block.x0 + block.width);
  const lastY = Math.min(y0 + size, block.y0 + block.height);
  for (let y = Math.max(y0, block.y0); y < lastY; y++) {
    for (let x = firstX; x < lastX; x++) {
      light[(y - block.y0) * block.width + x - block.x0]! += star.fluxMicroJy *
        fractions[(y - y0) * size + x - x0]!;
    }
  }
}

/** Marks the pixels of a block that the source mask gives to a star; brighter stars get more. */
function flagStar(star: PlacedStar, block: PixelWindow, sourceFlags: Int32Array): void {
  const radius = Math.min(
    STAMP_RADIUS_PIXELS,
    1.6 + 0.9 * Math.log10(star.fluxMicroJy / FAINTEST_FLAGGED_MICRO_JY),
  );
  const lastX = Math.min(block.x0 + block.width - 1, Math.floor(star.x + radius));
  const lastY = Math.min(block.y0 + block.height - 1, Math.floor(star.y + radius));
  for (let y = Math.max(block.y0, Math.ceil(star.y - radius)); y <= lastY; y++) {
    for (let x = Math.max(block.x0, Math.ceil(star.x - radius)); x <= lastX; x++) {
      if ((x - star.x) ** 2 + (y - star.y) ** 2 > radius * radius) continue;
      const i = (y - block.y0) * block.width + x - block.x0;
      sourceFlags[i] = sourceFlags[i]! | SOURCE;
    }
  }
}
