import { DETECTOR_SIZE_PIXELS, type DetectorNumber, PIXEL_SCALE_ARCSEC } from "../spherex/bands.ts";
import { level2ArchiveKey, level2FileName, parseLevel2FileName } from "../spherex/file_names.ts";
import { detectorModel } from "./detector_model.ts";
import { eclipticNorthAngleDeg, eclipticOf, equatorialOf } from "./ecliptic.ts";
import { ExposureWcs, type SkyPosition } from "./exposure_wcs.ts";
import { FIELD, uniformAt } from "./pixel_noise.ts";
import type { SpectralSolution } from "./spectral_map.ts";
import { makeVisits, type Visit } from "./visits.ts";

/** One observation: six detectors exposed at once. */
export interface Exposure {
  /** Number that is different for every exposure. */
  readonly key: number;
  /** Pass of the survey. */
  readonly visit: Visit;
  /** Observation, such as `2025W51_1A_0684_2`. */
  readonly observationId: string;
  /** Start, MJD (UTC). */
  readonly mjdBegin: number;
  /** Ecliptic latitude of the pointing, degrees. */
  readonly eclipticLatitudeDeg: number;
}

/** One image: one detector in one exposure. */
export interface SurveyImage {
  /** The exposure. */
  readonly exposure: Exposure;
  /** The detector. */
  readonly detector: DetectorNumber;
  /** Its celestial WCS. */
  readonly wcs: ExposureWcs;
  /** Direction of the detector's y axis, degrees east of ecliptic north: near 0 in the north, near 180 in the south. */
  readonly eclipticAngleDeg: number;
  /** Which wavelengths its pixels see. */
  readonly solution: SpectralSolution;
  /** Name of its file. */
  readonly fileName: string;
  /** Key of its file below the archive's root. */
  readonly archiveKey: string;
}

/** An image with the 0-based pixel of a position on it. */
export interface CoveringImage {
  /** The image. */
  readonly image: SurveyImage;
  /** Column. */
  readonly x: number;
  /** Row. */
  readonly y: number;
}

/** A row of tiles along a parallel of ecliptic latitude. */
interface TileRow {
  readonly latitudeDeg: number;
  readonly tiles: number;
  readonly firstTile: number;
  readonly offset: number;
}

/** Pitch of the tiles: less than the detector's size, so that tilted neighbours leave no gap. */
const TILE_DEG = 1840 * PIXEL_SCALE_ARCSEC / 3600;
const DAYS_PER_EXPOSURE = 0.0014;
const TILES_PER_VISIT = 16384;
const SEARCH_DEG = 2.6;

/**
 * The simulated survey. Every visit tiles the sky in rows along the ecliptic; the rows of each visit are shifted so
 * that a source falls on evenly spaced heights of the detectors, and so on evenly spaced wavelengths.
 */
export class Survey {
  /** The visits in order of time. */
  readonly visits: readonly Visit[];
  readonly #seed: number;
  readonly #latitudesDeg: readonly [number, number];
  readonly #rows: TileRow[][] = [];
  readonly #visitOfPeriod: ReadonlyMap<string, Visit>;

  /**
   * A survey of `visitCount` visits, the last `qr3Count` of which belong to QR3; of the rows along the ecliptic only those
   * in `latitudesDeg` are observed.
   */
  constructor(
    seed: number,
    visitCount: number,
    qr3Count: number,
    latitudesDeg: readonly [number, number] = [-90, 90],
  ) {
    this.#seed = seed;
    this.#latitudesDeg = latitudesDeg;
    this.visits = makeVisits(seed, visitCount, qr3Count);
    this.#visitOfPeriod = new Map(this.visits.map((visit) => [visit.planningPeriod, visit]));
  }

  /** The image of a Level-2 file name (or path), or undefined when the survey has no such file. */
  imageOfFile(path: string): SurveyImage | undefined {
    const name = parseLevel2FileName(path);
    const visit = name === undefined ? undefined : this.#visitOfPeriod.get(name.planningPeriod);
    if (name === undefined || visit?.processingVersion !== name.processingVersion) return undefined;
    const tile = (name.largeSlew - 1) * 4 + name.smallSlew - 1;
    const row = this.#tileRows(visit).findLast(({ firstTile }) => firstTile <= tile);
    if (name.largeSlew < 1 || name.smallSlew < 1 || name.smallSlew > 4) return undefined;
    if (row === undefined || tile >= row.firstTile + row.tiles) return undefined;
    return this.#image(visit, row, tile - row.firstTile, name.detector);
  }

