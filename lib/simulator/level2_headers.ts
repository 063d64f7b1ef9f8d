import { hashWords } from "../core/random.ts";
import type { KeywordValue } from "../core/keywords.ts";
import { DETECTOR_SIZE_PIXELS, type DetectorNumber } from "../spherex/bands.ts";
import { PIXEL_FLAGS } from "../spherex/pixel_flags.ts";
import type { Release } from "../spherex/release.ts";
import { detectorModel, SIP_TERMS } from "./detector_model.ts";
import { eclipticOf } from "./ecliptic.ts";
import { REFERENCE_PIXEL } from "./exposure_wcs.ts";
import flagsText from "./header_templates/flags.txt" with { type: "text" };
import imageText from "./header_templates/image.txt" with { type: "text" };
import { encodeHeader, headerCards, HeaderTemplate } from "./header_template.ts";
import type { PixelWindow } from "./image_renderer.ts";
import { FIELD, uniformAt } from "./pixel_noise.ts";
import type { SurveyImage } from "./survey.ts";
import { dateOfMjd } from "./visits.ts";

/** Length of an exposure from MJD-BEG to MJD-END, seconds. */
const EXPOSURE_SECONDS = 115.118;
const DAY_SECONDS = 86400;
const FLAGS_TEMPLATE = new HeaderTemplate(flagsText);
const WCS_TEMPLATE = FLAGS_TEMPLATE.section("WCSAXES", "PS2_2W");
const COUNTS_TEMPLATE = FLAGS_TEMPLATE.section("L2 N_OUTLIER", "EXTTYPE");
const FLAG_NAMES_TEMPLATE = FLAGS_TEMPLATE.section("MP_TRANSIENT", "MP_HALO");

/** Typical numbers of flagged pixels in a whole image, by keyword. */
const COUNTS: readonly (readonly [string, number])[] = [
  ["L2 N_OUTLIER", 8323],
  ["L2 N_TRANSIENT", 20808],
  ["L2 N_OVERFLOW", 1195],
  ["L2 N_SUR_ERROR", 14565],
  ["L2 N_NONFUNC", 12068],
  ["L2 N_PERSIST", 8323],
  ["L2 N_PERS_NB", 8300],
  ["L2 N_HOT", 832],
  ["L2 N_COLD", 2081],
  ["L2 N_FULLSAMPLE", 416],
  ["L2 N_SOURCE", 120000],
  ["L2 N_TRAN_NB", 20700],
];

/** The identifier that exposures of a release and detector give for a calibration product in HISTORY [CALIB]. */
export function calibrationUuid(product: string, release: Release, detector: DetectorNumber): string {
  const seed = hashWords(...[...`${product} ${release} ${detector}`].map((letter) => letter.charCodeAt(0)));
  const words = [1, 2, 3, 4].map((k) => hashWords(seed, k).toString(16).padStart(8, "0")).join("");
  return `${words.slice(0, 8)}-${words.slice(8, 12)}-4${words.slice(13, 16)}-a${words.slice(17, 20)}-${
    words.slice(20)
  }`;
}

/** Templates of the IMAGE header by release and detector: the calibration identifiers belong to both. */
const IMAGE_TEMPLATES = new Map<string, HeaderTemplate>();

function imageTemplate(release: Release, detector: DetectorNumber): HeaderTemplate {
  const key = `${release}${detector}`;
  let template = IMAGE_TEMPLATES.get(key);
  if (template === undefined) {
    const text = imageText.replace(/^HISTORY \[CALIB\] (\w+) .*$/gm, (_line: string, product: string) => {
      const name = release === "QR3" && product === "average_psf" ? "epsf" : product;
      return `HISTORY [CALIB] ${name} ${calibrationUuid(name, release, detector)}`;
    });
    IMAGE_TEMPLATES.set(key, template = new HeaderTemplate(text));
  }
  return template;
}

/** The header blocks of a Level-2 file of one image, cut to a window of the detector. */
export class Level2Headers {
  readonly #image: SurveyImage;
  readonly #window: PixelWindow;
  readonly #values: Map<string, KeywordValue>;
  #wcsCards: string | undefined;

