import type { InjectionBin } from "./injection_statistics.ts";

const COLUMNS: readonly (readonly [string, (bin: InjectionBin) => number | string | null])[] = [
  ["detector_id", ({ detector }) => detector ?? "all"],
  ["true_flux_uJy", (bin) => bin.trueFluxMicroJy],
  ["count", (bin) => bin.count],
  ["failed", (bin) => bin.failed],
  ["median_snr", (bin) => bin.snr],
  ["bias", (bin) => bin.bias],
  ["bias_error", (bin) => bin.biasError],
  ["pull_median", (bin) => bin.pullMedian],
  ["pull_median_error", (bin) => bin.pullMedianError],
  ["pull_width", (bin) => bin.pullWidth],
  ["pull_width_error", (bin) => bin.pullWidthError],
  ["completeness", (bin) => bin.completeness],
  ["flagged_fraction", (bin) => bin.flaggedFraction],
];

/** Writes the results of injections as CSV with a header line; what is not known is empty. */
export function injectionCsv(bins: readonly InjectionBin[]): string {
  const lines = bins.map((bin) => COLUMNS.map(([, cell]) => cell(bin) ?? "").join(","));
  return [COLUMNS.map(([name]) => name).join(","), ...lines].join("\n") + "\n";
}
