import { DETECTOR_SIZE_PIXELS, PIXEL_SCALE_ARCSEC } from "../spherex/bands.ts";
import type { ArchiveTree } from "./archive_tree.ts";
import { cutoutWindow } from "./cutout_window.ts";
import { fileReply, type Reply, textReply } from "./reply.ts";
import type { Simulation } from "./simulation.ts";
import type { SurveyImage } from "./survey.ts";

/** Degrees of one unit of the cutout service. */
const UNIT_DEG: Readonly<Record<string, number>> = {
  "": 1,
  d: 1,
  deg: 1,
  degree: 1,
  degrees: 1,
  arcmin: 1 / 60,
  arcsec: 1 / 3600,
  rad: 180 / Math.PI,
};
const PIXEL_UNITS = new Set(["px", "pix", "pixel", "pixels"]);

/** What a client asks the cutout service for: a place on an image, and columns and rows. */
interface CutoutRequest {
  /** 0-based pixel of the centre. */
  readonly x: number;
  readonly y: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * Answers a cutout request as the real service does: `size / pixel scale` pixels from `floor(centre + 1 - n / 2)` on,
 * cut at the edges of the detector, status 400 when nothing is left. A Range header is ignored.
 *
 * `displacedPixels` moves the window: the answer is then a good cutout of the wrong place.
 */
export function cutoutReply(
  simulation: Simulation,
  tree: ArchiveTree,
  image: SurveyImage,
  query: URLSearchParams,
  displacedPixels = 0,
): Reply {
  const request = parseRequest(simulation, image, query);
  if (typeof request === "string") return textReply(400, "text/plain", `${request}\n`);
  const { y, width, height } = request;
  const window = cutoutWindow(displaced(request.x, displacedPixels), y, width, height);
  if (window === undefined) {
    return textReply(400, "text/plain", "Bad Request: cutout box does not intersect the image\n");
  }
  return fileReply(tree.writer.cutout(image, window), {
    "content-disposition": `attachment; filename=${image.fileName}`,
  });
}

function displaced(x: number, pixels: number): number {
  return x + pixels < DETECTOR_SIZE_PIXELS ? x + pixels : x - pixels;
}

function parseRequest(
  simulation: Simulation,
  image: SurveyImage,
  query: URLSearchParams,
): CutoutRequest | string {
  const center = parsePair(query.get("center") ?? "");
  const size = parsePair(query.get("size") ?? "");
  if (center === undefined || center.values.length !== 2) {
    return "Bad Request: center must be <lon>,<lat>[unit]";
  }
  if (size === undefined) return "Bad Request: size must be <width>[,<height>][unit]";
  const pixels = size.values.map((value) => {
    if (PIXEL_UNITS.has(size.unit)) return Math.round(value);
    return Math.round(value * UNIT_DEG[size.unit]! * 3600 / PIXEL_SCALE_ARCSEC);
  });
  const width = pixels[0]!;
  const height = pixels[1] ?? width;
  if (!(width >= 1 && height >= 1)) return "Bad Request: size must be positive";
  const [first, second] = center.values as [number, number];
  if (PIXEL_UNITS.has(center.unit)) return { x: first - 1, y: second - 1, width, height };
  const rightAscensionDeg = first * UNIT_DEG[center.unit]!;
  const declinationDeg = second * UNIT_DEG[center.unit]!;
  if (Math.abs(declinationDeg) > 90) return "Bad Request: center is not on the sky";
  const pixel = image.wcs.skyToPixel(rightAscensionDeg, declinationDeg);
  if (pixel === undefined) return "Bad Request: cutout box does not intersect the image";
  simulation.requestTarget(rightAscensionDeg, declinationDeg);
  return { ...pixel, width, height };
}

/** One or two numbers with an optional unit behind the last; undefined when the text is something else. */
function parsePair(text: string): { values: number[]; unit: string } | undefined {
  const match = /^([^,]+?)(?:,([^,]+?))?\s*([a-z]*)$/i.exec(text.trim());
  if (match === null) return undefined;
  const unit = match[3]!.toLowerCase();
  if (UNIT_DEG[unit] === undefined && !PIXEL_UNITS.has(unit)) return undefined;
  const values = [match[1], match[2]].filter((part) => part !== undefined).map(Number);
  return values.every(Number.isFinite) ? { values, unit } : undefined;
}
