import type { CutoutFindings } from "./cutout_validation.ts";
import type { Level2Planes } from "./level2_file.ts";
import type { HeaderFlag } from "./pixel_flags.ts";

/** Magnitudes between which a value of a plane lies unless it is 0: a detector saturates below 10^6 MJy/sr. */
const LIMITS = {
  image: { unit: "MJy/sr", least: 1e-20, most: 1e12 },
  variance: { unit: "MJy2/sr2", least: 1e-30, most: 1e24 },
} as const;
/** No release assigns these bits of FLAGS. */
const UNASSIGNED_BITS = [30, 31];

/**
 * That no pixel has a value that no image can have: the mark of damaged bytes, in files without checksums and in
 * pixels that came as byte ranges, which no checksum covers. Damage that leaves a value that could be one, such as a
 * wrong digit, is not seen.
 */
export function checkPixelValues(
  planes: Pick<Level2Planes, "image" | "variance" | "flags">,
  headerFlags: readonly HeaderFlag[],
  findings: CutoutFindings,
): void {
  for (const name of ["image", "variance"] as const) {
    const { least, most, unit } = LIMITS[name];
    const strange = planes[name]?.find((value) => {
      const magnitude = Math.abs(value);
      return magnitude > most || (magnitude < least && magnitude > 0);
    });
    if (strange === undefined) continue;
    findings.fail(
      "failed_pixel_values",
      `${name.toUpperCase()} has the value ${strange} ${unit}: the bytes must be damaged`,
    );
  }
  const named = new Set(headerFlags.map(({ bit }) => bit));
  const mask = UNASSIGNED_BITS.reduce((sum, bit) => named.has(bit) ? sum : sum | (1 << bit), 0);
  const word = planes.flags?.find((flags) => (flags & mask) !== 0);
  if (word === undefined) return;
  findings.fail(
    "failed_pixel_values",
    `FLAGS has the word ${word >>> 0}, with a bit that nothing is assigned to: the bytes must be damaged`,
  );
}