  /**
   * The images whose light-sensitive area, widened by `marginPixels` on all sides, holds a position; in order of time,
   * then detector.
   */
  imagesCovering(rightAscensionDeg: number, declinationDeg: number, marginPixels = 0): CoveringImage[] {
    const covering: CoveringImage[] = [];
    const low = -0.5 - marginPixels;
    const high = DETECTOR_SIZE_PIXELS - 0.5 + marginPixels;
    const reach = SEARCH_DEG + marginPixels * PIXEL_SCALE_ARCSEC / 3600;
    for (const visit of this.visits) {
      for (const image of this.#imagesNear(visit, rightAscensionDeg, declinationDeg, reach)) {
        const pixel = image.wcs.skyToPixel(rightAscensionDeg, declinationDeg);
        if (pixel === undefined) continue;
        const { x, y } = pixel;
        if (x >= low && x < high && y >= low && y < high) covering.push({ image, x, y });
      }
    }
    return covering.sort((a, b) =>
      a.image.exposure.mjdBegin - b.image.exposure.mjdBegin || a.image.detector - b.image.detector
    );
  }

  /** All images whose exposure starts in an interval, in order of time, then detector. */
  *imagesBetween(firstMjd: number, lastMjd: number): Generator<SurveyImage> {
    for (const visit of this.visits) {
      for (const row of this.#tileRows(visit)) {
        for (let tile = 0; tile < row.tiles; tile++) {
          const mjd = mjdOfTile(visit, row.firstTile + tile);
          if (mjd < firstMjd || mjd > lastMjd) continue;
          for (let detector = 1; detector <= 6; detector++) {
            yield this.#image(visit, row, tile, detector as DetectorNumber);
          }
        }
      }
    }
  }

