import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { diffConfigs } from "../config/diff.ts";
import { DEFAULT_CONFIG } from "../config/schema.ts";
import { withoutSecrets } from "../core/public_text.ts";
import { writeFileAtomic } from "../files/atomic_write.ts";
import { sha256Hex } from "../files/sha256.ts";
import { readManifest } from "../outputs/manifest_store.ts";
import { type MeasurementRow, numberCell } from "../outputs/measurement_row.ts";
import { outputPaths } from "../outputs/output_paths.ts";
import { contentHash, reportHtml, spectrumScript } from "../outputs/report/report_html.ts";
import type { ReportSource, RunReport } from "../outputs/report/run_report.ts";
import { sparklineCode } from "../outputs/report/sparkline.ts";
import { type ReportSpectrum, reportSpectrum } from "../outputs/report/spectrum_data.ts";
import { spectrumPoints } from "../outputs/spectrum_points.ts";
import { PHOTOMETRY_FLAGS } from "../photometry/photometry_flags.ts";
import { bandCounts, failureGroups, flagCounts, latestRun } from "../store/report_counts.ts";
import { projectTotals, sourceSummaries, type SourceSummary } from "../store/summaries.ts";
import type { RunCounts } from "./events.ts";
import { PACKAGE_VERSION } from "./package_version.ts";
import { Project, type ProjectOptions } from "./project.ts";
import { unmergedShards } from "./shards/shard_progress.ts";
import { unmergedText } from "./shards/unmerged_text.ts";
import { reportedRun, type RunToReport, type RunTraffic, totalFigures } from "./report_figures.ts";

/** Measurements up to which the spectra are part of the page; more of them go into a file for each source. */
const INLINE_MEASUREMENTS = 20_000;

/** Spectra that are written side by side, since each waits for the disk. */
const WRITES_AT_ONCE = 16;

/** Name of the record of a run's traffic and times. */
const TRAFFIC_FILE = "traffic.json";

/** What a report is made of and where it goes. */
export interface ReportOptions extends ProjectOptions {
  /** The page; `report.html` in the project's folder of results when left out. */
  readonly output?: string;
  /** Measurements up to which the spectra are part of the page. @default {20000} */
  readonly inlineMeasurements?: number;
  /** Stops the writing. */
  readonly signal?: AbortSignal;
}

/** A report that was written. */
export interface ReportResult {
  /** Absolute path of the page. */
  readonly path: string;
  /** Sources in it. */
  readonly sources: number;
  /** Files of spectra that it reads; 0 when all are part of it. */
  readonly dataFiles: number;
  /** Whether a page that says the same was there already, and was left as it is. */
  readonly isUnchanged: boolean;
}

/** Where the parts of a report go. */
interface ReportPlace {
  /** Absolute path of the page. */
  readonly path: string;
  /** Absolute path of the folder of spectra, for pages that do not hold them. */
  readonly dataFolder: string;
  /** Measurements up to which the spectra are part of the page. */
  readonly inlineMeasurements: number;
  readonly signal: AbortSignal | undefined;
}

/** The best science point's signal-to-noise ratio; null without one. */
function bestSignalToNoise(rows: readonly MeasurementRow[]): number | null {
  const ratios = rows.filter((row) => row["science_recommended"] === true)
    .map((row) => numberCell(row, "selected_snr")).filter(Number.isFinite);
  return ratios.length === 0 ? null : Number(Math.max(...ratios).toPrecision(4));
}

function reportSource(
  project: Project,
  summary: SourceSummary,
  rows: readonly MeasurementRow[],
  spectrumFile: string,
): ReportSource {
  const source = project.sources.find(summary.sourceId)!;
  return {
    name: summary.sourceName,
    slug: summary.slug,
    rightAscensionDeg: source.rightAscensionDeg,
    declinationDeg: source.declinationDeg,
    state: summary.state,
    reason: summary.reason ?? "",
    images: summary.products,
    measured: summary.measured,
    detected: summary.detected,
    recommended: summary.recommended,
    failed: summary.failed,
    bestSignalToNoise: bestSignalToNoise(rows),
    sparkline: sparklineCode(spectrumPoints(rows)),
    hasOutputs: summary.publishedAt !== null,
    spectrumFile,
  };
}

