import { angularSeparationDeg } from "../math/sphere.ts";
import { DETECTOR_SIZE_PIXELS, PIXEL_SCALE_ARCSEC } from "../spherex/bands.ts";
import type { CutoutPlace } from "../spherex/cutout_window.ts";

/** Rows of a detector that cutouts of one image share. */
export interface SharedRows {
  /** Rows that the cutouts need together, at most. */
  readonly rows: number;
  /** How many cutouts they are for. */
  readonly cutouts: number;
}

/**
 * The rows that a cutout needs together with those of `others` that overlap it, however the detector lies on the sky:
 * no header is needed for that, so that it can be known before the first request.
 */
export function sharedRows(place: CutoutPlace, others: Iterable<CutoutPlace>): SharedRows {
  let cutouts = 1;
  let reachArcsec = 0;
  let ownRows = rowsOf(place.sizeArcsec);
  for (const other of others) {
    if (isSame(place, other)) continue;
    const separationArcsec = 3600 * angularSeparationDeg(
      place.rightAscensionDeg,
      place.declinationDeg,
      other.rightAscensionDeg,
      other.declinationDeg,
    );
    const overlapArcsec = (place.sizeArcsec + other.sizeArcsec) / 2 - separationArcsec;
    if (overlapArcsec <= 0) continue;
    cutouts++;
    ownRows += rowsOf(other.sizeArcsec);
    reachArcsec = Math.max(
      reachArcsec,
      separationArcsec + Math.max(0, other.sizeArcsec - place.sizeArcsec) / 2,
    );
  }
  const together = rowsOf(place.sizeArcsec + 2 * reachArcsec);
  return { rows: Math.min(together, ownRows, DETECTOR_SIZE_PIXELS), cutouts };
}

/** Whether both are one cutout: it shares its rows with others only. */
function isSame(a: CutoutPlace, b: CutoutPlace): boolean {
  return a.rightAscensionDeg === b.rightAscensionDeg && a.declinationDeg === b.declinationDeg &&
    a.sizeArcsec === b.sizeArcsec;
}

function rowsOf(sizeArcsec: number): number {
  return Math.ceil(sizeArcsec / PIXEL_SCALE_ARCSEC);
}
