import { z } from "zod";
import { canonicalJson } from "../core/canonical_json.ts";
import { sha256Hex } from "../files/sha256.ts";
import type { OutputVersions, PublishedSource } from "./published_source.ts";
import { measurementRowsHash } from "./row_hash.ts";

/** A file as the manifest knows it. */
export interface ManifestFile {
  /** Path relative to the project folder, with forward slashes. */
  readonly path: string;
  /** Length in bytes. */
  readonly size_bytes: number;
  /** SHA-256 of the contents. */
  readonly sha256: string;
}

/** A full quality plot as the manifest knows it. */
export interface ManifestPlot extends ManifestFile {
  /** Hash of the row that the plot was drawn for. */
  readonly row_sha256: string;
}

/** The full quality plots of a source. */
export interface ManifestFullQa {
  /** The measurements that have a plot, sorted. */
  readonly measurement_ids: readonly string[];
  /** How many have one. */
  readonly measurement_plot_count: number;
  /** Whether every measurement of the source has one. */
  readonly complete: boolean;
  /** The plots by measurement id. */
  readonly plots: Readonly<Record<string, ManifestPlot>>;
}

/** The files that every manifest names. */
export interface ManifestFiles {
  /** The spectrum as CSV. */
  readonly csv: ManifestFile;
  /** The spectrum plot as PNG. */
  readonly sed: ManifestFile;
  /** The spectrum plot as SVG. */
  readonly sed_svg: ManifestFile;
  /** The quality summary as PNG; absent when it was not wanted. */
  readonly qa?: ManifestFile | undefined;
  /** The provenance. */
  readonly provenance: ManifestFile;
  /** The measurement index. */
  readonly index: ManifestFile;
}

/** What a manifest states: which rows, code and settings the outputs of a source stand for, and their checksums. */
export interface OutputManifest {
  /** Identifier of the source. */
  readonly source_id: string;
  /** Name of the source. */
  readonly source_name: string;
  /** Version of the columns and files. */
  readonly output_schema_version: string;
  /** Version of the measuring code. */
  readonly photometry_code_version: string;
  /** Hash of the effective configuration. */
  readonly config_hash: string;
  /** The measurements, sorted. */
  readonly measurement_ids: readonly string[];
  /** How many there are. */
  readonly measurement_row_count: number;
  /** SHA-256 of the canonical JSON of each row's hash by measurement id. */
  readonly measurement_rows_hash: string;
  /** The output files. */
  readonly files: ManifestFiles;
  /** The full quality plots. */
  readonly full_qa: ManifestFullQa;
  /** SHA-256 of the canonical JSON of everything above. */
  readonly manifest_hash: string;
}

/** A manifest that is not sealed by its hash yet. */
export type ManifestContent = Omit<OutputManifest, "manifest_hash">;

/** What a manifest is made from. */
export interface ManifestInput {
  /** The source. */
  readonly source: Pick<PublishedSource, "sourceId" | "sourceName">;
  /** Versions of the code and of the files. */
  readonly versions: OutputVersions;
  /** Hash of the effective configuration. */
  readonly configHash: string;
  /** Hash of each row by measurement id. */
  readonly rowHashes: ReadonlyMap<string, string>;
  /** The files as written. */
  readonly files: ManifestFiles;
  /** The full quality plots as written. */
  readonly plots: Readonly<Record<string, ManifestPlot>>;
}

/** Makes the manifest of a source's outputs. */
export function buildManifest(input: ManifestInput): OutputManifest {
  const measurementIds = [...input.rowHashes.keys()].sort();
  return sealManifest({
    source_id: input.source.sourceId,
    source_name: input.source.sourceName,
    output_schema_version: input.versions.outputSchemaVersion,
    photometry_code_version: input.versions.photometryCodeVersion,
    config_hash: input.configHash,
    measurement_ids: measurementIds,
    measurement_row_count: measurementIds.length,
    measurement_rows_hash: measurementRowsHash(input.rowHashes),
    files: input.files,
    full_qa: fullQaSection(input.plots, measurementIds),
  });
}

/** The full quality section for the plots that exist among `measurementIds`. */
export function fullQaSection(
  plots: Readonly<Record<string, ManifestPlot>>,
  measurementIds: readonly string[],
): ManifestFullQa {
  const plotted = measurementIds.filter((id) => plots[id] !== undefined).sort();
  return {
    measurement_ids: plotted,
    measurement_plot_count: plotted.length,
    complete: plotted.length === measurementIds.length,
    plots: Object.fromEntries(plotted.map((id) => [id, plots[id]!])),
  };
}

/** Adds the hash that shows any later change of the manifest itself. */
export function sealManifest(content: ManifestContent): OutputManifest {
  return { ...content, manifest_hash: manifestHash(content) };
}

/** The hash of a manifest's content; a `manifest_hash` in it is left out. */
export function manifestHash(content: ManifestContent): string {
  const { manifest_hash: _, ...rest } = content as OutputManifest;
  return sha256Hex(canonicalJson(rest));
}

const FILE = z.strictObject({
  path: z.string(),
  size_bytes: z.int().nonnegative(),
  sha256: z.string(),
});

const MANIFEST: z.ZodType<OutputManifest> = z.strictObject({
  source_id: z.string(),
  source_name: z.string(),
  output_schema_version: z.string(),
  photometry_code_version: z.string(),
  config_hash: z.string(),
  measurement_ids: z.array(z.string()),
  measurement_row_count: z.int().nonnegative(),
  measurement_rows_hash: z.string(),
  files: z.strictObject({
    csv: FILE,
    sed: FILE,
    sed_svg: FILE,
    qa: FILE.optional(),
    provenance: FILE,
    index: FILE,
  }),
  full_qa: z.strictObject({
    measurement_ids: z.array(z.string()),
    measurement_plot_count: z.int().nonnegative(),
    complete: z.boolean(),
    plots: z.record(z.string(), FILE.extend({ row_sha256: z.string() })),
  }),
  manifest_hash: z.string(),
});

/** Reads a manifest from its text, or returns undefined for text that is no manifest of this version. */
export function parseManifest(text: string): OutputManifest | undefined {
  try {
    return MANIFEST.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