  /** Headers of an image; `seed` decides the numbers that have no pixels behind them. */
  constructor(image: SurveyImage, window: PixelWindow, seed: number) {
    this.#image = image;
    this.#window = window;
    this.#values = new Map([
      ["NAXIS1", window.width],
      ["NAXIS2", window.height],
      ...wcsValues(image, window),
      ...timeValues(image),
      ...countValues(image, seed),
    ]);
  }

  /** The primary header, which holds the pipeline's version. */
  primary(): Uint8Array {
    return encodeHeader(headerCards([
      ["SIMPLE", true, "conforms to FITS standard"],
      ["BITPIX", 8, "array data type"],
      ["NAXIS", 0, "number of array dimensions"],
      ["EXTEND", true],
      ["VERSION", this.#image.exposure.visit.pipelineVersion, "SSDC Pipelines software version"],
    ]));
  }

  /** The header of IMAGE. */
  image(): Uint8Array {
    const { detector, exposure } = this.#image;
    const model = detectorModel(detector);
    const center = this.#image.wcs.center;
    const ecliptic = eclipticOf(center.rightAscensionDeg, center.declinationDeg);
    const values = new Map<string, KeywordValue>([
      ...this.#values,
      ["DETECTOR", detector],
      ["OBSID", exposure.observationId],
      ["EXPIDN", integerExposureId(exposure.observationId, detector)],
      ["DATE", isoDate(exposure.visit.startMjd + 7.3 + uniformAt(exposure.key, FIELD.identifiers))],
      ["SPS_TARGET", exposure.key],
      ["SPS_ELON", round(ecliptic.longitudeDeg, 6)],
      ["SPS_ELAT", round(ecliptic.latitudeDeg, 6)],
      ["SPS_EPA", round((this.#image.eclipticAngleDeg + 360) % 360, 6)],
      ["OMEGA_MEDIAN", model.solidAngleMedianArcsec2],
      ["OMEGA_STDDEV", model.solidAngleSigmaArcsec2],
      ["PSF_FWHM", model.psfFwhmArcsec],
      ["PXSRCMSK", 2.88],
    ]);
    return encodeHeader(imageTemplate(exposure.visit.release, detector).cards(values));
  }

  /** The header of FLAGS as a plain image. */
  flags(): Uint8Array {
    return encodeHeader(imageStructure(32, this.#window) + this.#flagCards() + this.#wcs());
  }

  /** The header of FLAGS as a table of RICE_1 tiles of one row, with `slotBytes` of heap for each. */
  compressedFlags(slotBytes: number): Uint8Array {
    const { width, height } = this.#window;
    const structure = headerCards([
      ["XTENSION", "BINTABLE", "binary table extension"],
      ["BITPIX", 8, "array data type"],
      ["NAXIS", 2, "number of array dimensions"],
      ["NAXIS1", 8, "length of dimension 1"],
      ["NAXIS2", height, "length of dimension 2"],
      ["PCOUNT", height * slotBytes, "number of group parameters"],
      ["GCOUNT", 1, "number of groups"],
      ["TFIELDS", 1, "number of table fields"],
      ["TTYPE1", "COMPRESSED_DATA", "label for field 1"],
      ["TFORM1", `1PB(${slotBytes})`, "data format of field: variable length array"],
      ["ZIMAGE", true, "extension contains compressed image"],
      ["ZTENSION", "IMAGE", "Image extension"],
      ["ZBITPIX", 32, "data type of original image"],
      ["ZNAXIS", 2, "dimension of original image"],
      ["ZNAXIS1", width, "length of original image axis"],
      ["ZNAXIS2", height, "length of original image axis"],
      ["ZPCOUNT", 0, "number of parameters"],
      ["ZGCOUNT", 1, "number of groups"],
      ["ZTILE1", width, "size of tiles to be compressed"],
      ["ZTILE2", 1, "size of tiles to be compressed"],
      ["ZCMPTYPE", "RICE_1", "compression algorithm"],
      ["ZNAME1", "BLOCKSIZE", "compression block size"],
      ["ZVAL1", 32, "pixels per block"],
      ["ZNAME2", "BYTEPIX", "bytes per pixel (1, 2, 4, or 8)"],
      ["ZVAL2", 4, "bytes per pixel (1, 2, 4, or 8)"],
    ]);
    return encodeHeader(structure + this.#flagCards() + this.#wcs());
  }

  /** The header of VARIANCE. */
  variance(): Uint8Array {
    return this.#plane("VARIANCE", "MJy2 / sr2", "Unit of variance value");
  }

  /** The header of ZODI. */
  zodi(): Uint8Array {
    return this.#plane("ZODI", "MJy / sr", "Unit of zodiacal light model");
  }

  #plane(name: string, unit: string, comment: string): Uint8Array {
    const own = headerCards([["BUNIT", unit, comment], ["EXTNAME", name, "extension name"]]);
    return encodeHeader(imageStructure(-32, this.#window) + own + this.#wcs());
  }

  #flagCards(): string {
    const names = this.#image.exposure.visit.release === "QR3"
      ? headerCards(
        PIXEL_FLAGS.definitions.map(({ bit, name }) => [`MSKN${String(bit).padStart(4, "0")}`, name]),
      )
      : FLAG_NAMES_TEMPLATE.cards(new Map());
    return COUNTS_TEMPLATE.cards(this.#values) + names +
      headerCards([["EXTNAME", "FLAGS", "extension name"]]);
  }

  #wcs(): string {
    return this.#wcsCards ??= WCS_TEMPLATE.cards(this.#values);
  }
}

function imageStructure(bitpix: number, { width, height }: PixelWindow): string {
  return headerCards([
    ["XTENSION", "IMAGE", "Image extension"],
    ["BITPIX", bitpix, "array data type"],
    ["NAXIS", 2, "number of array dimensions"],
    ["NAXIS1", width],
    ["NAXIS2", height],
    ["PCOUNT", 0, "number of parameters"],
    ["GCOUNT", 1, "number of groups"],
  ]);
}

/** The keywords of all three coordinate systems; a window moves the reference pixels of each. */
function wcsValues(image: SurveyImage, { x0, y0 }: PixelWindow): [string, KeywordValue][] {
  const { pc, center } = image.wcs;
  const model = detectorModel(image.detector);
  const values: [string, KeywordValue][] = [
    ["CRPIX1", REFERENCE_PIXEL + 1 - x0],
    ["CRPIX2", REFERENCE_PIXEL + 1 - y0],
    ["PC1_1", pc[0]],
    ["PC1_2", pc[1]],
    ["PC2_1", pc[2]],
    ["PC2_2", pc[3]],
    ["CRVAL1", center.rightAscensionDeg],
    ["CRVAL2", center.declinationDeg],
    ["LATPOLE", center.declinationDeg],
  ];
  for (const axis of ["A", "W"]) values.push([`CRPIX1${axis}`, 1 - x0], [`CRPIX2${axis}`, 1 - y0]);
  SIP_TERMS.forEach((term, k) => {
    values.push([`A_${term}`, model.sipA[k]!], [`B_${term}`, model.sipB[k]!]);
    values.push([`AP_${term}`, model.sipAP[k]!], [`BP_${term}`, model.sipBP[k]!]);
  });
  return values;
}

function timeValues(image: SurveyImage): [string, KeywordValue][] {
  const begin = image.exposure.mjdBegin;
  const times: readonly (readonly [string, number])[] = [
    ["OBS", begin],
    ["BEG", begin],
    ["AVG", begin + EXPOSURE_SECONDS / 2 / DAY_SECONDS],
    ["END", begin + EXPOSURE_SECONDS / DAY_SECONDS],
  ];
  return times.flatMap(([suffix, mjd]): [string, KeywordValue][] => [
    [`DATE-${suffix}`, isoDate(mjd)],
    [`MJD-${suffix}`, round(mjd, 9)],
  ]);
}

function countValues(image: SurveyImage, seed: number): [string, KeywordValue][] {
  return COUNTS.map(([keyword, typical], k) => {
    const draw = uniformAt(seed, FIELD.identifiers, image.exposure.key, image.detector, k);
    return [keyword, Math.round(typical * (0.9 + 0.2 * draw))];
  });
}

/** Header keyword EXPIDN of an observation and detector: `2025W51_1A_0684_2` and 3 give 202551101068423. */
function integerExposureId(observationId: string, detector: number): number {
  const [, year, week, digit, letter, large, small] = /^(\d{4})W(\d{2})_(\d)([A-Z])_(\d{4})_(\d)$/.exec(
    observationId,
  )!;
  const letterNumber = String(letter!.charCodeAt(0) - 64).padStart(2, "0");
  return Number(`${year}${week}${digit}${letterNumber}${large}${small}${detector}`);
}

function isoDate(mjd: number): string {
  return dateOfMjd(mjd).toISOString().slice(0, -1);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** The window that is the whole detector. */
export const WHOLE_DETECTOR: PixelWindow = {
  x0: 0,
  y0: 0,
  width: DETECTOR_SIZE_PIXELS,
  height: DETECTOR_SIZE_PIXELS,
};
