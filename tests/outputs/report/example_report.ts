import type { ReportSource, RunReport } from "../../../lib/outputs/report/run_report.ts";
import { sparklineCode } from "../../../lib/outputs/report/sparkline.ts";
import { type ReportSpectrum, reportSpectrum } from "../../../lib/outputs/report/spectrum_data.ts";
import { spectrumPoints } from "../../../lib/outputs/spectrum_points.ts";
import { exampleRow, exampleRows } from "../example_rows.ts";
import type { MeasurementRow } from "../../../lib/outputs/measurement_row.ts";

/** A name that would run a script wherever it is taken for markup. */
export const HOSTILE_NAME = `</script><img src=x onerror="globalThis.wasAttacked=1">&'`;

/** Rows of one source: a few of each kind, one with flags. */
export function reportRows(seed: number): MeasurementRow[] {
  const flagged = exampleRow({
    measurement_id: "f".repeat(64),
    wavelength_um: 3.3,
    detector_id: 4,
    selected_flux_uJy: 140,
    science_recommended: false,
    qa_grade: "reject",
    photometry_flags: "SEVERE_IMAGE_FLAG;WAVELENGTH_FALLBACK",
    image_flag_names: "HOT;SOURCE",
    mjd_avg: 61067.5546,
  });
  return [...exampleRows(60, seed), flagged];
}

function reportSourceOf(name: string, slug: string, rows: readonly MeasurementRow[]): ReportSource {
  return {
    name,
    slug,
    rightAscensionDeg: 150.1,
    declinationDeg: -2.25,
    state: rows.length === 0 ? "source_failed" : "source_complete",
    reason: rows.length === 0 ? "2 failed of 2" : "",
    images: 62,
    measured: rows.length,
    detected: rows.length,
    recommended: rows.filter((row) => row["science_recommended"] === true).length,
    failed: rows.length === 0 ? 2 : 0,
    bestSignalToNoise: rows.length === 0 ? null : rows.length / 2,
    sparkline: sparklineCode(spectrumPoints(rows)),
    hasOutputs: rows.length > 0,
    spectrumFile: `${slug}.js`,
  };
}

/** A report with three sources: a plain one, one whose name is an attack, one without measurements. */
export function exampleReport(changes: Partial<RunReport> = {}): RunReport {
  const spectra: Record<string, ReportSpectrum> = {
    plain: reportSpectrum(reportRows(3), new Set(["f".repeat(64)])),
    "hostile~012345678901": reportSpectrum(reportRows(4)),
  };
  return {
    projectName: `Survey ${HOSTILE_NAME}`,
    projectPath: "/data/survey",
    generatedAt: "2026-01-02T03:04:05.678Z",
    packageVersion: "0.1.0",
    configHash: "ab".repeat(32),
    run: {
      runId: "20260102T030405Z-abcdef",
      command: "run",
      status: "partial_success",
      startedAt: "2026-01-02T03:00:05.000Z",
      finishedAt: "2026-01-02T03:04:05.000Z",
      figures: [{ label: "Measured", value: "122", remark: "0 were current" }],
    },
    totals: [{ label: "Sources", value: "3", remark: "2 complete" }],
    bands: [{ detector: 3, measured: 100, detected: 80, recommended: 60 }],
    flags: [
      { name: "SEVERE_IMAGE_FLAG", meaning: "Pixels are bad", blocksScience: true, count: 12 },
      { name: "WAVELENGTH_FALLBACK", meaning: "The wavelength is rough", blocksScience: false, count: 3 },
    ],
    failures: [{
      phase: "download",
      code: "net/stalled",
      message: `The answer stalled for ${HOSTILE_NAME}`,
      hint: "Run again with --resume",
      items: 2,
      sourceNames: [HOSTILE_NAME],
      sourceCount: 7,
    }],
    hosts: [{
      host: "irsa.ipac.caltech.edu",
      requests: 1234,
      failures: 5,
      retries: 4,
      throttled: 3,
      bytesReceived: 240_000_000,
      peakInFlight: 16,
      timeline: {
        startMs: 1_767_322_800_000,
        intervalMs: 1600,
        intervals: Array.from({ length: 150 }, (_, i) => ({
          requests: 8,
          bytesReceived: 1_600_000 + 900_000 * Math.sin(i / 11),
          throttled: i % 50 === 40 ? 1 : 0,
          failures: i % 50 === 40 ? 1 : i === 70 ? 2 : 0,
          lowestLimit: 4 + (i % 50 >= 40 ? 4 : i % 50 / 4),
          limit: i % 50 === 40 ? 8 : 4 + Math.floor(i % 50 / 4),
        })),
      },
    }],
    stages: [{ stage: "full_qa", seconds: 61, items: 122 }],
    notice: "",
    configDifferences: [{
      key: "runtime.max_fit_workers",
      defaultValue: "32",
      value: "2",
      origin: "project",
    }],
    sources: [
      reportSourceOf("Plain star", "plain", reportRows(3)),
      reportSourceOf(HOSTILE_NAME, "hostile~012345678901", reportRows(4).slice(0, 40)),
      reportSourceOf("Nothing here", "nothing", []),
    ],
    spectra,
    dataFolder: "report_data",
    resultsPath: "../../results",
    ...changes,
  };
}

/** A report of so many sources whose spectra are not part of the page. */
export function largeReport(count: number): RunReport {
  const rows = reportRows(5);
  const source = reportSourceOf("", "", rows);
  const sources = Array.from({ length: count }, (_, index) => ({
    ...source,
    name: `Source ${index + 1}`,
    slug: `source_${index + 1}`,
    spectrumFile: `source_${index + 1}.js`,
    recommended: index % 4 === 0 ? 0 : source.recommended,
    bestSignalToNoise: index,
  }));
  return exampleReport({ sources, spectra: null });
}
