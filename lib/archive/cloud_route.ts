import { dirname } from "node:path";
import { isTaggedError, TaggedError } from "../core/errors.ts";
import { encodeFits, type HduContent, imageHdu } from "../fits/encode_fits.ts";
import type { Hdu } from "../fits/hdu.ts";
import { Header } from "../fits/header.ts";
import type { ImageArray } from "../fits/image_array.ts";
import { imageShape, readImageSection } from "../fits/read_image.ts";
import { withoutQuery } from "../net/net_error.ts";
import { DETECTOR_SIZE_PIXELS } from "../spherex/bands.ts";
import { type LeftOutPsf, withCutoutOrigin } from "../spherex/cutout_origin.ts";
import { type CutoutPlace, cutoutWindow } from "../spherex/cutout_window.ts";
import type { PixelSection } from "../spherex/level2_file.ts";
import { parseCelestialWcs } from "../wcs/celestial_wcs.ts";
import type { AccessRoute, RouteRequest } from "./access_route.ts";
import { type FetchedPartial, makeDirectory } from "./fetch_partial.ts";
import type { ParentHduName, ParentImage } from "./parent_image.ts";
import { PartialWriter, removeIfThere, resumePointPath } from "./partial_file.ts";
import type { StandInPsf } from "./stand_in_psf.ts";

/** What is cut out of a parent file. */
export interface CloudCutout {
  /** The parent file in the object store. */
  readonly parent: ParentImage;
  /** Centre and size. */
  readonly place: CutoutPlace;
  /** Detector that the file must be of. */
  readonly detector: number;
  /** Observation that the file must be of. */
  readonly observationId: string;
  /** Whether the model of the zodiacal light comes too. */
  readonly withZodi?: boolean;
  /** Calibration files that hold what the parent repeats; without them the parent's own PSF is fetched too. */
  readonly standIn: StandInPsf | undefined;
}

/** The headers of a parent file, and its PSF. */
const HEADER_BYTES = 95_000;
const PSF_BYTES = 4_940_000;
/** The primary header and that of IMAGE come together; those of FLAGS, VARIANCE and the PSF one by one. */
const HEADER_REQUESTS = 4;

/**
 * The route that cuts the pixels out of the parent file in the object store by byte ranges: the headers, and of
 * IMAGE, FLAGS and VARIANCE the rows needed. Pixels and coordinates are those that the cutout service gives; the
 * zodiacal model, which forced photometry does not use, is left out unless it is asked for. What it costs is shared
 * with the cutouts of the same rows that are wanted at the same time.
 */
export function cloudRoute(cutout: CloudCutout): AccessRoute {
  const { url } = cutout.parent.ranges;
  const { rows, cutouts } = cutout.parent.sharedRows(cutout.place);
  const pixels = planesOf(cutout).length * 4 * DETECTOR_SIZE_PIXELS * rows;
  const bytes = HEADER_BYTES + pixels + (cutout.standIn === undefined ? PSF_BYTES : 0);
  return {
    name: "cloud",
    url,
    expectedBytes: Math.round(bytes / cutouts),
    expectedRequests: (HEADER_REQUESTS + planesOf(cutout).length) / cutouts,
    fetch: (request) => fetchFromCloud(cutout, request),
  };
}

/** The planes that are cut out, in the order of the file. */
function planesOf({ withZodi }: CloudCutout): readonly Exclude<ParentHduName, "PSF">[] {
  const measured = ["IMAGE", "FLAGS", "VARIANCE"] as const;
  return withZodi === true ? [...measured, "ZODI"] : measured;
}

async function fetchFromCloud(cutout: CloudCutout, request: RouteRequest): Promise<FetchedPartial> {
  const { ranges } = cutout.parent;
  ranges.use({
    signal: request.signal,
    ...(request.timeouts === undefined ? {} : { timeouts: request.timeouts }),
  });
  const bytes = await cutOutAfresh(cutout);
  await makeDirectory(dirname(request.partialPath));
  await removeIfThere(resumePointPath(request.partialPath));
  const writer = await PartialWriter.open(request.partialPath, 0);
  try {
    await writer.write(bytes);
    const { length } = bytes;
    request.onProgress?.(length, length);
    const sha256 = writer.sha256();
    const bytesReceived = ranges.takeReceivedBytes();
    return { bytes: length, sha256, bytesReceived, resumedFromBytes: 0, access: "cloud" };
  } finally {
    writer.close();
  }
}

