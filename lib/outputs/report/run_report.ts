import type { Timeline } from "../../net/host_timeline.ts";
import type { ReportSpectrum } from "./spectrum_data.ts";

/** What a report says of the run that it was written after. */
export interface ReportedRun {
  /** Identity of the run. */
  readonly runId: string;
  /** The command, such as `run`. */
  readonly command: string;
  /** How it ended. */
  readonly status: string;
  /** When it began, ISO 8601. */
  readonly startedAt: string;
  /** When it ended, ISO 8601; null when it has not. */
  readonly finishedAt: string | null;
  /** What was done, by name, in the order to show. */
  readonly figures: readonly ReportFigure[];
}

/** One number with its name. */
export interface ReportFigure {
  /** What is counted. */
  readonly label: string;
  /** The number as people read it. */
  readonly value: string;
  /** A few words below it; empty for none. */
  readonly remark: string;
}

/** What came of one detector's images. */
export interface ReportBand {
  /** Detector, 1 to 6. */
  readonly detector: number;
  /** Measurements. */
  readonly measured: number;
  /** Detections. */
  readonly detected: number;
  /** Measurements recommended for science. */
  readonly recommended: number;
}

/** How often a flag was raised. */
export interface ReportFlag {
  /** Name of the flag. */
  readonly name: string;
  /** One sentence for users. */
  readonly meaning: string;
  /** Whether it makes a measurement unfit for science. */
  readonly blocksScience: boolean;
  /** Measurements that carry it. */
  readonly count: number;
}

/** Failures of one kind that nobody has overcome yet. */
export interface ReportFailure {
  /** The step that failed. */
  readonly phase: string;
  /** Error code. */
  readonly code: string;
  /** The sentence of the latest one. */
  readonly message: string;
  /** What to do; null when nothing is known. */
  readonly hint: string | null;
  /** How many items failed so. */
  readonly items: number;
  /** Names of some of the sources concerned. */
  readonly sourceNames: readonly string[];
  /** How many sources are concerned. */
  readonly sourceCount: number;
}

/** What was exchanged with one host. */
export interface ReportHost {
  /** Name and port. */
  readonly host: string;
  /** Requests sent, repeats included. */
  readonly requests: number;
  /** Attempts that ended in an error. */
  readonly failures: number;
  /** Attempts that were repeats. */
  readonly retries: number;
  /** Answers that asked to go slower. */
  readonly throttled: number;
  /** Bytes received. */
  readonly bytesReceived: number;
  /** The most requests under way at once. */
  readonly peakInFlight: number;
  /** Traffic over time; absent in the records of earlier versions. */
  readonly timeline?: Timeline;
}

/** How long one stage of a run took. */
export interface ReportStage {
  /** Name of the stage. */
  readonly stage: string;
  /** Seconds from its first sign to its last. */
  readonly seconds: number;
  /** Items done. */
  readonly items: number;
}

/** A configuration key that differs from its default. */
export interface ReportConfigDifference {
  /** The key. */
  readonly key: string;
  /** The default, as JSON. */
  readonly defaultValue: string;
  /** The value used, as JSON. */
  readonly value: string;
  /** The layer that it comes from; empty when not known. */
  readonly origin: string;
}

/** One line of the table of sources. */
export interface ReportSource {
  /** Name in the catalog; may hold anything. */
  readonly name: string;
  /** File-name form of the name. */
  readonly slug: string;
  /** Right ascension, ICRS, degrees. */
  readonly rightAscensionDeg: number;
  /** Declination, ICRS, degrees. */
  readonly declinationDeg: number;
  /** How far the source is. */
  readonly state: string;
  /** Why; empty when the state says it all. */
  readonly reason: string;
  /** Images that cover it. */
  readonly images: number;
  /** Measurements. */
  readonly measured: number;
  /** Detections. */
  readonly detected: number;
  /** Measurements recommended for science. */
  readonly recommended: number;
  /** Items whose last try failed. */
  readonly failed: number;
  /** Largest signal-to-noise ratio of a measurement recommended for science; null without one. */
  readonly bestSignalToNoise: number | null;
  /** The spectrum in one line, as `sparklineCode` gives it. */
  readonly sparkline: string;
  /** Whether the outputs of the source are on the disk. */
  readonly hasOutputs: boolean;
  /** Name of the file of its spectrum in the folder of data; empty when the spectrum is part of the page. */
  readonly spectrumFile: string;
}

/** Everything that a report shows. */
export interface RunReport {
  /** Name of the project. */
  readonly projectName: string;
  /** Absolute path of the project. */
  readonly projectPath: string;
  /** When the report was made, ISO 8601. */
  readonly generatedAt: string;
  /** Version of the program. */
  readonly packageVersion: string;
  /** Hash of the effective configuration. */
  readonly configHash: string;
  /** The run that it tells of; null for a project without one. */
  readonly run: ReportedRun | null;
  /** Numbers of the project as a whole. */
  readonly totals: readonly ReportFigure[];
  /** What the numbers leave out, and what to do about it; empty when nothing. */
  readonly notice: string;
  /** Counts of each detector. */
  readonly bands: readonly ReportBand[];
  /** Every flag that was raised, the most frequent first. */
  readonly flags: readonly ReportFlag[];
  /** Failures, the most frequent first. */
  readonly failures: readonly ReportFailure[];
  /** Hosts that were talked to; empty when nothing was fetched. */
  readonly hosts: readonly ReportHost[];
  /** The stages in order; empty when not known. */
  readonly stages: readonly ReportStage[];
  /** Configuration keys that differ from their defaults. */
  readonly configDifferences: readonly ReportConfigDifference[];
  /** The sources in catalog order. */
  readonly sources: readonly ReportSource[];
  /** Spectra by slug when they are part of the page; null when each stands in a file of its own. */
  readonly spectra: Readonly<Record<string, ReportSpectrum>> | null;
  /** Folder of the spectra's files, relative to the page, with forward slashes. */
  readonly dataFolder: string;
  /** Path from the page to the folder of results, with forward slashes. */
  readonly resultsPath: string;
}
