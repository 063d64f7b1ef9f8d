import { hashText, hashWords, SeededRandom } from "../core/random.ts";
import { angularSeparationDeg, offsetPosition } from "../math/sphere.ts";
import { FIELD } from "./pixel_noise.ts";
import type {
  SimulatedMotion,
  SimulatedNeighbour,
  SimulatedProfile,
  SimulatedSpectrum,
  SimulatedTarget,
} from "./simulated_target.ts";
import { drawStar, drawTargetSpectrum } from "./spectra.ts";

/** A source of light. */
export interface SkySource {
  /** Right ascension, ICRS degrees. */
  readonly rightAscensionDeg: number;
  /** Declination, ICRS degrees. */
  readonly declinationDeg: number;
  /** The spectrum. */
  readonly spectrum: SimulatedSpectrum;
  /** Shape of a galaxy; a star when absent. */
  readonly profile?: SimulatedProfile | undefined;
  /** Proper motion; none when absent. */
  readonly motion?: SimulatedMotion | undefined;
}

/** A target with the spectrum and the neighbours that it has in this sky. */
export interface PlacedTarget extends SimulatedTarget {
  /** The spectrum; null when there is no light. */
  readonly spectrum: SimulatedSpectrum | null;
  /** The neighbours; empty when there are none. */
  readonly neighbours: readonly SimulatedNeighbour[];
}

const CELL_DEG = 0.1;
/** Field stars keep this distance from targets, so that the truth of a target is its own. */
const CLEARING_DEG = 14 / 3600;
/** Farthest neighbour of a target. */
const NEIGHBOUR_REACH_DEG = 60 / 3600;
/** A position that is asked for gets a target of its own unless one lies this close. */
const SAME_TARGET_DEG = 20 / 3600;
const MAX_CACHED_CELLS = 4096;

/** The simulated sky: targets with neighbours, and stars that are a function of seed and position. */
export class Sky {
  readonly #seed: number;
  readonly #starsPerCell: number;
  readonly #targets: PlacedTarget[] = [];
  readonly #targetsOfCell = new Map<number, PlacedTarget[]>();
  #cells = new Map<number, SkySource[]>();

  /** A sky with the given targets and number of other stars in a square degree. */
  constructor(seed: number, targets: readonly SimulatedTarget[], starsPerSquareDegree: number) {
    this.#seed = seed;
    this.#starsPerCell = starsPerSquareDegree * CELL_DEG ** 2;
    for (const target of targets) this.#add(target, hashText(target.name));
  }

  /** All targets so far. */
  get targets(): readonly PlacedTarget[] {
    return this.#targets;
  }

  /** The target of a name, or the closest one within 2 arcseconds of a position; undefined when there is none. */
  target(
    key: string | { readonly rightAscensionDeg: number; readonly declinationDeg: number },
  ): PlacedTarget | undefined {
    if (typeof key === "string") return this.#targets.find(({ name }) => name === key);
    return this.#closest(key.rightAscensionDeg, key.declinationDeg, 2 / 3600);
  }

