import { TaggedError } from "../core/errors.ts";
import type { ConfigOrigin } from "./config_problem.ts";
import type { EffectiveConfig } from "./layers.ts";

/** The size of a target's cutouts and who decided it. */
export interface CutoutSize {
  /** Side in arcseconds. */
  readonly sizeArcsec: number;
  /** The catalog row, or the layer of `cutouts.default_size_arcsec`. */
  readonly origin: "catalog" | ConfigOrigin;
}

/**
 * The size of one target's cutouts, in four steps: the catalog row; the batch file (or a flag, which stands above it);
 * the project file; the built-in default. The last three are the layers of `cutouts.default_size_arcsec`.
 *
 * @param catalogSizeArcsec Size in the catalog row, undefined or null when the row has none.
 * @param effective The merged configuration.
 * @throws {TaggedError} `catalog/cutout-size` when the row's size is outside of the configured limits.
 */
export function resolveCutoutSize(
  catalogSizeArcsec: number | null | undefined,
  effective: Pick<EffectiveConfig, "config" | "origins">,
): CutoutSize {
  const { cutouts } = effective.config;
  if (catalogSizeArcsec === undefined || catalogSizeArcsec === null) {
    const origin = effective.origins["cutouts.default_size_arcsec"] ?? "default";
    return { sizeArcsec: cutouts.default_size_arcsec, origin };
  }
  if (catalogSizeArcsec >= cutouts.min_size_arcsec && catalogSizeArcsec <= cutouts.max_size_arcsec) {
    return { sizeArcsec: catalogSizeArcsec, origin: "catalog" };
  }
  throw new TaggedError(
    "catalog/cutout-size",
    `The catalog asks for a cutout of ${catalogSizeArcsec} arcsec: expected ${cutouts.min_size_arcsec} to ${cutouts.max_size_arcsec}`,
    {
      context: { size_arcsec: catalogSizeArcsec },
      hint: "Change the size, or the limits cutouts.min_size_arcsec and cutouts.max_size_arcsec",
    },
  );
}
