import { type MeasurementRow, numberCell, textCell } from "../outputs/measurement_row.ts";
import { alignCells, printable } from "./table_text.ts";

/** A number with the digits that its error makes worth reading. */
function rounded(value: number, error: number): string {
  if (!Number.isFinite(value)) return "none";
  if (!(error > 0) || !Number.isFinite(error)) return value.toPrecision(6);
  return value.toFixed(Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(error)))));
}

/** One measured file as text for people. */
export function measurementText(row: MeasurementRow): string {
  const number = (name: string) => numberCell(row, name);
  const text = (name: string) => printable(textCell(row, name)) || "none";
  const [flux, error] = [number("selected_flux_uJy"), number("selected_flux_err_uJy")];
  const detector = row["detector_id"] ?? "unknown";
  return alignCells([
    ["file", printable(textCell(row, "path"))],
    ["image", `${text("observation_id")}, detector ${detector}, release ${text("release")}`],
    [
      "wavelength",
      `${rounded(number("wavelength_um"), 1e-5)} um, width ${rounded(number("bandwidth_um"), 1e-5)} um`,
    ],
    ["flux", `${rounded(flux, error)} +- ${rounded(error, error)} uJy`],
    [
      "status",
      `${text("measurement_status")}, ${text("detection_status")}, S/N ${
        rounded(number("selected_snr"), 0.1)
      }`,
    ],
    ["recommended", row["science_recommended"] === true ? "yes" : `no: ${text("science_reject_reason")}`],
    ["flags", text("photometry_flags").replaceAll(";", ", ")],
    ["calibration", text("calibration_match_quality").replaceAll("_", " ")],
    ["PSF", text("psf_model")],
  ]).join("\n");
}
