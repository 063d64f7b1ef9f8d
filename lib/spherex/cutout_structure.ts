import { verifyChecksums } from "../fits/checksum.ts";
import type { Hdu } from "../fits/hdu.ts";
import { imageShape } from "../fits/read_image.ts";
import { readCutoutOrigin } from "./cutout_origin.ts";
import type { CutoutFindings, CutoutRequirements } from "./cutout_validation.ts";
import { flagMismatches, flagsOfHeader } from "./pixel_flags.ts";

const REQUIRED_HDUS = ["IMAGE", "FLAGS", "VARIANCE", "WCS-WAVE"] as const;
const PLANES = ["IMAGE", "FLAGS", "VARIANCE", "ZODI"] as const;

/** That every HDU is whole, none occurs twice, and nothing follows. */
export function checkStructure(hdus: readonly Hdu[], byteLength: number, findings: CutoutFindings): void {
  findings.summary["hdus"] = hdus.map((hdu) => ({ name: hdu.name, kind: hdu.kind, shape: shapeOf(hdu) }));
  const seen = new Set<string>();
  for (const { name, dataOffset, dataByteLength, header } of hdus) {
    const end = dataOffset + dataByteLength;
    if (end > byteLength) {
      findings.fail(
        "failed_invalid_fits",
        `The file is truncated: HDU ${name} ends at byte ${end}, the file at ${byteLength}`,
      );
    }
    if (seen.has(name) && name !== "") {
      findings.fail("failed_invalid_fits", `HDU ${name} occurs more than once`);
    }
    seen.add(name);
    for (const problem of header.problems().slice(0, 3)) {
      findings.warn(`HDU ${name}, keyword ${problem.keyword}: ${problem.message}`);
    }
  }
  const last = hdus.at(-1)!;
  const end = Math.ceil((last.dataOffset + last.dataByteLength) / 2880) * 2880;
  if (byteLength > end) findings.warn(`${byteLength - end} bytes follow the last HDU, ${last.name}`);
  if (byteLength < end && byteLength >= last.dataOffset + last.dataByteLength) {
    findings.warn(`The last block of the file is ${end - byteLength} bytes short`);
  }
}

function shapeOf(hdu: Hdu): number[] {
  if (hdu.kind === "bintable" || hdu.kind === "asciitable" || hdu.kind === "other") {
    return [hdu.header.getNumber("NAXIS1") ?? 0, hdu.header.getNumber("NAXIS2") ?? 0];
  }
  return imageShape(hdu);
}

/** That the HDUs that measuring needs are there. */
export function checkRequiredHdus(
  hdus: readonly Hdu[],
  requirements: CutoutRequirements,
  findings: CutoutFindings,
): void {
  const names = new Set(hdus.map((hdu) => hdu.name));
  const missing = (requirements.hdus ?? REQUIRED_HDUS).filter((name) => !names.has(name));
  if (missing.length > 0) {
    findings.fail(
      "failed_missing_hdu",
      `HDU ${missing.join(", ")} missing: the file has ${[...names].join(", ")}`,
    );
  }
  if (requirements.psf !== false && !names.has("PSF") && !names.has("EPSF")) {
    checkLeftOutPsf(hdus[0]!, names, requirements, findings);
  }
}

/** That a PSF that is not in the file is named, and at hand. */
function checkLeftOutPsf(
  primary: Hdu,
  names: ReadonlySet<string>,
  requirements: CutoutRequirements,
  findings: CutoutFindings,
): void {
  const { psf } = readCutoutOrigin(primary.header);
  if (psf === undefined) {
    findings.fail("failed_psf_hdu", `The file has neither PSF nor EPSF: it has ${[...names].join(", ")}`);
  } else if (requirements.hasPsfProduct?.(psf) === false) {
    findings.fail(
      "failed_psf_hdu",
      `The PSF was left out of the file, and the product ${psf.fileName} with SHA-256 ${psf.fileSha256} is not here`,
    );
  }
}

/** That the planes have two axes and one shape, and that the mask is of integers. */
export function checkPlanes(hdus: readonly Hdu[], findings: CutoutFindings): void {
  const image = imageShape(hdus.find((hdu) => hdu.name === "IMAGE")!).join(" x ");
  for (const name of PLANES) {
    const hdu = hdus.find((each) => each.name === name);
    if (hdu === undefined) continue;
    const shape = hdu.kind === "image" || hdu.kind === "compressed-image"
      ? imageShape(hdu).join(" x ")
      : `a ${hdu.kind}`;
    if (shape !== image) findings.fail("failed_invalid_fits", `${name} is ${shape}, IMAGE is ${image}`);
    const bitpix = hdu.header.getNumber(hdu.kind === "compressed-image" ? "ZBITPIX" : "BITPIX") ?? 0;
    if (name === "FLAGS" && bitpix < 0) {
      findings.fail("failed_invalid_fits", `FLAGS has BITPIX ${bitpix}, expected integers`);
    }
  }
}

/** That the flag bits have the names that the registry has for them. */
export function checkFlagNames(hdus: readonly Hdu[], findings: CutoutFindings): void {
  const header = hdus.find((hdu) => hdu.name === "FLAGS")?.header;
  for (
    const { bit, name, registryName } of header === undefined
      ? []
      : flagMismatches(flagsOfHeader(header.cards))
  ) {
    findings.warn(`FLAGS names bit ${bit} ${name}, ${registryName ?? "an unassigned bit"} is expected`);
  }
}

/**
 * That the data have the sums that their headers state. A wrong CHECKSUM over right data is only a warning: services
 * that cut images out change the header behind it.
 */
export async function checkChecksums(
  hdus: readonly Hdu[],
  byteLength: number,
  findings: CutoutFindings,
): Promise<void> {
  for (const hdu of hdus) {
    if (hdu.dataOffset + hdu.dataByteLength > byteLength) continue;
    const { datasum, checksum } = await verifyChecksums(hdu);
    if (datasum === "wrong") {
      findings.fail("failed_invalid_fits", `The data of HDU ${hdu.name} do not agree with DATASUM`);
    } else if (checksum === "wrong") findings.warn(`HDU ${hdu.name} does not agree with its CHECKSUM`);
  }
}
