import { isTaggedError } from "../core/errors.ts";
import type { ByteSource } from "../fits/byte_source.ts";
import { openFits } from "../fits/fits_file.ts";
import { gunzipSource } from "../fits/gzip_source.ts";
import { sumOfSamples } from "../psf/psf_samples.ts";
import { selectZones } from "../psf/zones.ts";
import { DETECTOR_SIZE_PIXELS, PIXEL_SCALE_ARCSEC } from "./bands.ts";
import {
  checkChecksums,
  checkFlagNames,
  checkPlanes,
  checkRequiredHdus,
  checkStructure,
} from "./cutout_structure.ts";
import {
  CutoutFindings,
  type CutoutRequirements,
  type CutoutValidation,
  type ExpectedCutout,
} from "./cutout_validation.ts";
import { readCutoutOrigin } from "./cutout_origin.ts";
import { foreignContent } from "./foreign_content.ts";
import { type Level2File, openLevel2 } from "./level2_file.ts";
import { measuredContentSha256 } from "./measured_content.ts";
import { flagsOfHeader } from "./pixel_flags.ts";
import { checkPixelValues } from "./pixel_limits.ts";
import { psfHeaderNeedsFix } from "./release.ts";

/** Cutouts may be a pixel or two off the size asked for by rounding. */
const SIZE_TOLERANCE_PIXELS = 2;

/**
 * Checks whether a file is a whole, usable cutout (or full file) of a Level-2 spectral image.
 *
 * In order: that it is FITS and not the error page of a service, whole to its last HDU, without repeated HDUs, with
 * the HDUs needed, planes of one shape, a PSF of either release, celestial and spectral coordinates, the exposure that
 * was asked for, the target inside, and pixel values that can be. Never throws for what is in the file; the answer says what was found.
 */
export async function validateCutout(
  source: ByteSource,
  expected: ExpectedCutout = {},
  requirements: CutoutRequirements = {},
): Promise<CutoutValidation> {
  const findings = new CutoutFindings();
  try {
    await check(source, expected, requirements, findings);
  } catch (error) {
    if (!isTaggedError(error)) throw error;
    findings.fail(statusOfError(error.code), error.message);
  }
  return findings.result();
}

function statusOfError(code: string): "failed_invalid_wcs" | "failed_psf_hdu" | "failed_invalid_fits" {
  if (code.startsWith("wcs/")) return "failed_invalid_wcs";
  return code === "spherex/bad-psf" ? "failed_psf_hdu" : "failed_invalid_fits";
}

async function check(
  source: ByteSource,
  expected: ExpectedCutout,
  requirements: CutoutRequirements,
  findings: CutoutFindings,
): Promise<void> {
  const plain = await gunzipSource(source);
  const foreign = foreignContent(await plain.read(0, Math.min(plain.byteLength, 4096)), plain.byteLength);
  if (foreign !== undefined) return findings.fail("failed_invalid_fits", foreign);
  const hdus = await (await openFits(plain)).hdus();
  checkStructure(hdus, plain.byteLength, findings);
  checkRequiredHdus(hdus, requirements, findings);
  if (requirements.checksums !== false) await checkChecksums(hdus, plain.byteLength, findings);
  if (!hdus.some((hdu) => hdu.name === "IMAGE") || findings.hasFailed) return;
  using level2 = await openLevel2(plain);
  describe(level2, findings);
  checkPlanes(hdus, findings);
  checkFlagNames(hdus, findings);
  checkIdentity(level2, expected, findings);
  const isSkyKnown = checkCelestial(level2, requirements, findings);
  await checkSpectral(level2, requirements, findings);
  await checkPsf(level2, requirements, findings);
  if (isSkyKnown) checkTarget(level2, expected, findings);
  if (findings.hasFailed) return;
  const planes = await level2.readPlanes();
  const flagsHeader = (await level2.planeHdu("FLAGS"))?.header;
  checkPixelValues(planes, flagsOfHeader(flagsHeader?.cards ?? []), findings);
  if (requirements.contentSha256 === true && !findings.hasFailed) {
    findings.contentSha256 = await measuredContentSha256(level2, planes);
  }
}

