/** Where the outputs of one source stand, relative to the project folder, with forward slashes. */
export interface OutputPaths {
  /** The spectrum as CSV. */
  readonly csv: string;
  /** The spectrum plot as PNG. */
  readonly sed: string;
  /** The spectrum plot as SVG. */
  readonly sedSvg: string;
  /** The quality summary as PNG. */
  readonly qa: string;
  /** Provenance of the source, its measurements and its failures. */
  readonly provenance: string;
  /** Index of the measurements. */
  readonly index: string;
  /** The manifest that decides whether the others are current. */
  readonly manifest: string;
}

/** The folder of results when the configuration names no other. */
export const DEFAULT_RESULTS_DIRECTORY = "results";

/**
 * The outputs of the source whose safe file name is `slug`.
 *
 * @example
 * ```ts
 * import { outputPaths } from "./output_paths.ts";
 * import assert from "node:assert/strict";
 * assert.equal(outputPaths("TDE_2025aarm").csv, "results/spectra/TDE_2025aarm.csv");
 * ```
 */
export function outputPaths(slug: string, resultsDirectory: string = DEFAULT_RESULTS_DIRECTORY): OutputPaths {
  return {
    csv: `${resultsDirectory}/spectra/${slug}.csv`,
    sed: `${resultsDirectory}/plots/${slug}_sed.png`,
    sedSvg: `${resultsDirectory}/plots/${slug}_sed.svg`,
    qa: `${resultsDirectory}/qa/${slug}/${slug}_qa_summary.png`,
    provenance: `${resultsDirectory}/provenance/${slug}_provenance.json`,
    index: `${resultsDirectory}/provenance/${slug}_measurement_index.json`,
    manifest: `${resultsDirectory}/provenance/${slug}_output_manifest.json`,
  };
}

/** Where the full quality plot of one measurement stands, relative to the project folder. */
export function fullQaPath(
  slug: string,
  measurementId: string,
  resultsDirectory: string = DEFAULT_RESULTS_DIRECTORY,
): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(measurementId)) {
    throw new RangeError(
      `A measurement id that names a file must be plain, not ${JSON.stringify(measurementId)}`,
    );
  }
  return `${resultsDirectory}/qa/${slug}/measurements/${measurementId}_qa.png`;
}
