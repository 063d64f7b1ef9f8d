import type { JsonValue } from "../core/errors.ts";
import type { MeasurementRow } from "./measurement_row.ts";

/** The source whose outputs are published. */
export interface PublishedSource {
  /** Identifier of the source in the project. */
  readonly sourceId: string;
  /** Name in the catalog, shown in titles. */
  readonly sourceName: string;
  /** File name part that stands for the source: safe and unique in the project. */
  readonly slug: string;
  /** Right ascension, degrees. */
  readonly rightAscensionDeg: number;
  /** Declination, degrees. */
  readonly declinationDeg: number;
}

/** The versions that outputs are made by; a change of any makes them stale. */
export interface OutputVersions {
  /** Version of the columns and files. */
  readonly outputSchemaVersion: string;
  /** Version of the measuring code. */
  readonly photometryCodeVersion: string;
}

/** What is known of how the outputs came to be. */
export interface SourceProvenance {
  /** What each measurement was made from and with, by measurement id. */
  readonly measurements: Readonly<Record<string, JsonValue>>;
  /** What the caller wishes to record of the project: program, settings, release, catalog row. */
  readonly project?: Readonly<Record<string, JsonValue>>;
}

/** Everything that the outputs of one source are made from. */
export interface PublishSourceInput {
  /** The source. */
  readonly source: PublishedSource;
  /** Its current measurements, in any order. */
  readonly rows: readonly MeasurementRow[];
  /** Its durable failures, as they should stand in the provenance. */
  readonly failures: readonly Readonly<Record<string, JsonValue>>[];
  /** How the outputs came to be. */
  readonly provenance: SourceProvenance;
  /** Whether the quality summary is part of the outputs; it is when left out. */
  readonly qaSummary?: boolean;
  /** Hash of the effective configuration that outputs depend on. */
  readonly configHash: string;
  /** Versions of the code and of the files. */
  readonly versions: OutputVersions;
}
