import { outputPaths } from "../output_paths.ts";
import { escapeHtml, pathLink } from "./html_text.ts";
import type { ReportSource, RunReport } from "./run_report.ts";
import { sparklineSvg } from "./sparkline.ts";

/** Sources that stand in the page as written; scripts show all of them. */
export const STATIC_SOURCES = 200;

/** State of a source in people's words. */
export function stateText(state: string): string {
  return state.replace(/^source_/, "").replaceAll("_", " ");
}

/** Signal-to-noise ratio in few digits; a dash for none. */
function ratioText(value: number | null): string {
  return value === null ? "\u2013" : value >= 100 ? String(Math.round(value)) : value.toFixed(1);
}

/** Position in degrees, as in a catalog. */
export function positionText(source: Pick<ReportSource, "rightAscensionDeg" | "declinationDeg">): string {
  const sign = source.declinationDeg < 0 ? "\u2212" : "+";
  return `${source.rightAscensionDeg.toFixed(4)} ${sign}${Math.abs(source.declinationDeg).toFixed(4)}`;
}

function row(source: ReportSource, resultsPath: string): string {
  const name = escapeHtml(source.name);
  const plot = pathLink(outputPaths(source.slug, resultsPath).sedSvg);
  return [
    '<tr><th scope="row">',
    source.hasOutputs ? `<a href="${escapeHtml(plot)}">${name}</a>` : name,
    `<small>${positionText(source)}</small></th>`,
    `<td><span class="state ${escapeHtml(source.state)}" title="${escapeHtml(source.reason)}">`,
    `${escapeHtml(stateText(source.state))}</span></td>`,
    `<td class="sparkcell">${sparklineSvg(source.sparkline)}</td>`,
    `<td class="n">${source.images}</td><td class="n">${source.measured}</td>`,
    `<td class="n">${source.detected}</td><td class="n">${source.recommended}</td>`,
    `<td class="n${source.failed > 0 ? " bad" : ""}">${source.failed}</td>`,
    `<td class="n">${ratioText(source.bestSignalToNoise)}</td></tr>`,
  ].join("");
}

/** The body of the table of sources, as far as it stands in the page for readers without scripts. */
export function sourceRows(report: RunReport): string {
  const shown = report.sources.slice(0, STATIC_SOURCES).map((source) => row(source, report.resultsPath));
  const rest = report.sources.length - shown.length;
  if (report.sources.length === 0) shown.push('<tr><td colspan="9">The project has no sources yet</td></tr>');
  if (rest > 0) {
    shown.push(
      `<tr><td colspan="9">and ${rest} more: allow scripts to see them, or use <code>spxcutdb summary</code></td></tr>`,
    );
  }
  return shown.join("\n");
}