function publishedRows(project: Project, sourceId: string): MeasurementRow[] {
  return project.measurements.publishedRows(sourceId).map((row) => JSON.parse(row.rowJson) as MeasurementRow);
}

async function plottedIds(project: Project, slug: string): Promise<ReadonlySet<string>> {
  const paths = outputPaths(slug, project.config.photometry.output_root);
  const manifest = await readManifest(project.root, paths.manifest);
  return new Set(manifest?.full_qa.measurement_ids ?? []);
}

/** Writes the page and, when there is much to show, a file for each spectrum; one source is in memory at a time. */
async function writePage(
  project: Project,
  run: RunToReport | undefined,
  place: ReportPlace,
): Promise<ReportResult> {
  const totals = projectTotals(project.database);
  const summaries = sourceSummaries(project.database);
  const isInline = totals.measurements <= place.inlineMeasurements;
  const spectra: Record<string, ReportSpectrum> = {};
  const sources: ReportSource[] = [];
  const writes: Promise<void>[] = [];
  for (const summary of summaries) {
    place.signal?.throwIfAborted();
    const rows = publishedRows(project, summary.sourceId);
    const spectrum = isInline && rows.length === 0
      ? undefined
      : reportSpectrum(rows, await plottedIds(project, summary.slug));
    let spectrumFile = "";
    if (spectrum !== undefined && isInline) spectra[summary.slug] = spectrum;
    else if (spectrum !== undefined) {
      const script = spectrumScript(summary.slug, spectrum);
      // A name for each content: what is there already is current, and reports of earlier runs keep theirs.
      spectrumFile = `${summary.slug}.${sha256Hex(script).slice(0, 12)}.js`;
      writes.push(writeUnlessThere(join(place.dataFolder, spectrumFile), script));
      if (writes.length % WRITES_AT_ONCE === 0) await Promise.all(writes.slice(-WRITES_AT_ONCE));
    }
    sources.push(reportSource(project, summary, rows, spectrumFile));
  }
  await Promise.all(writes);
  const failures = failureGroups(project.database);
  const failed = failures.reduce((sum, group) => sum + group.items, 0);
  const { effective } = project;
  const report: RunReport = {
    projectName: project.config.project.name,
    projectPath: project.root,
    generatedAt: new Date().toISOString(),
    packageVersion: PACKAGE_VERSION,
    configHash: effective.hash,
    run: run === undefined ? null : reportedRun(run),
    totals: totalFigures(totals, summaries, failed),
    notice: noticeOf(project),
    bands: bandCounts(project.database),
    flags: raisedFlags(project),
    failures,
    hosts: run?.hosts ?? [],
    stages: run?.stages ?? [],
    configDifferences: diffConfigs(DEFAULT_CONFIG, effective.config, effective.origins).map((difference) => ({
      key: difference.key,
      defaultValue: JSON.stringify(difference.before),
      value: JSON.stringify(withoutSecrets(difference.after)),
      origin: difference.origin ?? "",
    })),
    sources,
    spectra: isInline ? spectra : null,
    dataFolder: fromPage(place.path, place.dataFolder),
    resultsPath: fromPage(place.path, project.paths.results),
  };
  const isUnchanged = await saysTheSame(place.path, report);
  if (!isUnchanged) await writeFileAtomic(place.path, reportHtml(report));
  return { path: place.path, sources: sources.length, dataFiles: writes.length, isUnchanged };
}

