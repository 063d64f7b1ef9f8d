import type { MeasurementModels } from "../photometry/measurement.ts";
import { type CutoutPanels, cutoutPanelsPng, type CutoutPanelsStyle } from "../plot/cutout_panels.ts";
import { numberText } from "../plot/number_text.ts";
import { jsonText } from "./json_text.ts";
import { type OutputLocation, readManifest, writeManifest, writeOutput } from "./manifest_store.ts";
import { measurementIndex } from "./measurement_index.ts";
import { measurementIdOf, type MeasurementRow, numberCell, textCell } from "./measurement_row.ts";
import { fullQaSection, type ManifestPlot, type OutputManifest, sealManifest } from "./output_manifest.ts";
import { fullQaPath, outputPaths } from "./output_paths.ts";
import type { PublishedSource } from "./published_source.ts";
import { rowHash, rowHashes } from "./row_hash.ts";

/** What the full quality plot of one measurement is drawn from; plain data, so that it can be sent to a worker. */
export interface FullQaInput {
  /** The row of the measurement. */
  readonly row: MeasurementRow;
  /** The planes that its measurement kept. */
  readonly models: MeasurementModels;
}

/** Draws the full quality plot of one measurement as PNG: eight panels below a title of its numbers. */
export function renderFullQa(
  input: FullQaInput,
  style: CutoutPanelsStyle = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return cutoutPanelsPng(fullQaPanels(input), style);
}

/** What the full quality plot of one measurement shows. */
export function fullQaPanels({ row, models }: FullQaInput): CutoutPanels {
  const number = (name: string, digits?: number) => numberText(numberCell(row, name), digits);
  const neighbors = numberCell(row, "n_neighbors");
  const measurementId = textCell(row, "measurement_id");
  return {
    title: `${textCell(row, "source_name")}   D${number("detector_id", 1)}   ${
      number("wavelength_um", 5)
    } \u00b5m`,
    lines: [
      joined([
        textCell(row, "observation_id"),
        `MJD ${number("mjd_avg", 9)}`,
        measurementId === "" ? "" : `measurement ${measurementId.slice(0, 16)}`,
        textCell(row, "detection_status"),
        row["science_recommended"] === true ? "science" : "not recommended",
      ]),
      joined([
        `point ${number("point_flux_uJy", 4)} \u00b1 ${number("point_flux_err_uJy")} \u00b5Jy`,
        Number.isNaN(numberCell(row, "joint_flux_uJy"))
          ? ""
          : `joint ${number("joint_flux_uJy", 4)} \u00b1 ${number("joint_flux_err_uJy")} \u00b5Jy`,
        `selected ${textCell(row, "selected_fit")}`,
        `S/N ${number("selected_snr")}`,
        `reduced \u03c7\u00b2 ${number("chi2_reduced")}`,
        `fit quality ${number("fit_quality")}`,
        Number.isNaN(neighbors) ? "" : `neighbours ${neighbors}`,
      ]),
      joined([
        `background ${number("background_uJy_per_pixel", 4)} \u00b1 ${
          number("background_unc_uJy_per_pixel")
        } \u00b5Jy/pixel`,
        `deblending ${textCell(row, "deblend_status")}`,
        `flags ${textCell(row, "photometry_flags").replaceAll(";", ", ") || "none"}`,
      ]),
    ],
    models,
    targetX: numberCell(row, "x_cutout"),
    targetY: numberCell(row, "y_cutout"),
    protectionRadiusPixels: numberCell(row, "target_protection_radius_pixels"),
  };
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("  \u00b7  ");
}

/** Writes the full quality plot of one measurement and returns how the manifest will know it. */
export async function writeFullQa(
  slug: string,
  row: MeasurementRow,
  png: Uint8Array,
  location: OutputLocation,
): Promise<ManifestPlot> {
  const path = fullQaPath(slug, measurementIdOf(row), location.resultsDirectory);
  return { ...await writeOutput(location.projectRoot, path, png), row_sha256: rowHash(row) };
}

/**
 * Enters full quality plots into the manifest and the measurement index of a source that is already published.
 *
 * Plots of earlier calls stay; those of measurements that are no longer among `rows`, or that were drawn for an
 * older row, are dropped. Returns the new manifest, or undefined when the source has none or one that stands for
 * other rows: then it has to be published first.
 */
export async function recordFullQa(
  source: PublishedSource,
  rows: readonly MeasurementRow[],
  plots: Readonly<Record<string, ManifestPlot>>,
  location: OutputLocation,
): Promise<OutputManifest | undefined> {
  const paths = outputPaths(source.slug, location.resultsDirectory);
  const previous = await readManifest(location.projectRoot, paths.manifest);
  const hashes = rowHashes(rows);
  if (previous === undefined || previous.measurement_ids.join() !== [...hashes.keys()].sort().join()) {
    return undefined;
  }
  const valid = Object.fromEntries(
    Object.entries({ ...previous.full_qa.plots, ...plots })
      .filter(([id, plot]) => hashes.get(id) === plot.row_sha256),
  );
  const index = measurementIndex({
    sourceId: source.sourceId,
    sourceName: source.sourceName,
    rows,
    csvPath: paths.csv,
    plotPaths: Object.fromEntries(Object.entries(valid).map(([id, plot]) => [id, plot.path])),
  });
  const indexFile = await writeOutput(location.projectRoot, paths.index, jsonText(index));
  const { manifest_hash: _, ...content } = previous;
  const manifest = sealManifest({
    ...content,
    files: { ...content.files, index: indexFile },
    full_qa: fullQaSection(valid, previous.measurement_ids),
  });
  await writeManifest(location.projectRoot, paths.manifest, manifest);
  return manifest;
}
