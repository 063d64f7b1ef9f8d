import type { Header } from "../fits/header.ts";

/** Ways in which pixels arrive: the cutout service's whole file, its beginning, or ranges of the parent file. */
export type AccessName = "cutout" | "truncated" | "cloud";

/** The PSF that was left out of a cutout because a calibration product holds the same one. */
export interface LeftOutPsf {
  /** Name of the product: `average_psf` or `epsf`. */
  readonly product: string;
  /** Name of the product's file. */
  readonly fileName: string;
  /** SHA-256 of the product's file. */
  readonly fileSha256: string;
  /** Identity of the PSF itself, see {@linkcode psfIdentity}. */
  readonly identity: string;
}

/** What a cutout says of the way it came. */
export interface CutoutOrigin {
  /** The way. */
  readonly access: AccessName;
  /** HDUs that the parent file has and the cutout has not. */
  readonly leftOut: readonly string[];
  /** The PSF, when it is among them. */
  readonly psf: LeftOutPsf | undefined;
  /** Name of the file that WCS-WAVE was taken from, when it is not the parent's own. */
  readonly spectralTableFile: string | undefined;
}

/** What a file is that says nothing: as the cutout service sends it. */
const SERVICE_CUTOUT: CutoutOrigin = {
  access: "cutout",
  leftOut: [],
  psf: undefined,
  spectralTableFile: undefined,
};

/**
 * Reads from a primary header how a cutout came: keywords SPXACC, SPXOMIT, SPXPSFP (product), SPXPSFF (file),
 * SPXPSFS (its SHA-256), SPXPSFI (identity of the PSF) and SPXWAVF. A file without them came from the cutout service.
 */
export function readCutoutOrigin(primary: Header): CutoutOrigin {
  const access = primary.getString("SPXACC")?.trim();
  if (access !== "truncated" && access !== "cloud") return SERVICE_CUTOUT;
  const [product, fileName, fileSha256, identity] = ["SPXPSFP", "SPXPSFF", "SPXPSFS", "SPXPSFI"].map((name) =>
    primary.getString(name)?.trim()
  );
  const isNamed = product !== undefined && fileName !== undefined && fileSha256 !== undefined &&
    identity !== undefined;
  return {
    access,
    leftOut: (primary.getString("SPXOMIT") ?? "").split(",").map((name) => name.trim()).filter((name) =>
      name !== ""
    ),
    psf: isNamed ? { product, fileName, fileSha256, identity } : undefined,
    spectralTableFile: primary.getString("SPXWAVF")?.trim(),
  };
}

/** Writes how a cutout came into a copy of its primary header, as keywords and in words. */
export function withCutoutOrigin(primary: Header, origin: CutoutOrigin): Header {
  const header = primary.clone();
  for (const sum of ["CHECKSUM", "DATASUM"]) header.remove(sum);
  header.append("SPXACC", origin.access, "how the pixels were fetched");
  if (origin.leftOut.length > 0) {
    header.append("SPXOMIT", origin.leftOut.join(","), "HDUs left out of this file");
    header.append("HISTORY", `spxcutdb left out HDU ${origin.leftOut.join(", ")} of the parent file`);
  }
  if (origin.psf !== undefined) {
    const { product, fileName, fileSha256, identity } = origin.psf;
    header.append("SPXPSFP", product, "calibration product that holds the PSF");
    header.append("SPXPSFF", fileName);
    header.append("SPXPSFS", fileSha256);
    header.append("SPXPSFI", identity);
    header.append("HISTORY", `spxcutdb: the PSF is that of ${fileName}, SHA-256 in SPXPSFS`);
  }
  if (origin.spectralTableFile !== undefined) {
    header.append("SPXWAVF", origin.spectralTableFile);
    header.append("HISTORY", `spxcutdb: WCS-WAVE is that of ${origin.spectralTableFile}`);
  }
  return header;
}