/** What the numbers leave out: the work of shards that have not been merged. */
function noticeOf(project: Project): string {
  const unmerged = unmergedText({ project: project.root, shards: unmergedShards(project.paths) });
  return unmerged === undefined ? "" : `${unmerged.text}. ${unmerged.hint}.`;
}

/** A path relative to a page, with forward slashes. */
function fromPage(page: string, path: string): string {
  return relative(dirname(page), path).replaceAll("\\", "/") || ".";
}

async function writeUnlessThere(path: string, text: string): Promise<void> {
  const isThere = await Deno.stat(path).then(({ isFile }) => isFile, () => false);
  if (!isThere) await writeFileAtomic(path, text);
}

/** Whether the page at a path is this report but for its date. */
async function saysTheSame(path: string, report: RunReport): Promise<boolean> {
  try {
    using file = await Deno.open(path);
    const head = new Uint8Array(4096);
    const length = await file.read(head) ?? 0;
    return new TextDecoder().decode(head.subarray(0, length)).includes(contentHash(report));
  } catch (error) {
    // A page that cannot be read is written anew, or cannot be written, which is told then.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

function raisedFlags(project: Project): RunReport["flags"] {
  const counts = flagCounts(project.database);
  return PHOTOMETRY_FLAGS.definitions.flatMap(({ name, meaning, blocksScience }) => {
    const count = counts.get(name) ?? 0;
    return count === 0 ? [] : [{ name, meaning, blocksScience, count }];
  }).sort((a, b) => b.count - a.count);
}

/** Writes the report of a run into its record, `runs/<id>/report.html`, with its traffic and times beside it. */
export async function writeRunReport(
  project: Project,
  run: RunToReport,
  signal?: AbortSignal,
): Promise<ReportResult> {
  const folder = join(project.paths.runs, run.runId);
  const traffic: RunTraffic = { hosts: run.hosts, stages: run.stages };
  await writeFileAtomic(join(folder, TRAFFIC_FILE), `${JSON.stringify(traffic, null, 2)}\n`);
  project.database.flush();
  return await writePage(project, run, {
    path: join(folder, "report.html"),
    dataFolder: join(project.paths.results, "report_data"),
    inlineMeasurements: INLINE_MEASUREMENTS,
    signal,
  });
}

/** The latest run with what its record tells of traffic and times. */
async function recordOfLatestRun(project: Project): Promise<RunToReport | undefined> {
  const run = latestRun(project.database, "run");
  if (run === undefined) return undefined;
  const counts = JSON.parse(run.countsJson) as Partial<RunCounts>;
  return {
    ...run,
    ...await readTraffic(join(project.paths.runs, run.runId, TRAFFIC_FILE)),
    counts: counts.measured === undefined ? undefined : counts as RunCounts,
  };
}

async function readTraffic(path: string): Promise<RunTraffic> {
  try {
    return JSON.parse(await Deno.readTextFile(path)) as RunTraffic;
  } catch (error) {
    // The report is of the project; a run whose record is gone only has less to tell.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) {
      return { hosts: [], stages: [] };
    }
    throw error;
  }
}

/**
 * Writes a report of the project as it is now: one HTML page with what was found, measured and not achieved, and an
 * interactive spectrum of each source. It opens from the disk and needs no network.
 *
 * Large projects get a folder of spectra beside the page, `report_data/` for `report.html`; spectra that have not changed
 * are not written again, and neither is a page that would say the same.
 *
 * @throws {TaggedError} `config/…`, `store/…`, `storage/…`.
 */
export async function writeReport(options: ReportOptions): Promise<ReportResult> {
  using project = await Project.open(options);
  const path = options.output === undefined
    ? join(project.paths.results, "report.html")
    : resolve(options.output);
  return await writePage(project, await recordOfLatestRun(project), {
    path,
    dataFolder: join(dirname(path), `${basename(path, extname(path))}_data`),
    inlineMeasurements: options.inlineMeasurements ?? INLINE_MEASUREMENTS,
    signal: options.signal,
  });
}
