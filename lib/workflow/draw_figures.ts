import { join, resolve } from "node:path";
import { writeFileAtomic } from "../files/atomic_write.ts";
import type { SpectrumCorrections } from "../outputs/corrections.ts";
import type { SourceRecord } from "../store/sources.ts";
import { checkSelection } from "./discover.ts";
import { publishedRows } from "./exported_table_rows.ts";
import type { Figure } from "./figure.ts";
import { LightCurve, type LightCurveFigureOptions } from "./light_curve.ts";
import { Project, type ProjectOptions } from "./project.ts";
import { overviewFigures, skyFigure } from "./project_figures.ts";
import { Spectrum, type SpectrumFigureOptions } from "./spectrum.ts";

/** What a figure shows: a spectrum, its quality, a light curve, all spectra as small multiples, or the catalog's sky. */
export type FigureKind = "sed" | "qa" | "light_curve" | "overview" | "sky";

/** The kinds of figures. */
export const FIGURE_KINDS: readonly FigureKind[] = ["sed", "qa", "light_curve", "overview", "sky"];

/** Which figures to draw, and how. */
export interface DrawOptions extends ProjectOptions, SpectrumFigureOptions, LightCurveFigureOptions {
  /** What the figures show. */
  readonly kind: FigureKind;
  /** Names or identities of sources; all when absent or empty. */
  readonly sourceNames?: readonly string[];
  /** Corrections of a spectrum; none when absent. */
  readonly corrections?: SpectrumCorrections | undefined;
  /** Folder for the figures; `figures/` of the project's results when absent. */
  readonly output?: string;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** The figures that were drawn. */
export interface DrawResult {
  /** What they show. */
  readonly kind: FigureKind;
  /** How many there are; each is an SVG and a PNG. */
  readonly figures: number;
  /** Absolute paths of the files. */
  readonly files: readonly string[];
}

/** A figure and the name of its files. */
interface NamedFigure {
  readonly name: string;
  readonly figure: Figure;
  readonly dotsPerInch: number;
}

const PIXELS_PER_UNIT = 200 / 96;

/**
 * Draws figures of a project as SVG and PNG (200 dots per inch). Figures of sources without measurements say so. A file
 * stands under its name only when it is complete; one figure at a time is in memory.
 *
 * @throws {TaggedError} `catalog/unknown-source`, `config/…`, `store/…`, `storage/…`.
 * @throws {RangeError} For corrections or a `clipSigma` that cannot be.
 */
export async function drawFigures(options: DrawOptions): Promise<DrawResult> {
  using project = await Project.open(options);
  checkSelection(project, { names: options.sourceNames ?? [] });
  const folder = resolve(options.output ?? join(project.paths.results, "figures"));
  const { svgToPng } = await import("../plot/raster.ts");
  const files: string[] = [];
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name, figure, dotsPerInch } of figuresOf(project, options)) {
    options.signal?.throwIfAborted();
    const path = join(folder, name);
    const width = Number(/ width="([0-9.]+)"/.exec(figure.svg)![1]);
    const png = await svgToPng(figure.svg, { widthPixels: Math.round(width * PIXELS_PER_UNIT), dotsPerInch });
    await writeFileAtomic(`${path}.svg`, figure.svg);
    await writeFileAtomic(`${path}.png`, png);
    files.push(`${path}.svg`, `${path}.png`);
  }
  return { kind: options.kind, figures: files.length / 2, files };
}

async function* figuresOf(project: Project, options: DrawOptions): AsyncGenerator<NamedFigure> {
  const { kind } = options;
  const selection = { names: options.sourceNames ?? [] };
  const dotsPerInch = 200;
  if (kind === "sky") {
    yield { name: "sky", figure: await skyFigure(project), dotsPerInch };
  } else if (kind === "overview") {
    let page = 0;
    for await (const figure of overviewFigures(project, selection)) {
      yield { name: `overview_${++page}`, figure, dotsPerInch };
    }
  } else {
    for (const source of project.sources.iterate(selection)) {
      yield {
        name: `${source.slug}_${kind}`,
        figure: await sourceFigure(project, source, options),
        dotsPerInch,
      };
    }
  }
}

async function sourceFigure(project: Project, source: SourceRecord, options: DrawOptions): Promise<Figure> {
  const rows = publishedRows(project, source);
  if (options.kind === "light_curve") return await new LightCurve(source.sourceName, rows).plot(options);
  const plain = new Spectrum(source.sourceName, rows);
  const spectrum = options.corrections === undefined ? plain : plain.corrected(options.corrections);
  return await (options.kind === "qa" ? spectrum.qaPlot() : spectrum.plot(options));
}
