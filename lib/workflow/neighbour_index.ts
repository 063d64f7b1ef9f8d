import { angularSeparationDeg } from "../math/sphere.ts";
import type { FitTarget } from "./fit_job.ts";

/** Sources further away than this have no light in the box that is fitted, arcseconds. */
const REACH_ARCSEC = 100;
/** Sources nearer than this are the target itself under another name, arcseconds. */
const SAME_SOURCE_ARCSEC = 1.5;

/** The known sources around targets: what is fitted with them. */
export class NeighbourIndex {
  /** In order of declination. */
  readonly #sources: readonly FitTarget[];

  /** An index of these sources; targets may be among them. */
  constructor(sources: readonly FitTarget[]) {
    this.#sources = sources.toSorted((a, b) =>
      a.declinationDeg - b.declinationDeg || a.rightAscensionDeg - b.rightAscensionDeg
    );
  }

  /** The sources within reach of a target, without the target itself, in order of declination. */
  near(target: FitTarget): FitTarget[] {
    const { rightAscensionDeg, declinationDeg } = target;
    const reachDeg = REACH_ARCSEC / 3600;
    const found: FitTarget[] = [];
    // Nothing within reach is further away in right ascension than this; near the poles that excludes nothing.
    const cosine = Math.cos((Math.abs(declinationDeg) + reachDeg) * Math.PI / 180);
    const reachInRightAscensionDeg = cosine > 0.01 ? 1.1 * reachDeg / cosine : 360;
    for (let i = this.#firstFrom(declinationDeg - reachDeg); i < this.#sources.length; i++) {
      const source = this.#sources[i]!;
      if (source.declinationDeg > declinationDeg + reachDeg) break;
      const apartDeg = Math.abs(source.rightAscensionDeg - rightAscensionDeg) % 360;
      if (Math.min(apartDeg, 360 - apartDeg) > reachInRightAscensionDeg) continue;
      const distance = 3600 * angularSeparationDeg(
        rightAscensionDeg,
        declinationDeg,
        source.rightAscensionDeg,
        source.declinationDeg,
      );
      if (distance >= SAME_SOURCE_ARCSEC && distance <= REACH_ARCSEC) found.push(positionOf(source));
    }
    return found;
  }

  /** Index of the first source at or above a declination. */
  #firstFrom(declinationDeg: number): number {
    let low = 0, high = this.#sources.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sources[middle]!.declinationDeg < declinationDeg) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Place and motion alone. */
function positionOf(source: FitTarget): FitTarget {
  const { rightAscensionDeg, declinationDeg, referenceEpochYear } = source;
  const { properMotionRaMasPerYear, properMotionDecMasPerYear } = source;
  return {
    rightAscensionDeg,
    declinationDeg,
    properMotionRaMasPerYear,
    properMotionDecMasPerYear,
    referenceEpochYear,
  };
}
