import type { JsonValue } from "../../lib/core/errors.ts";
import { SeededRandom } from "../../lib/core/random.ts";
import type { MeasurementRow } from "../../lib/outputs/measurement_row.ts";
import type { PublishSourceInput } from "../../lib/outputs/published_source.ts";

/** A row with sensible numbers, changed as told. */
export function exampleRow(changes: MeasurementRow = {}): MeasurementRow {
  return {
    source_id: "src-1",
    source_name: "TDE_2025aarm",
    ra_deg: 150.1,
    dec_deg: -2.25,
    measurement_id: "m-1",
    cutout_key: "c-1",
    observation_id: "2025W18_2B_0001_1",
    detector_id: 3,
    zodi_used: false,
    wavelength_um: 2.0123,
    bandwidth_um: 0.049,
    selected_flux_uJy: 120.5,
    selected_flux_err_uJy: 6.25,
    selected_snr: 19.28,
    upper_limit_3sigma_uJy: 18.75,
    measurement_status: "measured",
    science_recommended: true,
    qa_grade: "A",
    detection_status: "detected",
    photometry_flags: "",
    fit_quality: 0.81,
    fit_ql_mean_abs_2p5pix: 0.93,
    calibration_exact_match: true,
    spectral_wcs_calibration_id: "spectral_wcs_D3_cal-wcs-v4-2025-254",
    ...changes,
  };
}

/** Rows of one source in scrambled order, some of them non-detections and failures. */
export function exampleRows(count: number, seed = 3): MeasurementRow[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const flux = 100 * random.normal() + 150;
    const failed = i % 11 === 10;
    return exampleRow({
      measurement_id: `m-${(i * 7919) % 100003}`,
      detector_id: 1 + i % 6,
      wavelength_um: 0.75 + 4.25 * random.uniform(),
      selected_flux_uJy: failed ? NaN : flux,
      selected_snr: failed ? NaN : flux / 6.25,
      science_recommended: !failed && flux > 20,
      qa_grade: failed ? "reject" : flux > 20 ? "A" : "non_detection",
    });
  });
}

/** What a source is published from. */
export function examplePublication(changes: Partial<PublishSourceInput> = {}): PublishSourceInput {
  const rows = changes.rows ?? exampleRows(12);
  const measurements: Record<string, JsonValue> = {};
  for (const row of rows) measurements[String(row["measurement_id"])] = { cutout_sha256: "ab".repeat(32) };
  return {
    source: {
      sourceId: "src-1",
      sourceName: "TDE_2025aarm",
      slug: "TDE_2025aarm",
      rightAscensionDeg: 150.1,
      declinationDeg: -2.25,
    },
    rows,
    failures: [{ product_id: "p-9", phase: "download", code: "net/rate-limited", message: "Gave up" }],
    provenance: { measurements, project: { release: "QR2" } },
    configHash: "cafe".repeat(16),
    versions: { outputSchemaVersion: "1", photometryCodeVersion: "0.1.0" },
    ...changes,
  };
}
