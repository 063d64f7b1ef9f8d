import { calibrationFileName } from "../spherex/calibration_products.ts";
import { isDetectorNumber } from "../spherex/bands.ts";
import type { Release } from "../spherex/release.ts";
import { calibrationFile, calibrationOfKey, OFFERED_CALIBRATIONS } from "./calibration_files.ts";
import { Level2Writer } from "./level2_writer.ts";
import type { Simulation } from "./simulation.ts";
import type { SurveyImage } from "./survey.ts";
import type { VirtualFile } from "./virtual_file.ts";
import { dateOfMjd, type Visit } from "./visits.ts";

/** A file or directory of the archive. */
export interface ArchiveEntry {
  /** Name in its directory. */
  readonly name: string;
  /** Bytes of a file; undefined for a directory. */
  readonly byteLength: number | undefined;
  /** When it was last changed, ISO 8601 in UTC. */
  readonly lastModified: string;
}

const RELEASES: readonly Release[] = ["QR2", "QR3"];
const DETECTORS = [1, 2, 3, 4, 5, 6] as const;
const START = "2025-07-01T00:00:00.000Z";

/** The files of the stand-in archive by their keys, such as `qr2/level2/2025W51_1A/l2b-v21-2025-354/3/level2_….fits`. */
export class ArchiveTree {
  /** Writes the Level-2 files. */
  readonly writer: Level2Writer;
  readonly #simulation: Simulation;
  readonly #lengths = new Map<string, number>();

  /** The archive of a simulation; `checksums` as in {@linkcode Level2Writer}. */
  constructor(simulation: Simulation, checksums = false) {
    this.#simulation = simulation;
    this.writer = new Level2Writer(simulation, checksums);
  }

  /** The image whose parent file has a key; undefined for other keys. */
  imageOfKey(key: string): SurveyImage | undefined {
    const image = this.#simulation.survey.imageOfFile(key);
    return image?.archiveKey === key ? image : undefined;
  }

  /** The file with a key, or undefined. */
  file(key: string): VirtualFile | undefined {
    const image = this.imageOfKey(key);
    if (image !== undefined) return this.writer.parent(image);
    const calibration = calibrationOfKey(key);
    if (calibration === undefined) return undefined;
    return calibrationFile(calibration.offer, calibration.detector, this.writer);
  }

  /** Bytes of the parent file of an image, without making it; all images of a release and detector are alike. */
  parentByteLength(image: SurveyImage): number {
    const key = `${image.exposure.visit.release} ${image.detector}`;
    return this.#length(key, () => this.writer.parent(image).byteLength);
  }

  /** What lies in a directory (a key without the final slash; empty for the root), by name; undefined when nothing does. */
  list(directory: string): ArchiveEntry[] | undefined {
    if (directory === "") return RELEASES.map((release) => folder(release.toLowerCase(), START));
    const [releaseName, product, ...rest] = directory.split("/");
    const release = RELEASES.find((name) => name.toLowerCase() === releaseName);
    if (release === undefined) return undefined;
    const entries = product === undefined
      ? this.#products(release)
      : product === "level2"
      ? this.#level2(release, rest)
      : this.#calibrations(release, product, rest);
    return entries.length === 0 ? undefined : entries.sort(byName);
  }

  #products(release: Release): ArchiveEntry[] {
    const offers = OFFERED_CALIBRATIONS.filter((offer) => offer.release === release);
    return [...new Set(offers.map(({ product }) => product)), "level2"].map((product) =>
      folder(product, START)
    );
  }

  /** Below a product: versions, detectors, one file. */
  #calibrations(release: Release, product: string, path: readonly string[]): ArchiveEntry[] {
    const [version, detectorName] = path;
    const offers = OFFERED_CALIBRATIONS.filter((offer) =>
      offer.release === release && offer.product === product
    );
    if (version === undefined) return offers.map((offer) => folder(offer.version, offer.lastModified));
    const offer = offers.find((each) => each.version === version);
    if (offer === undefined || path.length > 2) return [];
    const { detectors, lastModified } = offer;
    if (detectorName === undefined) return detectors.map((number) => folder(String(number), lastModified));
    const detector = detectors.find((number) => String(number) === detectorName);
    if (detector === undefined) return [];
    const measure = () => calibrationFile(offer, detector, this.writer).byteLength;
    const byteLength = this.#length(`${release} ${product} ${detector}`, measure);
    return [{ name: calibrationFileName(product, detector, version), byteLength, lastModified }];
  }

  /** Below `level2`: planning periods, processing versions, detectors, files. */
  #level2(release: Release, path: readonly string[]): ArchiveEntry[] {
    const [period, version, detectorName] = path;
    const { survey } = this.#simulation;
    const visits = survey.visits.filter((visit) => visit.release === release);
    if (period === undefined) return visits.map((visit) => folder(visit.planningPeriod, modified(visit)));
    const visit = visits.find(({ planningPeriod }) => planningPeriod === period);
    if (visit === undefined || path.length > 3) return [];
    if (version === undefined) return [folder(visit.processingVersion, modified(visit))];
    if (version !== visit.processingVersion) return [];
    if (detectorName === undefined) {
      return DETECTORS.map((detector) => folder(String(detector), modified(visit)));
    }
    const detector = Number(detectorName);
    if (!isDetectorNumber(detector)) return [];
    const names = survey.fileNames(visit, detector);
    const first = survey.imageOfFile(names[0]!)!;
    const byteLength = this.parentByteLength(first);
    return names.map((name) => ({ name, byteLength, lastModified: modified(visit) }));
  }

  #length(key: string, measure: () => number): number {
    let length = this.#lengths.get(key);
    if (length === undefined) this.#lengths.set(key, length = measure());
    return length;
  }
}

function folder(name: string, lastModified: string): ArchiveEntry {
  return { name, byteLength: undefined, lastModified };
}

function modified(visit: Visit): string {
  return dateOfMjd(visit.startMjd + 8).toISOString();
}

function byName(a: ArchiveEntry, b: ArchiveEntry): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