  /** The names of all files of a detector in a visit, in order of time. */
  fileNames(visit: Visit, detector: DetectorNumber): string[] {
    const { processingVersion } = visit;
    return this.#tileRows(visit).flatMap(({ tiles, firstTile }) =>
      Array.from({ length: tiles }, (_, tile) => {
        const observationId = observationIdOf(visit, firstTile + tile);
        return level2FileName({ observationId, detector, processingVersion });
      })
    );
  }

  *#imagesNear(
    visit: Visit,
    rightAscensionDeg: number,
    declinationDeg: number,
    reachDeg: number,
  ): Generator<SurveyImage> {
    const { longitudeDeg, latitudeDeg } = eclipticOf(rightAscensionDeg, declinationDeg);
    for (const row of this.#tileRows(visit)) {
      if (Math.abs(row.latitudeDeg - latitudeDeg) > reachDeg) continue;
      const cosine = Math.cos(Math.min(89.9, Math.abs(latitudeDeg) + 0.1) * Math.PI / 180);
      const perTile = 360 / row.tiles;
      const reach = Math.min(row.tiles, Math.ceil(reachDeg / cosine / perTile * 2 + 1));
      const first = Math.floor(longitudeDeg / perTile - row.offset - reach / 2);
      for (let step = 0; step <= reach && step < row.tiles; step++) {
        for (let detector = 1; detector <= 6; detector++) {
          const tile = modulo(first + step - pairOf(detector), row.tiles);
          yield this.#image(visit, row, tile, detector as DetectorNumber);
        }
      }
    }
  }

  #tileRows(visit: Visit): TileRow[] {
    const known = this.#rows[visit.index];
    if (known !== undefined) return known;
    const rows: TileRow[] = [];
    let firstTile = 0;
    for (let k = 0;; k++) {
      const latitude = -90 + (k + visit.phase - 0.5) * TILE_DEG;
      if (latitude - TILE_DEG / 2 >= 90) break;
      const latitudeDeg = Math.max(-89.95, Math.min(89.95, latitude));
      const widest = Math.max(0, Math.abs(latitudeDeg) - TILE_DEG / 2) * Math.PI / 180;
      const tiles = Math.ceil(360 * Math.cos(widest) / TILE_DEG);
      const offset = uniformAt(this.#seed, FIELD.tiling, visit.index, k);
      const [low, high] = this.#latitudesDeg;
      if (latitudeDeg >= low && latitudeDeg <= high) rows.push({ latitudeDeg, tiles, firstTile, offset });
      firstTile += tiles;
    }
    return this.#rows[visit.index] = rows;
  }

  /** The image of a detector in observation `tile` of a row; the three pairs of detectors see neighbouring tiles. */
  #image(visit: Visit, row: TileRow, tile: number, detector: DetectorNumber): SurveyImage {
    const exposure = this.#exposure(visit, row, tile);
    const pair = pairOf(detector);
    const words = [this.#seed, FIELD.pointing, exposure.key, pair] as const;
    const jitterDeg = 6 * PIXEL_SCALE_ARCSEC / 3600;
    const longitude = (modulo(tile + pair, row.tiles) + row.offset) * 360 / row.tiles;
    const center = rounded(equatorialOf(
      longitude + jitterDeg * (uniformAt(...words, 1) - 0.5) / Math.cos(row.latitudeDeg * Math.PI / 180),
      Math.max(-90, Math.min(90, row.latitudeDeg + jitterDeg * (uniformAt(...words, 2) - 0.5))),
    ));
    const flip = row.latitudeDeg < 0 ? 180 : 0;
    const eclipticAngleDeg = flip + 0.5 * (uniformAt(...words, 3) - 0.5);
    const parts = {
      observationId: exposure.observationId,
      detector,
      processingVersion: visit.processingVersion,
    };
    return {
      exposure,
      detector,
      wcs: new ExposureWcs(
        detector,
        center,
        rotatedPc(detector, eclipticNorthAngleDeg(center) + eclipticAngleDeg),
      ),
      eclipticAngleDeg,
      solution: visit.release === "QR3" ? "QR3" : "QR2",
      fileName: level2FileName(parts),
      archiveKey: level2ArchiveKey(visit.release, parts),
    };
  }

  #exposure(visit: Visit, row: TileRow, tile: number): Exposure {
    const number = row.firstTile + tile;
    return {
      key: visit.index * TILES_PER_VISIT + number,
      visit,
      observationId: observationIdOf(visit, number),
      mjdBegin: mjdOfTile(visit, number),
      eclipticLatitudeDeg: row.latitudeDeg,
    };
  }
}

/** When the exposure of a tile starts. */
function mjdOfTile(visit: Visit, tileNumber: number): number {
  return visit.startMjd + tileNumber * DAYS_PER_EXPOSURE;
}

/** The observation of a tile: four small slews make a large one. */
function observationIdOf(visit: Visit, tileNumber: number): string {
  const largeSlew = String(Math.floor(tileNumber / 4) + 1).padStart(4, "0");
  return `${visit.planningPeriod}_${largeSlew}_${tileNumber % 4 + 1}`;
}

/** Detectors 1 and 4, 2 and 5, 3 and 6 see the same sky. */
function pairOf(detector: number): number {
  return (detector - 1) % 3;
}

function modulo(a: number, n: number): number {
  return ((a % n) + n) % n;
}

/** A position as a header can hold it: ten digits after the point. */
function rounded(position: SkyPosition): SkyPosition {
  return {
    rightAscensionDeg: Number(position.rightAscensionDeg.toFixed(10)),
    declinationDeg: Number(position.declinationDeg.toFixed(10)),
  };
}

/**
 * The PC matrix of a detector whose rows lie across the direction `positionAngleDeg` east of north (the axes are not
 * quite at right angles), as a header can hold it.
 */
function rotatedPc(detector: DetectorNumber, positionAngleDeg: number): [number, number, number, number] {
  const [a, b, c, d] = detectorModel(detector).pc;
  const turn = positionAngleDeg * Math.PI / 180 - (Math.atan2(a, c) + Math.PI / 2);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const turned = [a * cos + c * sin, b * cos + d * sin, c * cos - a * sin, d * cos - b * sin] as const;
  return turned.map((value) => Number(value.toPrecision(12))) as [number, number, number, number];
}