  /** Makes a target at a position that is asked for, unless one lies within 20 arcseconds. */
  request(rightAscensionDeg: number, declinationDeg: number): void {
    if (this.#closest(rightAscensionDeg, declinationDeg, SAME_TARGET_DEG) !== undefined) return;
    const name = `REQ_${rightAscensionDeg.toFixed(5)}_${declinationDeg.toFixed(5)}`;
    const words = [Math.round(rightAscensionDeg * 1e4), Math.round(declinationDeg * 1e4)];
    this.#add({ name, rightAscensionDeg, declinationDeg }, hashWords(...words));
  }

  /** All sources within a distance of a position (and some beyond), in an order that depends on the sources alone. */
  sourcesNear(rightAscensionDeg: number, declinationDeg: number, radiusDeg: number): SkySource[] {
    const near: PlacedTarget[] = [];
    const sources: SkySource[] = [];
    const reach = radiusDeg + NEIGHBOUR_REACH_DEG;
    const cells = cellsNear(rightAscensionDeg, declinationDeg, reach);
    for (const cell of cells) near.push(...this.#targetsOfCell.get(cell) ?? []);
    for (const target of near) sources.push(...sourcesOfTarget(target));
    for (const cell of cells) {
      for (const star of this.#stars(cell)) {
        if (!near.some((target) => isWithin(target, star, CLEARING_DEG))) sources.push(star);
      }
    }
    const center = { rightAscensionDeg, declinationDeg };
    return sources.filter((source) => isWithin(center, source, reach)).sort((a, b) =>
      a.declinationDeg - b.declinationDeg || a.rightAscensionDeg - b.rightAscensionDeg
    );
  }

  #closest(rightAscensionDeg: number, declinationDeg: number, withinDeg: number): PlacedTarget | undefined {
    let best: PlacedTarget | undefined;
    let bestDeg = withinDeg;
    for (const cell of cellsNear(rightAscensionDeg, declinationDeg, withinDeg)) {
      for (const target of this.#targetsOfCell.get(cell) ?? []) {
        const distance = angularSeparationDeg(
          rightAscensionDeg,
          declinationDeg,
          target.rightAscensionDeg,
          target.declinationDeg,
        );
        if (distance <= bestDeg) [best, bestDeg] = [target, distance];
      }
    }
    return best;
  }

  #add(target: SimulatedTarget, identity: number): void {
    const seed = hashWords(this.#seed, FIELD.target, identity);
    const placed: PlacedTarget = {
      ...target,
      spectrum: target.spectrum === undefined ? drawTargetSpectrum(seed) : target.spectrum,
      neighbours: target.neighbours ?? drawNeighbours(hashWords(seed, 1)),
    };
    this.#targets.push(placed);
    const cell = cellOf(target.rightAscensionDeg, target.declinationDeg);
    const others = this.#targetsOfCell.get(cell);
    if (others === undefined) this.#targetsOfCell.set(cell, [placed]);
    else others.push(placed);
  }

  #stars(cell: number): SkySource[] {
    const known = this.#cells.get(cell);
    if (known !== undefined) return known;
    if (this.#cells.size >= MAX_CACHED_CELLS) this.#cells = new Map();
    const stars = this.#drawStars(cell);
    this.#cells.set(cell, stars);
    return stars;
  }

  #drawStars(cell: number): SkySource[] {
    const random = new SeededRandom(hashWords(this.#seed, FIELD.stars, cell));
    const row = Math.floor(cell / CELLS_PER_ROW);
    const columns = columnsOfRow(row);
    const area = (360 / columns) * Math.cos((row + 0.5) * CELL_DEG * DEGREE - Math.PI / 2) / CELL_DEG;
    const count = Math.floor(this.#starsPerCell * area + random.uniform());
    return Array.from({ length: count }, () => ({
      rightAscensionDeg: (cell % CELLS_PER_ROW + random.uniform()) * 360 / columns,
      declinationDeg: (row + random.uniform()) * CELL_DEG - 90,
      spectrum: drawStar(random, ...starFluxRange(random)),
    }));
  }
}

const DEGREE = Math.PI / 180;
const CELLS_PER_ROW = 4096;

/** Ten times fewer stars for a flux ten times as high. */
function starFluxRange(random: SeededRandom): [number, number] {
  const faintest = Math.min(10000, 20 / Math.max(1e-4, random.uniform()));
  return [faintest, faintest * 1.2];
}

function columnsOfRow(row: number): number {
  return Math.max(1, Math.floor(360 * Math.cos((row + 0.5) * CELL_DEG * DEGREE - Math.PI / 2) / CELL_DEG));
}

function rowOf(declinationDeg: number): number {
  return Math.max(0, Math.min(1799, Math.floor((declinationDeg + 90) / CELL_DEG)));
}

function cellOf(rightAscensionDeg: number, declinationDeg: number): number {
  const row = rowOf(declinationDeg);
  const columns = columnsOfRow(row);
  const turned = (rightAscensionDeg % 360 + 360) % 360;
  return row * CELLS_PER_ROW + Math.min(columns - 1, Math.floor(turned / 360 * columns));
}

/** The cells that a circle touches, and a few more. */
function cellsNear(rightAscensionDeg: number, declinationDeg: number, radiusDeg: number): number[] {
  const cells: number[] = [];
  const last = rowOf(declinationDeg + radiusDeg);
  for (let row = rowOf(declinationDeg - radiusDeg); row <= last; row++) {
    const columns = columnsOfRow(row);
    const edge = Math.min(89.999, Math.abs(declinationDeg) + radiusDeg) * DEGREE;
    const reach = Math.min(180, radiusDeg / Math.cos(edge));
    const first = Math.floor((rightAscensionDeg - reach) / 360 * columns);
    const count = Math.min(columns, Math.floor((rightAscensionDeg + reach) / 360 * columns) - first + 1);
    for (let step = 0; step < count; step++) {
      cells.push(row * CELLS_PER_ROW + (((first + step) % columns) + columns) % columns);
    }
  }
  return cells;
}

type Position = { readonly rightAscensionDeg: number; readonly declinationDeg: number };

function isWithin(a: Position, b: Position, distanceDeg: number): boolean {
  if (Math.abs(a.declinationDeg - b.declinationDeg) > distanceDeg) return false;
  return angularSeparationDeg(a.rightAscensionDeg, a.declinationDeg, b.rightAscensionDeg, b.declinationDeg) <=
    distanceDeg;
}

function sourcesOfTarget(target: PlacedTarget): SkySource[] {
  const { rightAscensionDeg, declinationDeg, spectrum, profile, motion } = target;
  const sources: SkySource[] = spectrum === null
    ? []
    : [{ rightAscensionDeg, declinationDeg, spectrum, profile, motion }];
  for (const { positionAngleDeg, separationArcsec, spectrum } of target.neighbours) {
    const place = offsetPosition(
      rightAscensionDeg,
      declinationDeg,
      positionAngleDeg,
      separationArcsec / 3600,
    );
    sources.push({ ...place, spectrum });
  }
  return sources;
}

/** No neighbour for most targets, else one or two between 9 and 35 arcseconds. */
function drawNeighbours(seed: number): SimulatedNeighbour[] {
  const random = new SeededRandom(seed);
  const kind = random.uniform();
  return Array.from({ length: kind < 0.6 ? 0 : kind < 0.9 ? 1 : 2 }, () => ({
    positionAngleDeg: 360 * random.uniform(),
    separationArcsec: 9 + 26 * random.uniform(),
    spectrum: drawStar(random, 40, 3000),
  }));
}
