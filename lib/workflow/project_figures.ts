import type { SkySource } from "../plot/sky_plot.ts";
import { spectrumPoints } from "../outputs/spectrum_points.ts";
import type { SourceSelection } from "../store/sources.ts";
import { sourceSummaries } from "../store/summaries.ts";
import { publishedRows } from "./exported_table_rows.ts";
import { Figure } from "./figure.ts";
import type { Project } from "./project.ts";

/** Where the sources of a project are on the sky, and how much of each is measured. */
export async function skyFigure(project: Project): Promise<Figure> {
  const { skyPlotSvg } = await import("../plot/sky_plot.ts");
  const measured = new Map(sourceSummaries(project.database).map((line) => [line.sourceId, line.measured]));
  const sources = [...project.sources.iterate({})].map((source): SkySource => ({
    rightAscensionDeg: source.rightAscensionDeg,
    declinationDeg: source.declinationDeg,
    measured: measured.get(source.sourceId) ?? 0,
  }));
  return new Figure(skyPlotSvg(sources, { title: project.config.project.name }));
}

/** The spectra of a project as small multiples, page by page in catalog order; one page is in memory at a time. */
export async function* overviewFigures(
  project: Project,
  selection: SourceSelection = {},
): AsyncGenerator<Figure> {
  const { OVERVIEW_PAGE_SOURCES, overviewPlotSvg } = await import("../plot/overview_plot.ts");
  const total = project.sources.count(selection);
  const pages = Math.max(1, Math.ceil(total / OVERVIEW_PAGE_SOURCES));
  const sources = project.sources.iterate(selection)[Symbol.iterator]();
  for (let page = 1; page <= pages; page++) {
    const shown = [];
    while (shown.length < OVERVIEW_PAGE_SOURCES) {
      const next = sources.next();
      if (next.done) break;
      const rows = publishedRows(project, next.value);
      shown.push({ sourceName: next.value.sourceName, points: spectrumPoints(rows) });
    }
    yield new Figure(overviewPlotSvg(shown, { title: project.config.project.name, page, pages }));
  }
}
