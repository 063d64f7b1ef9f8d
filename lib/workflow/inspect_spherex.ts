import type { ByteSource } from "../fits/byte_source.ts";
import type { Hdu } from "../fits/hdu.ts";
import { imageShape } from "../fits/read_image.ts";
import { DETECTOR_SIZE_PIXELS, isDetectorNumber } from "../spherex/bands.ts";
import { parseCalibrationFileName } from "../spherex/calibration_products.ts";
import { baseName, parseLevel2FileName } from "../spherex/file_names.ts";
import { type Level2File, openLevel2 } from "../spherex/level2_file.ts";
import { PIXEL_FLAGS } from "../spherex/pixel_flags.ts";
import { releaseOfName, releaseOfVersion } from "../spherex/release.ts";
import { jsonNumber, problemOf } from "./inspect_json.ts";
import type { InspectOptions, PositionInspection, SpherexInspection } from "./inspect_model.ts";
import { attemptCelestial, choosePosition, inspectImagePosition, isImage } from "./inspect_position.ts";

/** What a SPHEREx file is and what lies at a position in it. */
export interface SpherexAnswer {
  /** The file. */
  readonly spherex: SpherexInspection;
  /** The position; null for calibration products. */
  readonly position: PositionInspection | null;
}

/** Whether an HDU is the IMAGE of a SPHEREx spectral image. */
function isLevel2Image(hdu: Hdu): boolean {
  const { header } = hdu;
  return hdu.name.toUpperCase() === "IMAGE" && isDetectorNumber(Number(header.get("DETECTOR"))) &&
    (header.getString("CTYPE1W")?.trim() === "WAVE-TAB" || header.getString("OBSID") !== undefined);
}

/** Tells of a SPHEREx file; undefined when the file is none. `source` is over the unpacked bytes. */
export async function inspectSpherex(
  path: string,
  source: ByteSource,
  hdus: readonly Hdu[],
  options: InspectOptions,
): Promise<SpherexAnswer | undefined> {
  const image = hdus.find(isLevel2Image);
  if (image !== undefined && isImage(image) && imageShape(image).length === 2) {
    using level2 = await openLevel2(source);
    return {
      spherex: describeLevel2(path, level2),
      position: await inspectLevel2Position(level2, image, hdus, options),
    };
  }
  const spherex = describeCalibration(path, hdus);
  return spherex === undefined ? undefined : { spherex, position: null };
}

function describeLevel2(path: string, level2: Level2File): SpherexInspection {
  // Users rename cutouts by putting something before the archive's name.
  const name = parseLevel2FileName(baseName(path).replace(/^.*(?=level2_\d{4}W)/, ""));
  const isPlaced = level2.frame.method === "crpix1a";
  return {
    kind: "level2",
    detector: level2.detector ?? null,
    release: level2.release ?? releaseOfName(path) ?? null,
    pipeline_version: level2.version ?? null,
    processing_version: name?.processingVersion ?? null,
    observation_id: level2.observationId ?? name?.observationId ?? null,
    product: null,
    mjd_avg: jsonNumber(level2.mjdAverage),
    exposure_seconds: jsonNumber(level2.exposureSeconds),
    psf_fwhm_arcsec: jsonNumber(level2.psfFwhmArcsec),
    detector_origin_x: isPlaced ? level2.originX : null,
    detector_origin_y: isPlaced ? level2.originY : null,
    full_frame: level2.isFullFrame,
  };
}

function describeCalibration(path: string, hdus: readonly Hdu[]): SpherexInspection | undefined {
  const name = parseCalibrationFileName(path);
  if (name === undefined) return undefined;
  const text = (keyword: string) =>
    hdus.map((hdu) => hdu.header.getString(keyword)?.trim()).find((value) =>
      value !== undefined && value !== ""
    );
  const version = text("VERSION");
  return {
    kind: "calibration",
    detector: name.detector ?? null,
    release: releaseOfVersion(version) ?? releaseOfName(path) ?? null,
    pipeline_version: version ?? null,
    processing_version: name.version,
    observation_id: null,
    product: name.product,
    mjd_avg: null,
    exposure_seconds: null,
    psf_fwhm_arcsec: null,
    detector_origin_x: null,
    detector_origin_y: null,
    full_frame: null,
  };
}

/** Whether a coordinate lies on a pixel of the parent detector. */
function isOnDetector(coordinate: number): boolean {
  return coordinate >= -0.5 && coordinate < DETECTOR_SIZE_PIXELS - 0.5;
}

async function inspectLevel2Position(
  level2: Level2File,
  image: Hdu,
  hdus: readonly Hdu[],
  options: InspectOptions,
): Promise<PositionInspection> {
  const celestial = attemptCelestial(image);
  const position = choosePosition(options, celestial.wcs, [level2.width, level2.height]);
  const planes = hdus.filter((hdu) => {
    const shape = isImage(hdu) ? imageShape(hdu) : [];
    return shape.length === 2 && shape[0] === level2.width && shape[1] === level2.height;
  });
  const plain = await inspectImagePosition(image, celestial, position, planes);
  const problems = [...plain.problems];
  const isPlaced = level2.frame.method === "crpix1a";
  const parent = isPlaced ? level2.parentPixel(position.x, position.y) : undefined;
  const detector = parent !== undefined && isOnDetector(parent.x) && isOnDetector(parent.y)
    ? parent
    : undefined;
  let spectral: { wavelengthMicron: number; bandwidthMicron: number } | undefined;
  try {
    if (plain.inside) spectral = (await level2.spectral())?.valueAt(position.x, position.y);
  } catch (error) {
    problems.push(problemOf(error));
  }
  const flagWord = plain.values["FLAGS"];
  return {
    ...plain,
    detector_x: jsonNumber(detector?.x),
    detector_y: jsonNumber(detector?.y),
    wavelength_um: jsonNumber(spectral?.wavelengthMicron),
    bandwidth_um: jsonNumber(spectral?.bandwidthMicron),
    flags: typeof flagWord === "number" ? PIXEL_FLAGS.decode(flagWord) : [],
    problems,
  };
}