function describe(level2: Level2File, findings: CutoutFindings): void {
  const { summary } = findings;
  summary["version"] = level2.version ?? null;
  summary["release"] = level2.release ?? null;
  summary["detector"] = level2.detector ?? null;
  summary["observation_id"] = level2.observationId ?? null;
  summary["mjd_avg"] = Number.isFinite(level2.mjdAverage) ? level2.mjdAverage : null;
  summary["image_shape"] = [level2.width, level2.height];
  summary["origin"] = [level2.originX, level2.originY];
  summary["detector_coordinate_method"] = level2.frame.method;
  summary["calibration_identifiers"] = Object.fromEntries(level2.calibrationIdentifiers());
  describeOrigin(level2, findings);
  if (level2.frame.method === "cutout") {
    findings.warn("CRPIX1A is missing: the place on the detector is unknown");
  }
  if (level2.version === undefined) findings.warn("VERSION is missing: the release is unknown");
}

/** How the file came, and what was left out of it. */
function describeOrigin(level2: Level2File, { summary }: CutoutFindings): void {
  const { access, leftOut, psf, spectralTableFile } = readCutoutOrigin(level2.primaryHeader);
  summary["access"] = access;
  if (leftOut.length > 0) summary["left_out"] = [...leftOut];
  if (psf !== undefined) summary["left_out_psf"] = { ...psf };
  if (spectralTableFile !== undefined) summary["spectral_table_file"] = spectralTableFile;
}

function checkIdentity(level2: Level2File, expected: ExpectedCutout, findings: CutoutFindings): void {
  const { detector, observationId } = level2;
  if (detector === undefined) findings.fail("failed_invalid_fits", "DETECTOR is missing or not 1 to 6");
  else if (expected.detector !== undefined && detector !== expected.detector) {
    findings.fail(
      "failed_wrong_object",
      `The file is of detector ${detector}, expected ${expected.detector}`,
    );
  }
  if (
    expected.observationId !== undefined && observationId !== undefined &&
    observationId !== expected.observationId
  ) {
    findings.fail(
      "failed_wrong_object",
      `The file is of observation ${observationId}, expected ${expected.observationId}`,
    );
  }
}

/** Whether the coordinates of the middle pixel are finite and lead back to it. */
function checkCelestial(
  level2: Level2File,
  requirements: CutoutRequirements,
  findings: CutoutFindings,
): boolean {
  const isRequired = requirements.celestialWcs !== false;
  const [x, y] = [(level2.width - 1) / 2, (level2.height - 1) / 2];
  try {
    const sky = level2.celestial.pixelToSky(x, y);
    const back = level2.celestial.skyToPixel(sky.rightAscensionDeg, sky.declinationDeg);
    const distance = Math.hypot(back.x - x, back.y - y);
    if (distance < 1e-3) {
      findings.summary["center"] = [sky.rightAscensionDeg, sky.declinationDeg];
      return true;
    }
    findings.note(
      isRequired,
      "failed_invalid_wcs",
      `The sky position of the middle pixel is ${sky.rightAscensionDeg}, ${sky.declinationDeg}, which leads back to ` +
        `pixel ${back.x}, ${back.y} instead of ${x}, ${y}`,
    );
  } catch (error) {
    if (!isTaggedError(error)) throw error;
    findings.note(isRequired, "failed_invalid_wcs", error.message);
  }
  return false;
}

async function checkSpectral(
  level2: Level2File,
  requirements: CutoutRequirements,
  findings: CutoutFindings,
): Promise<void> {
  const isRequired = requirements.spectralWcs !== false;
  try {
    const value = (await level2.spectral())?.valueAt((level2.width - 1) / 2, (level2.height - 1) / 2);
    if (value === undefined) {
      return findings.warn("WCS-WAVE is missing: wavelengths come from the calibration maps alone");
    }
    if (value.wavelengthMicron > 0 && value.bandwidthMicron > 0) {
      findings.summary["wavelength_um"] = value.wavelengthMicron;
      findings.summary["bandwidth_um"] = value.bandwidthMicron;
    } else {
      findings.note(
        isRequired,
        "failed_invalid_spectral_wcs",
        `The wavelength of the middle pixel is ${value.wavelengthMicron} micron`,
      );
    }
  } catch (error) {
    if (!isTaggedError(error)) throw error;
    findings.note(isRequired, "failed_invalid_spectral_wcs", error.message);
  }
}

