import { TaggedError } from "../core/errors.ts";
import { nearestWord } from "../core/text.ts";
import { sourceSummaries, type SourceSummary } from "../store/summaries.ts";
import { publishedRows } from "./exported_table_rows.ts";
import type { Figure } from "./figure.ts";
import type { LightCurve } from "./light_curve.ts";
import { Project, type ProjectOptions } from "./project.ts";
import { overviewFigures, skyFigure } from "./project_figures.ts";
import { Spectrum } from "./spectrum.ts";

/** A project opened for reading: its sources, their spectra, and its database by SQL. */
export class ProjectView implements Disposable {
  readonly #project: Project;

  private constructor(project: Project) {
    this.#project = project;
  }

  /** Opens a project; {@linkcode openProject} is the short form. */
  static async open(options: ProjectOptions): Promise<ProjectView> {
    return new ProjectView(await Project.open(options));
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
    return new Spectrum(source.sourceName, publishedRows(this.#project, source));
  }

  /** The current measurements of a source over time, by name or identity. Throws catalog/unknown-source. */
  lightCurve(name: string): LightCurve {
    return this.spectrum(name).lightCurve();
  }

  /** Where the sources are on the sky, and how much of each is measured. */
  async sky(): Promise<Figure> {
    return await skyFigure(this.#project);
  }

  /** All spectra, or those of some sources, as small multiples: 24 on a page. */
  async overview(names: readonly string[] = []): Promise<Figure[]> {
    return await Array.fromAsync(overviewFigures(this.#project, { names }));
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
export function openProject(
  project: string,
  options: Omit<ProjectOptions, "project"> = {},
): Promise<ProjectView> {
  return ProjectView.open({ ...options, project });
}
