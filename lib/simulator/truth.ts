import type { DetectorNumber } from "../spherex/bands.ts";
import type { Release } from "../spherex/release.ts";

/** What is true of a target in one image of the simulation. */
export interface TruthRow {
  /** Name of the target. */
  readonly name: string;
  /** Right ascension of the source, ICRS degrees. */
  readonly rightAscensionDeg: number;
  /** Declination of the source, ICRS degrees. */
  readonly declinationDeg: number;
  /** Observation, such as `2025W51_1A_0684_2`. */
  readonly observationId: string;
  /** Detector, 1 to 6. */
  readonly detector: DetectorNumber;
  /** Release that the image belongs to. */
  readonly release: Release;
  /** Name of the parent file. */
  readonly fileName: string;
  /** Middle of the exposure, MJD (UTC). */
  readonly mjdAvg: number;
  /** 0-based column of the source on the parent detector. */
  readonly detectorX: number;
  /** 0-based row of the source on the parent detector. */
  readonly detectorY: number;
  /** Sub-pixel phase in x: distance from the centre of the nearest pixel, -0.5 to 0.5. */
  readonly phaseX: number;
  /** Sub-pixel phase in y. */
  readonly phaseY: number;
  /** Central wavelength at the source, micron. */
  readonly wavelengthMicron: number;
  /** Bandwidth at the source, micron. */
  readonly bandwidthMicron: number;
  /** Flux density of the source in the bandpass of this image, microjansky. */
  readonly fluxMicroJy: number;
}

const COLUMNS: readonly (readonly [string, keyof TruthRow])[] = [
  ["name", "name"],
  ["ra_deg", "rightAscensionDeg"],
  ["dec_deg", "declinationDeg"],
  ["observation_id", "observationId"],
  ["detector", "detector"],
  ["release", "release"],
  ["file_name", "fileName"],
  ["mjd_avg", "mjdAvg"],
  ["detector_x", "detectorX"],
  ["detector_y", "detectorY"],
  ["phase_x", "phaseX"],
  ["phase_y", "phaseY"],
  ["wavelength_um", "wavelengthMicron"],
  ["bandwidth_um", "bandwidthMicron"],
  ["flux_ujy", "fluxMicroJy"],
];

/** Writes truth rows as CSV with a header line. */
export function truthCsv(rows: Iterable<TruthRow>): string {
  const lines = [COLUMNS.map(([column]) => column).join(",")];
  for (const row of rows) lines.push(COLUMNS.map(([, key]) => quoted(String(row[key]))).join(","));
  return lines.join("\n") + "\n";
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
