import { pullOf, ratioError, ratioOf } from "../../spectrum/compare_fluxes.ts";
import { csvLine } from "../../table/csv_table.ts";
import type { MatchedFlux } from "./match_fluxes.ts";

const HEADER = [
  "source_name",
  "observation_id",
  "detector_id",
  "wavelength_um",
  "other_wavelength_um",
  "flux_uJy",
  "flux_err_uJy",
  "other_flux_uJy",
  "other_flux_err_uJy",
  "ratio",
  "ratio_err",
  "pull",
];

/** The pairs of a comparison as CSV with a header line; ratios of faint pairs are empty. */
export function comparisonCsv(pairs: readonly MatchedFlux[], minimumSignalToNoise: number): string {
  const rows = pairs.map((pair) => {
    const ratio = ratioOf(pair, minimumSignalToNoise);
    const isFaint = Number.isNaN(ratio);
    return [
      pair.sourceName,
      pair.observationId === "" ? null : pair.observationId,
      pair.detector,
      pair.wavelengthMicron,
      pair.otherWavelengthMicron,
      pair.fluxMicroJy,
      pair.fluxErrorMicroJy,
      pair.otherFluxMicroJy,
      pair.otherFluxErrorMicroJy,
      isFaint ? null : ratio,
      isFaint ? null : ratioError(pair),
      pullOf(pair),
    ];
  });
  return [HEADER, ...rows].map(csvLine).join("");
}
