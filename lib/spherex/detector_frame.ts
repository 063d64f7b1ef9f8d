import type { Keywords } from "../core/keywords.ts";
import { type LinearWcs, parseLinearWcs } from "../wcs/linear_wcs.ts";

/** How the place of a cutout on its parent detector is known. */
export type DetectorCoordinateMethod = "crpix1a" | "cutout";

/** Where the pixels of a file lie on the parent detector. All positions are 0-based, centres at integers. */
export class DetectorFrame {
  /** `crpix1a` when the header says the place, `cutout` when the file's own pixels must stand in for it. */
  readonly method: DetectorCoordinateMethod;
  readonly #offset: readonly [number, number];
  readonly #linear: LinearWcs | undefined;

  private constructor(
    method: DetectorCoordinateMethod,
    offset: readonly [number, number],
    linear?: LinearWcs,
  ) {
    this.method = method;
    this.#offset = offset;
    this.#linear = linear;
  }

  /**
   * Reads the frame of an IMAGE header: the alternate coordinate system A, "0-based active pixel coordinates".
   * Cutouts that SPIFF made keep the parent's system and tell their origin in SPXORX0 and SPXORY0, which go first.
   */
  static of(header: Keywords): DetectorFrame {
    const [spiffX, spiffY] = [header.get("SPXORX0"), header.get("SPXORY0")];
    if (typeof spiffX === "number" && typeof spiffY === "number") {
      return new DetectorFrame("crpix1a", [spiffX, spiffY]);
    }
    if (typeof header.get("CRPIX1A") !== "number" || typeof header.get("CRPIX2A") !== "number") {
      return new DetectorFrame("cutout", [0, 0]);
    }
    const linear = parseLinearWcs(header, "A");
    const origin = linear.pixelToWorld(0, 0);
    return new DetectorFrame("crpix1a", [origin.x, origin.y], linear);
  }

  /** Detector position of the file's pixel (0, 0), x. */
  get originX(): number {
    return this.#offset[0];
  }

  /** Detector position of the file's pixel (0, 0), y. */
  get originY(): number {
    return this.#offset[1];
  }

  /** Detector position of a position in the file. */
  toDetector(x: number, y: number): { x: number; y: number } {
    return this.#linear?.pixelToWorld(x, y) ?? { x: x + this.#offset[0], y: y + this.#offset[1] };
  }
}