/** What came of a file that turned out to be another one, or no Level-2 file, is not used again. */
async function cutOutAfresh(cutout: CloudCutout): Promise<Uint8Array> {
  try {
    return await cutOut(cutout);
  } catch (error) {
    // Bytes that did not come say nothing of those that did.
    const isOther = isTaggedError(error, "fits") || isTaggedError(error, "wcs") ||
      (isTaggedError(error, "archive") && error.code !== "archive/bad-range");
    if (isOther) cutout.parent.reset();
    throw error;
  }
}

async function cutOut(cutout: CloudCutout): Promise<Uint8Array> {
  const { parent } = cutout;
  const image = await parent.hdu("IMAGE");
  checkIdentity(image.header, cutout);
  const window = cutoutWindow(parseCelestialWcs(image.header), cutout.place);
  if (window === undefined) {
    throw new TaggedError(
      "archive/no-overlap",
      `The cutout does not overlap ${withoutQuery(parent.ranges.url)}`,
      { context: { url: withoutQuery(parent.ranges.url) } },
    );
  }
  const [planes, rest] = await Promise.all([
    Promise.all(planesOf(cutout).map(async (name) => await plane(parent, await parent.hdu(name), window))),
    restOf(cutout),
  ]);
  const primary = withCutoutOrigin(await parent.primary(), {
    access: "cloud",
    leftOut: [...(cutout.withZodi === true ? [] : ["ZODI"]), ...rest.leftOut],
    psf: rest.psf,
    spectralTableFile: rest.spectralTableFile,
  });
  const head = encodeFits([{ header: primary }, ...planes]);
  return joined([head, ...rest.bytes]);
}

function checkIdentity(header: Header, { parent, detector, observationId }: CloudCutout): void {
  const found = `${header.getString("OBSID")?.trim()} D${header.get("DETECTOR")}`;
  if (found === `${observationId} D${detector}`) return;
  const url = withoutQuery(parent.ranges.url);
  throw new TaggedError(
    "archive/wrong-object",
    `${url} is the image ${found}, expected ${observationId} D${detector}`,
    { context: { url, found } },
  );
}

/** The pixels of a window with a header whose coordinate systems are moved to it. */
async function plane(parent: ParentImage, hdu: Hdu, window: PixelSection): Promise<HduContent> {
  const [width, height] = imageShape(hdu);
  if (width !== DETECTOR_SIZE_PIXELS || height !== DETECTOR_SIZE_PIXELS) {
    throw new TaggedError(
      "archive/bad-parent",
      `${hdu.name} of ${withoutQuery(parent.ranges.url)} is ${width} x ${height}, expected a whole detector`,
    );
  }
  if (parent.users > 1 && hdu.kind === "image") {
    // Rows that cutouts share are fetched once when they are fetched whole.
    const rowBytes = 4 * DETECTOR_SIZE_PIXELS;
    await parent.ranges.read(hdu.dataOffset + window.y0 * rowBytes, window.height * rowBytes);
  }
  const { data } = await readImageSection(hdu, window) as ImageArray;
  return imageHdu(hdu.name, data, [window.width, window.height], movedHeader(hdu.header, window));
}

/** Moves the reference pixels of all coordinate systems to a window. */
function movedHeader(header: Header, { x0, y0 }: PixelSection): Header {
  const moved = header.clone();
  for (const [axis, start] of [[1, x0], [2, y0]] as const) {
    for (const system of ["", "A", "W"]) {
      const value = header.getNumber(`CRPIX${axis}${system}`);
      if (value !== undefined) moved.set(`CRPIX${axis}${system}`, value - start);
    }
  }
  return moved;
}

/** What stands behind the planes. */
interface CutoutRest {
  readonly bytes: readonly Uint8Array[];
  readonly leftOut: readonly string[];
  readonly psf: LeftOutPsf | undefined;
  readonly spectralTableFile: string | undefined;
}

/** The PSF, unless a product at hand holds it, and the table of wavelengths. */
async function restOf({ parent, standIn }: CloudCutout): Promise<CutoutRest> {
  const hdu = await parent.hdu("PSF");
  const product = await standIn?.product();
  const version = (await parent.primary()).getString("VERSION")?.trim();
  if (product === undefined || product.mismatch(hdu, version) !== undefined) {
    const length = hdu.dataOffset - hdu.headerOffset + Math.ceil(hdu.dataByteLength / 2880) * 2880;
    const psf = await parent.ranges.read(hdu.headerOffset, length);
    return {
      bytes: [psf, await parent.spectralTable()],
      leftOut: [],
      psf: undefined,
      spectralTableFile: undefined,
    };
  }
  const table = await standIn!.spectralTable();
  return {
    bytes: [table?.bytes ?? await parent.spectralTable()],
    leftOut: [hdu.name],
    psf: { ...standIn!.file, identity: product.identity },
    spectralTableFile: table?.fileName,
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
