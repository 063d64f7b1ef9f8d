import type { SimulatedTarget } from "./simulated_target.ts";

/** What the simulated sky, survey and instrument are made from; equal options give equal pixels, to the bit. */
export interface SimulationOptions {
  /** Seed of everything that is drawn; 1 unless given. */
  readonly seed?: number;
  /** The sources that are asked for; none unless given. */
  readonly targets?: readonly SimulatedTarget[];
  /** Number of visits of every place by each detector, spread evenly over its wavelengths; 24 unless given. */
  readonly visitsPerDetector?: number;
  /** Fraction of the visits, the last in time, that belong to QR3; 0.25 unless given. */
  readonly qr3Fraction?: number;
  /** Ecliptic latitudes between which the survey observes, degrees; the whole sky unless given. */
  readonly eclipticLatitudesDeg?: readonly [number, number];
  /** Number of anonymous stars in a square degree; 600 unless given. */
  readonly fieldStarsPerSquareDegree?: number;
  /** Whether a position that a client asks for and that has no target gets one; true unless given. */
  readonly targetsOnRequest?: boolean;
  /** Whether pixels have noise; true unless given. */
  readonly noise?: boolean;
  /** Whether pixels have defects: bad pixels, cosmic rays, persistence; true unless given. */
  readonly defects?: boolean;
  /** What the VARIANCE plane is computed from: the observed rate, as in the archive (unless given), or the true one. */
  readonly variance?: "observed" | "true";
  /** Height of the brightest stripe of airglow in the worst exposure, MJy/sr; 0 unless given. */
  readonly airglowMJySr?: number;
  /** Which pixels have the SOURCE flag: those of known sources (unless given), or all, as near the Galactic plane. */
  readonly sourceFlags?: "sources" | "everywhere";
  /** Whether bright stars fill their pixels and bleed along columns; false unless given. */
  readonly saturation?: boolean;
  /** Share of pixels hit by cosmic rays that no flag tells of; 0 unless given. */
  readonly missedCosmicRays?: number;
}
