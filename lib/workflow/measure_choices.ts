import { photometrySettings } from "../config/photometry_settings.ts";
import type { Config } from "../config/schema.ts";
import { fitBoxHalf } from "../photometry/template.ts";
import { PIXEL_FLAGS } from "../spherex/pixel_flags.ts";
import type { MeasureChoices } from "./cutout_measurer.ts";

/** How a configuration says that cutouts are measured. Throws `config/invalid-value` for a flag that does not exist. */
export function measureChoices(config: Config): MeasureChoices {
  const { source, interpolation } = config.photometry.psf;
  const settings = photometrySettings(config, PIXEL_FLAGS);
  return {
    settings,
    bandwidthRadiusPixels: fitBoxHalf(settings) + 1,
    zoneMode: interpolation,
    psfSource: source === "auto" || source === "file" ? source : "calibration",
  };
}
