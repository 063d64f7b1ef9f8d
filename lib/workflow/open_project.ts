import type { MeasurementRow } from "../outputs/measurement_row.ts";
import { binRows } from "../outputs/exported_rows.ts";
import { correctedRow, correctionNotes, type SpectrumCorrections } from "../outputs/corrections.ts";
import { sortRows } from "../outputs/measurement_row.ts";
import type { BinningOptions, ChannelFlux } from "../spectrum/bin_spectrum.ts";
import type { SourceSummary } from "../store/summaries.ts";
import { sourceSummaries } from "../store/summaries.ts";
import { TaggedError } from "../core/errors.ts";
import { nearestWord } from "../core/text.ts";
import { Figure } from "./figure.ts";
import { LightCurve } from "./light_curve.ts";
import { Project, type ProjectOptions } from "./project.ts";

/** The measurements of one source, sorted by wavelength. */
export class Spectrum {
  /** Name of the source. */
  readonly sourceName: string;
  /** One record an image, with the columns of the spectra CSV. */
  readonly rows: readonly MeasurementRow[];
  /** The corrections that wavelengths and fluxes have had, by name; none unless {@linkcode corrected}. */
  readonly corrections: Readonly<Record<string, string>>;

  /** Rows are kept as given. */
  constructor(
    sourceName: string,
    rows: readonly MeasurementRow[],
    corrections: Readonly<Record<string, string>> = {},
  ) {
    this.sourceName = sourceName;
    this.rows = rows;
    this.corrections = corrections;
  }

  /**
   * The spectrum with wavelengths at the barycentre of the solar system, or fluxes without the extinction by the dust of
   * the Milky Way, as asked. Throws RangeError for extinction that cannot be, and TypeError for a second correction.
   */
  corrected(corrections: SpectrumCorrections): Spectrum {
    if (Object.keys(this.corrections).length > 0) throw new TypeError("The spectrum is corrected already");
    const rows = this.rows.map((row) => correctedRow(row, corrections));
    return new Spectrum(this.sourceName, rows, correctionNotes(corrections));
  }

  /** The rows that may be used for science without inspection. */
  recommended(): Spectrum {
    return this.filter((row) => row["science_recommended"] === true);
  }

  /** The rows that a cut of your own keeps. */
  filter(keep: (row: MeasurementRow) => boolean): Spectrum {
    return new Spectrum(this.sourceName, this.rows.filter(keep), this.corrections);
  }

  /**
   * The rows recommended for science on the 102 channels, combined by inverse variance. Channels without any have a
   * count of 0 and NaN. Throws RangeError for a `clipSigma` that is not positive.
   */
  binned(options: BinningOptions = {}): readonly ChannelFlux[] {
    return binRows(this.rows, options.clipSigma).channels;
  }

  /** The same measurements over time. */
  lightCurve(): LightCurve {
    return new LightCurve(this.sourceName, this.rows);
  }

  /** Flux over wavelength, as in the published plot. */
  async plot(): Promise<Figure> {
    const { sedPlotSvg } = await import("../plot/sed_plot.ts");
    const { spectrumPoints } = await import("../outputs/spectrum_points.ts");
    return new Figure(sedPlotSvg(spectrumPoints(this.rows), { sourceName: this.sourceName }));
  }

  /** Flux, signal-to-noise ratio and fit quality over wavelength, as in the published summary. */
  async qaPlot(): Promise<Figure> {
    const { qaSummaryPlotSvg } = await import("../plot/qa_summary_plot.ts");
    const { spectrumPoints } = await import("../outputs/spectrum_points.ts");
    return new Figure(qaSummaryPlotSvg(spectrumPoints(this.rows), { sourceName: this.sourceName }));
  }
}

/** A project opened for reading: its sources, their spectra, and its database by SQL. */
export class ProjectView implements Disposable {
  readonly #project: Project;

  /** Use {@linkcode openProject}. */
  constructor(project: Project) {
    this.#project = project;
  }

  /** What the project has and lacks, source by source, in catalog order. */
  sources(): SourceSummary[] {
    return sourceSummaries(this.#project.database).map((row) => ({ ...row }));
  }

  /** The current measurements of a source, by name or identity. Throws catalog/unknown-source. */
  spectrum(name: string): Spectrum {
    const [source] = this.#project.sources.iterate({ names: [name], limit: 1 });
    if (source === undefined) {
      const nearest = nearestWord(name, this.sources().map((row) => row.sourceName));
      throw new TaggedError("catalog/unknown-source", `No source is named "${name}"`, {
        context: { name },
        hint: nearest === undefined ? "project.sources() lists the names" : `Did you mean "${nearest}"?`,
      });
    }
    const rows = this.#project.measurements.publishedRows(source.sourceId)
      .map((row) => JSON.parse(row.rowJson) as MeasurementRow);
    return new Spectrum(source.sourceName, sortRows(rows));
  }

  /** The current measurements of a source over time, by name or identity. Throws catalog/unknown-source. */
  lightCurve(name: string): LightCurve {
    return this.spectrum(name).lightCurve();
  }

  /** The rows of a SELECT on the project's database, at most `limit`. Nothing can be changed this way. */
  query(sql: string, limit = 10_000): Record<string, unknown>[] {
    if (!/^\s*(select|with)\b/i.test(sql)) throw new TypeError("Only SELECT statements can be asked");
    return this.#project.database.all(`SELECT * FROM (${sql.replace(/;\s*$/, "")}) LIMIT ?`, limit).map((
      row,
    ) => ({ ...row }));
  }

  /** Closes the database. */
  [Symbol.dispose](): void {
    this.#project[Symbol.dispose]();
  }
}

/**
 * Opens a project for looking at it, in a notebook or a script; others may write to it meanwhile.
 *
 * @example
 * ```ts ignore
 * using project = await openProject("project");
 * const figure = await project.spectrum("TDE_2025aarm").plot();
 * ```
 */
export async function openProject(
  project: string,
  options: Omit<ProjectOptions, "project"> = {},
): Promise<ProjectView> {
  return new ProjectView(await Project.open({ ...options, project }));
}