/** That the PSF can be opened and has light in the zones around the middle of the cutout. */
async function checkPsf(
  level2: Level2File,
  requirements: CutoutRequirements,
  findings: CutoutFindings,
): Promise<void> {
  try {
    const psf = await level2.psf();
    if (psf === undefined) return;
    const { kind, size, oversampling, grid } = psf.zones;
    const zones = [grid.xCentersPixels.length, grid.yCentersPixels.length];
    findings.summary["psf"] = { kind, size, oversampling, zones };
    const center = level2.parentPixel((level2.width - 1) / 2, (level2.height - 1) / 2);
    const samples = await psf.readZones(selectZones(grid, center.x, center.y, "nearest"));
    const sum = samples.planes.length === 0 ? 0 : sumOfSamples(samples.planes[0]!.samples);
    if (!(sum > 0)) {
      findings.note(requirements.psf !== false, "failed_psf_hdu", `The PSF at the cutout sums to ${sum}`);
    }
    if (kind === "oversampled" && psfHeaderNeedsFix(level2.version)) {
      findings.warn(
        `PSF header of version ${level2.version ?? "unknown"} pairs zones wrongly; the pairing is not used`,
      );
    }
  } catch (error) {
    if (!isTaggedError(error)) throw error;
    findings.note(requirements.psf !== false, "failed_psf_hdu", error.message);
  }
}

function isOnPixels(x: number, y: number, width: number, height: number): boolean {
  return x >= -0.5 && y >= -0.5 && x <= width - 0.5 && y <= height - 0.5;
}

/** That the target lies on a pixel, and that the cutout is about as large as was asked. */
function checkTarget(level2: Level2File, expected: ExpectedCutout, findings: CutoutFindings): void {
  const { rightAscensionDeg, declinationDeg, sizeArcsec } = expected;
  const { width, height } = level2;
  if (rightAscensionDeg !== undefined && declinationDeg !== undefined) {
    const { x, y } = level2.celestial.skyToPixel(rightAscensionDeg, declinationDeg);
    findings.summary["target_pixel"] = Number.isFinite(x) ? [x, y] : null;
    if (!isOnPixels(x, y, width, height)) {
      const parent = level2.parentPixel(x, y);
      const isOff = Number.isFinite(x) &&
        !isOnPixels(parent.x, parent.y, DETECTOR_SIZE_PIXELS, DETECTOR_SIZE_PIXELS);
      findings.fail(
        isOff ? "failed_target_off_image" : "failed_target_outside",
        isOff
          ? `The target lies beyond the edge of the image: detector pixel ${parent.x.toFixed(1)}, ${
            parent.y.toFixed(1)
          } of ${DETECTOR_SIZE_PIXELS} x ${DETECTOR_SIZE_PIXELS}`
          : `The target lies outside of the cutout: pixel ${x.toFixed(1)}, ${
            y.toFixed(1)
          } of ${width} x ${height}`,
      );
    }
  }
  if (sizeArcsec === undefined || level2.isFullFrame) return;
  const expectedPixels = sizeArcsec / PIXEL_SCALE_ARCSEC;
  for (const [axis, length] of [["wide", width], ["high", height]] as const) {
    if (Math.abs(length - expectedPixels) <= SIZE_TOLERANCE_PIXELS) continue;
    const why = length < expectedPixels ? ", clipped at the edge of the detector" : "";
    findings.warn(
      `The cutout is ${length} pixels ${axis}, about ${Math.round(expectedPixels)} were asked for${why}`,
    );
  }
}
