import { type FlagDefinition, FlagRegistry } from "../core/flags.ts";
import type { KeywordValue } from "../core/keywords.ts";

/** Names of the bits of the FLAGS image, of all releases. */
export type PixelFlagName =
  | "TRANSIENT"
  | "OVERFLOW"
  | "SUR_ERROR"
  | "PHANTOM"
  | "REFERENCE"
  | "NONFUNC"
  | "DICHROIC"
  | "MISSING_DATA"
  | "HOT"
  | "COLD"
  | "FULLSAMPLE"
  | "SUR_MISMATCH"
  | "PHANMISS"
  | "NONLINEAR"
  | "VAR_UNDER"
  | "PERSIST"
  | "PERSIST_UNK"
  | "OUTLIER"
  | "CROSSTALK"
  | "SOURCE"
  | "GHOST"
  | "GHOST_FPA"
  | "GHOST_EXT"
  | "STREAK"
  | "BLOOM"
  | "SNOWBALL"
  | "HALO"
  | "SATELLITE_HALO";

function flag(
  bit: number,
  name: PixelFlagName,
  meaning: string,
  blocksScience = false,
): FlagDefinition & { readonly name: PixelFlagName } {
  return { bit, name, meaning, blocksScience };
}

/**
 * The bits of the FLAGS image: those that every release writes, those that the later pipelines of QR2 write when a
 * pixel is affected (GHOST to HALO), and those of QR3. Bits 3, 8, 30 and 31 are not assigned.
 */
export const PIXEL_FLAGS: FlagRegistry<PixelFlagName> = new FlagRegistry<PixelFlagName>([
  flag(0, "TRANSIENT", "Transient detected during sample-up-the-ramp"),
  flag(1, "OVERFLOW", "Overflow detected during sample-up-the-ramp", true),
  flag(2, "SUR_ERROR", "Error in onboard processing", true),
  flag(4, "PHANTOM", "Phantom pixel"),
  flag(5, "REFERENCE", "Reference pixel"),
  flag(6, "NONFUNC", "Permanently unusable", true),
  flag(7, "DICHROIC", "Low efficiency due to dichroic", true),
  flag(9, "MISSING_DATA", "Onboard data lost", true),
  flag(10, "HOT", "Hot pixel", true),
  flag(11, "COLD", "Anomalously low signal", true),
  flag(12, "FULLSAMPLE", "Full sample history of the pixel is available; harmless"),
  flag(13, "SUR_MISMATCH", "Sample-up-the-ramp results do not agree"),
  flag(14, "PHANMISS", "Phantom correction was not applied"),
  flag(15, "NONLINEAR", "Nonlinearity correction cannot be applied reliably", true),
  flag(16, "VAR_UNDER", "Variance is underestimated"),
  flag(17, "PERSIST", "Persistent charge above threshold", true),
  flag(18, "PERSIST_UNK", "Persistent charge is not known"),
  flag(19, "OUTLIER", "Pixel flagged by outlier detection"),
  flag(20, "CROSSTALK", "Affected by electrical crosstalk"),
  flag(21, "SOURCE", "Pixel mapped to a known source"),
  flag(22, "GHOST", "Affected by a bright source inside the exposure"),
  flag(23, "GHOST_FPA", "Affected by a bright source on another detector"),
  flag(24, "GHOST_EXT", "Affected by a bright source outside the field of view"),
  flag(25, "STREAK", "Crossed by a streak"),
  flag(26, "BLOOM", "Part of a bloom artifact"),
  flag(27, "SNOWBALL", "Part of a snowball artifact"),
  flag(28, "HALO", "Part of a transient halo"),
  flag(29, "SATELLITE_HALO", "Part of the halo of a satellite trail"),
]);

/** A flag bit as a FLAGS header names it. */
export interface HeaderFlag {
  /** Bit number. */
  readonly bit: number;
  /** Name in the header. */
  readonly name: string;
}

/** Where a FLAGS header and {@linkcode PIXEL_FLAGS} disagree. */
export interface FlagMismatch extends HeaderFlag {
  /** The name that the registry has for the bit, if it has one. */
  readonly registryName: string | undefined;
  /** The bit that the registry has for the name, if it has one. */
  readonly registryBit: number | undefined;
}

/**
 * Reads the names of the flag bits from the cards of a FLAGS header: `HIERARCH MP_HOT = 10` up to QR2,
 * `MSKN0010 = 'HOT'` from QR3 on (with or without the prefix `MP_` in the value).
 */
export function flagsOfHeader(
  cards: Iterable<{ readonly keyword: string; readonly value?: KeywordValue | undefined }>,
): HeaderFlag[] {
  const flags: HeaderFlag[] = [];
  for (const { keyword, value } of cards) {
    const first = keyword.charCodeAt(0);
    if (first !== 77) continue; // every card of interest begins with M
    if (keyword.startsWith("MP_") && typeof value === "number") {
      flags.push({ bit: value, name: keyword.slice(3) });
    } else if (/^MSKN\d+$/.test(keyword) && typeof value === "string") {
      flags.push({ bit: Number(keyword.slice(4)), name: value.trim().replace(/^MP_/, "") });
    }
  }
  return flags.filter(({ name }) => name !== "").sort((a, b) => a.bit - b.bit);
}

/** The flags of a header that the registry does not know by this name and bit; empty when all agree. */
export function flagMismatches(flags: Iterable<HeaderFlag>): FlagMismatch[] {
  const mismatches: FlagMismatch[] = [];
  for (const { bit, name } of flags) {
    const byBit = PIXEL_FLAGS.definitions.find((definition) => definition.bit === bit);
    const byName = PIXEL_FLAGS.definitions.find((definition) => definition.name === name);
    if (byBit !== undefined && byBit === byName) continue;
    mismatches.push({ bit, name, registryName: byBit?.name, registryBit: byName?.bit });
  }
  return mismatches;
}
