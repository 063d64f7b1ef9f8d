import { sha256File } from "../files/sha256.ts";
import { insideDirectory } from "../files/safe_path.ts";
import { jsonText } from "./json_text.ts";
import {
  type OutputLocation,
  readManifest,
  removeOutput,
  writeManifest,
  writeOutput,
} from "./manifest_store.ts";
import { measurementIndex } from "./measurement_index.ts";
import { sortRows } from "./measurement_row.ts";
import { buildManifest, type ManifestPlot, type OutputManifest } from "./output_manifest.ts";
import { type OutputPaths, outputPaths } from "./output_paths.ts";
import { sourceProvenance } from "./provenance.ts";
import type { PublishSourceInput } from "./published_source.ts";
import { rowHashes } from "./row_hash.ts";
import { type FigureRenderer, renderSourceFigures } from "./source_figures.ts";
import { encodeSpectrumCsv } from "./spectra_csv.ts";
import { spectrumPoints } from "./spectrum_points.ts";

/** Where outputs go and who draws them. */
export interface PublishSourceOptions extends OutputLocation {
  /** Draws the figures; this thread does when left out. */
  readonly renderFigures?: FigureRenderer;
}

/**
 * Writes the compact outputs of one source (CSV, spectrum plot, quality summary, provenance, measurement index)
 * and, when all of them are on the disk, the manifest that vouches for them.
 *
 * Each file is replaced whole. Until the manifest is written an older one no longer matches the files, so that a
 * crash in between leaves outputs that {@linkcode verifyOutputs} calls stale, never wrong ones that look current.
 * Full quality plots of unchanged rows that are still on the disk are kept in the manifest.
 *
 * Throws TypeError or RangeError for rows that are no rows of the spectrum CSV (see {@linkcode encodeSpectrumCsv})
 * and TaggedError `storage/*` when the disk refuses.
 */
export async function publishSource(
  input: PublishSourceInput,
  options: PublishSourceOptions,
): Promise<OutputManifest> {
  const { source } = input;
  const paths = outputPaths(source.slug, options.resultsDirectory);
  const rows = sortRows(input.rows);
  const hashes = rowHashes(rows);
  const csv = encodeSpectrumCsv(rows);
  const plots = await keptPlots(options.projectRoot, paths, hashes);
  const render = options.renderFigures ?? renderSourceFigures;
  const figures = await render({
    sourceName: source.sourceName,
    points: spectrumPoints(rows),
    qaSummary: input.qaSummary ?? true,
  });
  const write = (path: string, contents: string | Uint8Array) =>
    writeOutput(options.projectRoot, path, contents);
  const index = measurementIndex({
    sourceId: source.sourceId,
    sourceName: source.sourceName,
    rows,
    csvPath: paths.csv,
    plotPaths: Object.fromEntries(Object.entries(plots).map(([id, plot]) => [id, plot.path])),
  });
  const files = {
    csv: await write(paths.csv, csv),
    sed: await write(paths.sed, figures.sedPng),
    sed_svg: await write(paths.sedSvg, figures.sedSvg),
    ...(figures.qaSummaryPng === null ? {} : { qa: await write(paths.qa, figures.qaSummaryPng) }),
    provenance: await write(paths.provenance, jsonText(sourceProvenance(input))),
    index: await write(paths.index, jsonText(index)),
  };
  // An older summary would show other numbers than the files beside it.
  if (files.qa === undefined) await removeOutput(options.projectRoot, paths.qa);
  const { versions, configHash } = input;
  const manifest = buildManifest({ source, versions, configHash, rowHashes: hashes, files, plots });
  await writeManifest(options.projectRoot, paths.manifest, manifest);
  return manifest;
}

/** The full quality plots of the manifest on the disk that still stand for the same rows. */
async function keptPlots(
  projectRoot: string,
  paths: OutputPaths,
  hashes: ReadonlyMap<string, string>,
): Promise<Record<string, ManifestPlot>> {
  const previous = await readManifest(projectRoot, paths.manifest);
  const kept: Record<string, ManifestPlot> = {};
  for (const [id, plot] of Object.entries(previous?.full_qa.plots ?? {})) {
    if (hashes.get(id) !== plot.row_sha256) continue;
    if (await fileMatches(projectRoot, plot)) kept[id] = plot;
  }
  return kept;
}

async function fileMatches(projectRoot: string, plot: ManifestPlot): Promise<boolean> {
  try {
    return await sha256File(insideDirectory(projectRoot, plot.path)) === plot.sha256;
  } catch {
    return false;
  }
}
