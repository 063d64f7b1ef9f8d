const DEGREE = Math.PI / 180;
/** Cells never become smaller than this, so that their numbers stay exact. */
const SMALLEST_CELL_DEG = 0.1 / 3600;
/** Points that one cell remembers; more in one place say nothing new. */
const POINTS_PER_CELL = 16;

/** Two places nearer to each other than the tolerance. */
export interface NearPair {
  /** Index of the earlier one. */
  readonly first: number;
  /** Index of the later one. */
  readonly second: number;
  /** Their distance in arcseconds. */
  readonly separationArcsec: number;
}

/** The distance of two places in degrees, exact for small ones (haversine formula). */
function separationDeg(ra1: number, dec1: number, ra2: number, dec2: number): number {
  const sinDec = Math.sin((dec2 - dec1) * DEGREE / 2);
  const sinRa = Math.sin((ra2 - ra1) * DEGREE / 2);
  const h = sinDec * sinDec + Math.cos(dec1 * DEGREE) * Math.cos(dec2 * DEGREE) * sinRa * sinRa;
  return 2 * Math.asin(Math.min(1, Math.sqrt(h))) / DEGREE;
}

/** The sky in bands of declination, each cut into cells that are at least as wide as the tolerance. */
class SkyGrid {
  readonly #cellDeg: number;
  readonly #bandCount: number;
  readonly #cells = new Map<number, number[]>();

  constructor(toleranceDeg: number) {
    this.#cellDeg = Math.max(toleranceDeg, SMALLEST_CELL_DEG);
    this.#bandCount = Math.ceil(180 / this.#cellDeg);
  }

  /** The band of a declination. */
  bandOf(dec: number): number {
    return Math.min(this.#bandCount - 1, Math.floor((dec + 90) / this.#cellDeg));
  }

  /** How many cells a band has; one at the poles. */
  #cellCount(band: number): number {
    const edgeDec = Math.min(
      90,
      Math.max(Math.abs(band * this.#cellDeg - 90), Math.abs((band + 1) * this.#cellDeg - 90)),
    );
    return Math.max(1, Math.floor(360 * Math.cos(edgeDec * DEGREE) / this.#cellDeg));
  }

  #key(band: number, cell: number): number {
    return band * 2 ** 24 + cell;
  }

  /** Remembers a place. */
  add(index: number, ra: number, dec: number): void {
    const band = this.bandOf(dec);
    const key = this.#key(band, Math.floor(ra / 360 * this.#cellCount(band)));
    const points = this.#cells.get(key);
    if (points === undefined) this.#cells.set(key, [index]);
    else if (points.length < POINTS_PER_CELL) points.push(index);
  }

  /** Visits the places that may lie within the tolerance. */
  *near(ra: number, dec: number): Generator<number> {
    const middle = this.bandOf(dec);
    for (let band = Math.max(0, middle - 1); band <= Math.min(this.#bandCount - 1, middle + 1); band++) {
      const count = this.#cellCount(band);
      const cell = Math.floor(ra / 360 * count);
      const around = count < 3
        ? [...Array(count).keys()]
        : [(cell + count - 1) % count, cell, (cell + 1) % count];
      for (const neighbor of around) yield* this.#cells.get(this.#key(band, neighbor)) ?? [];
    }
  }
}

/**
 * Finds places on the sky that are nearer to an earlier one than the tolerance; each is paired with the nearest earlier
 * one. The work grows with the number of places, not with its square.
 *
 * @param rightAscensionsDeg Right ascensions, degrees from 0 to below 360.
 * @param declinationsDeg Declinations, degrees.
 * @param toleranceArcsec Tolerance; 0 or less finds nothing.
 */
export function nearPairs(
  rightAscensionsDeg: ArrayLike<number>,
  declinationsDeg: ArrayLike<number>,
  toleranceArcsec: number,
): NearPair[] {
  if (!(toleranceArcsec > 0)) return [];
  const toleranceDeg = toleranceArcsec / 3600;
  const grid = new SkyGrid(toleranceDeg);
  const pairs: NearPair[] = [];
  for (let second = 0; second < rightAscensionsDeg.length; second++) {
    const [ra, dec] = [rightAscensionsDeg[second]!, declinationsDeg[second]!];
    let [first, distance] = [-1, Infinity];
    for (const index of grid.near(ra, dec)) {
      const candidate = separationDeg(ra, dec, rightAscensionsDeg[index]!, declinationsDeg[index]!);
      if (candidate <= toleranceDeg && candidate < distance) [first, distance] = [index, candidate];
    }
    if (first >= 0) pairs.push({ first, second, separationArcsec: distance * 3600 });
    grid.add(second, ra, dec);
  }
  return pairs;
}
