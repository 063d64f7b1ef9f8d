import { join, resolve } from "node:path";
import { TaggedError } from "../../core/errors.ts";
import { writeFileAtomic } from "../../files/atomic_write.ts";
import type { MeasurementRow } from "../../outputs/measurement_row.ts";
import { type FluxAgreement, fluxAgreements } from "../../spectrum/compare_fluxes.ts";
import { checkSelection } from "../discover.ts";
import { Project, type ProjectOptions } from "../project.ts";
import { type ComparedFlux, fluxesOfTable, fluxOfRow } from "./compared_flux.ts";
import { comparisonCsv } from "./comparison_csv.ts";
import {
  fluxesOfSource,
  groupFluxes,
  matchChannels,
  type MatchedFlux,
  type MatchKey,
  matchObservations,
  type SourceFluxes,
} from "./match_fluxes.ts";
import { readForeignTable } from "./read_foreign_table.ts";
import { dialectOf } from "./spectrum_dialect.ts";

/** What to compare with what. */
export interface CompareOptions extends ProjectOptions {
  /** A table of the IRSA Spectrophotometry Tool or of another program, or the folder of another project. */
  readonly other: string;
  /** Names or identities of sources; all when absent or empty. */
  readonly sourceNames?: readonly string[];
  /** How far from a source a row may be to belong to it, arcseconds. @default {3} */
  readonly radiusArcsec?: number;
  /** Fluxes of the same observation and detector, or means of channels; observations if there are any when absent. */
  readonly by?: MatchKey;
  /** Whether flagged fluxes are compared too. @default {false} */
  readonly flagged?: boolean;
  /** Pairs with a lower signal-to-noise ratio of their sum have a pull, but no ratio. @default {10} */
  readonly minimumSignalToNoise?: number;
  /** Folder for table, plots and JSON; null writes nothing. In the project's results when absent. */
  readonly outputDirectory?: string | null;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** How two sets of spectra agree. */
export interface CompareResult {
  /** Folder of the project. */
  readonly project: string;
  /** What it was compared with. */
  readonly other: string;
  /** Whose spectra those are. */
  readonly otherKind: string;
  /** Format of the table; null for a project. */
  readonly otherFormat: string | null;
  /** What the two fluxes of a pair have in common. */
  readonly matchedBy: MatchKey;
  /** Sources with a pair. */
  readonly sources: number;
  /** Fluxes of the project that could have a partner. */
  readonly fluxes: number;
  /** Fluxes of the other side that could have a partner. */
  readonly otherFluxes: number;
  /** How the pairs agree by band, and last in all. */
  readonly bands: readonly FluxAgreement[];
  /** The pairs. */
  readonly pairs: readonly MatchedFlux[];
  /** Files that were written. */
  readonly files: readonly string[];
}

/** The other side of a comparison. */
interface OtherSide {
  readonly kind: string;
  readonly format: string | null;
  readonly fluxes: readonly ComparedFlux[];
}

/**
 * Compares the spectra of a project with a table of the IRSA Spectrophotometry Tool (a row for each exposure, or a row
 * with arrays for each source), of SPXQuery or SPIFF, or with another project: the ratio of fluxes and their difference
 * in units of its error, by band; written as CSV, JSON, SVG and PNG.
 *
 * Fluxes of the same observation and detector are compared; without any such, the inverse-variance means of channels.
 *
 * @throws {TaggedError} `usage/not-a-table`, `usage/not-a-spectrum`, `usage/unknown-unit`, `usage/nothing-to-compare`,
 * `catalog/unknown-source`, and what opening a project throws.
 */
export async function compareSpectra(options: CompareOptions): Promise<CompareResult> {
  const { minimumSignalToNoise = 10, radiusArcsec = 3, flagged = false } = options;
  if (!(radiusArcsec > 0)) throw new RangeError(`A radius of ${radiusArcsec} arcsec finds nothing`);
  using project = await Project.open(options);
  const isCounted = (flux: ComparedFlux) => flagged || flux.isClean;
  const sources = sourcesOf(project, options.sourceNames ?? [])
    .map((source) => ({ ...source, fluxes: source.fluxes.filter(isCounted) }));
  const other = await readOther(options);
  options.signal?.throwIfAborted();
  const counted = other.fluxes.filter(isCounted);
  const groups = groupFluxes(counted);
  const perSource = sources.map((source) => [source, fluxesOfSource(source, groups, radiusArcsec)] as const);
  checkUnnamed(perSource, counted);
  const { matchedBy, pairs } = matchAll(perSource, options.by);
  if (pairs.length === 0) throw nothingToCompare(options, sources, counted);
  const result = {
    project: project.root,
    other: resolve(options.other),
    otherKind: other.kind,
    otherFormat: other.format,
    matchedBy,
    sources: new Set(pairs.map(({ sourceName }) => sourceName)).size,
    fluxes: sources.reduce((sum, { fluxes }) => sum + fluxes.length, 0),
    otherFluxes: counted.length,
    bands: fluxAgreements(pairs, minimumSignalToNoise),
    pairs,
  };
  const { outputDirectory = join(project.paths.results, "comparison") } = options;
  const files = outputDirectory === null
    ? []
    : await writeComparison(resolve(outputDirectory), result, minimumSignalToNoise);
  return { ...result, files };
}

function sourcesOf(project: Project, names: readonly string[]): SourceFluxes[] {
  checkSelection(project, { names });
  return [...project.sources.iterate({ names })].map((source) => ({
    sourceName: source.sourceName,
    rightAscensionDeg: source.rightAscensionDeg,
    declinationDeg: source.declinationDeg,
    fluxes: project.measurements.publishedRows(source.sourceId)
      .map(({ rowJson }) => fluxOfRow(JSON.parse(rowJson) as MeasurementRow))
      .filter(({ fluxErrorMicroJy }) => fluxErrorMicroJy > 0),
  }));
}

async function readOther({ other }: CompareOptions): Promise<OtherSide> {
  const isFolder = await Deno.stat(other).then((info) => info.isDirectory, () => false);
  if (isFolder) {
    using project = await Project.open({ project: other });
    // Catalog positions, not those moved to each epoch, tell whether a source is the same.
    const fluxes = sourcesOf(project, []).flatMap((source) =>
      source.fluxes.map((flux) => ({
        ...flux,
        rightAscensionDeg: source.rightAscensionDeg,
        declinationDeg: source.declinationDeg,
      }))
    );
    return { kind: "spxcutdb project", format: null, fluxes };
  }
  const table = await readForeignTable(other);
  const dialect = dialectOf(table, other);
  return { kind: dialect.name, format: table.format, fluxes: fluxesOfTable(table, dialect, other) };
}

/** A table that names no source belongs to one: it cannot be compared with several. */
function checkUnnamed(
  perSource: readonly (readonly [SourceFluxes, readonly ComparedFlux[]])[],
  others: readonly ComparedFlux[],
): void {
  const isUnnamed = others.some((flux) => flux.sourceName === "" && Number.isNaN(flux.rightAscensionDeg));
  if (!isUnnamed || perSource.length <= 1) return;
  throw new TaggedError(
    "usage/which-source",
    `The table has neither positions nor names, and the project has ${perSource.length} sources`,
    {
      context: { sources: perSource.length },
      hint: "Say which source it belongs to: add --source-name NAME",
    },
  );
}

function matchAll(
  perSource: readonly (readonly [SourceFluxes, readonly ComparedFlux[]])[],
  by: MatchKey | undefined,
): { matchedBy: MatchKey; pairs: MatchedFlux[] } {
  const observations = by === "channel"
    ? []
    : perSource.flatMap(([source, others]) => matchObservations(source, others));
  if (by === "observation" || observations.length > 0) {
    return { matchedBy: "observation", pairs: observations };
  }
  const pairs = perSource.flatMap(([source, others]) => matchChannels(source, others));
  return { matchedBy: "channel", pairs };
}

function nothingToCompare(
  { other, by, flagged = false, radiusArcsec = 3 }: CompareOptions,
  sources: readonly SourceFluxes[],
  others: readonly ComparedFlux[],
): TaggedError {
  const own = sources.reduce((sum, { fluxes }) => sum + fluxes.length, 0);
  const hint = own === 0
    ? "Measure first: spxcutdb run; or add --flagged to compare flagged fluxes too"
    : others.length === 0 && !flagged
    ? "All its fluxes are flagged or unusable; add --flagged to compare them all the same"
    : `Check that positions agree within ${radiusArcsec} arcsec (--radius)${
      by === "observation" ? ", or compare channels: --by channel" : ""
    }`;
  return new TaggedError(
    "usage/nothing-to-compare",
    `None of ${own} fluxes of ${sources.length} sources has a partner among ${others.length} in ${other}`,
    { context: { other, fluxes: own, otherFluxes: others.length, sources: sources.length }, hint },
  );
}

async function writeComparison(
  directory: string,
  result: Omit<CompareResult, "files">,
  minimumSignalToNoise: number,
): Promise<string[]> {
  // Drawing is heavy to load.
  const { comparisonPlotSvg } = await import("../../plot/comparison_plot.ts");
  const { svgToPng } = await import("../../plot/raster.ts");
  const { outwardJson } = await import("../../core/outward_json.ts");
  const { pairs, ...summary } = result;
  const svg = comparisonPlotSvg(pairs, {
    otherKind: result.otherKind,
    matchedBy: result.matchedBy,
    minimumSignalToNoise,
  });
  const files: (readonly [string, string | Uint8Array])[] = [
    ["comparison.csv", comparisonCsv(pairs, minimumSignalToNoise)],
    ["comparison.json", `${JSON.stringify(outwardJson({ schema_version: 1, ...summary }), null, 2)}\n`],
    ["comparison.svg", svg],
    ["comparison.png", await svgToPng(svg, { widthPixels: 1400, dotsPerInch: 200 })],
  ];
  await Deno.mkdir(directory, { recursive: true });
  for (const [name, content] of files) await writeFileAtomic(join(directory, name), content);
  return files.map(([name]) => join(directory, name));
}
