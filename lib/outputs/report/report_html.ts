import { createHash } from "node:crypto";
import { PHOTOMETRY_FLAGS } from "../../photometry/photometry_flags.ts";
import { BAND_STYLES } from "../../plot/palette.ts";
import chartScript from "./page_chart.js" with { type: "text" };
import pageScript from "./page_main.js" with { type: "text" };
import pointScript from "./page_point.js" with { type: "text" };
import style from "./page_style.css" with { type: "text" };
import tableScript from "./page_table.js" with { type: "text" };
import { escapeHtml, scriptJson } from "./html_text.ts";
import {
  bandSection,
  configSection,
  failureSection,
  figureTiles,
  flagSection,
  hostSection,
  stageSection,
} from "./report_sections.ts";
import type { ReportedRun, RunReport } from "./run_report.ts";
import { sourceRows, stateText } from "./source_table.ts";
import { bandOfBin, SPARKLINE_BINS, SPARKLINE_LETTERS } from "./sparkline.ts";
import { REPORT_STANDINGS, type ReportSpectrum } from "./spectrum_data.ts";

const SCRIPTS = [pointScript, chartScript, tableScript, pageScript];

const COLUMNS: readonly (readonly [key: string, heading: string])[] = [
  ["name", "Source"],
  ["state", "State"],
  ["", "Spectrum"],
  ["images", "Images"],
  ["measured", "Meas."],
  ["detected", "Det."],
  ["recommended", "Rec."],
  ["failed", "Fail."],
  ["bestSignalToNoise", "S/N"],
];

/**
 * A report as one HTML page that needs nothing from elsewhere: style, scripts and data stand in it. Spectra stand in
 * it too unless `report.spectra` is null; then the page loads each from its file, see {@linkcode spectrumScript}.
 *
 * Names and messages are escaped everywhere, and the page's own policy forbids every script but its own.
 */
export function reportHtml(report: RunReport): string {
  const { folder, name } = projectTitle(report);
  const title = `${folder}${name}${report.run === null ? "" : ` \u2013 ${report.run.runId}`}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="spxcutdb ${escapeHtml(report.packageVersion)}">
<meta name="spxcutdb-content" content="${contentHash(report)}">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>
${style}</style>
</head>
<body>
${headerHtml(report)}
<main>
${report.notice === "" ? "" : `<p class="notice" role="note">${escapeHtml(report.notice)}</p>`}
${figureTiles(report.totals)}
${explorerHtml(report)}
<div class="cards">
${
    [
      failureSection(report),
      runSection(report.run),
      bandSection(report),
      flagSection(report),
      hostSection(report),
      stageSection(report),
      configSection(report),
    ].filter((section) => section !== "").join("\n")
  }
</div>
</main>
<footer>Made ${escapeHtml(timeText(report.generatedAt))} by spxcutdb ${
    escapeHtml(report.packageVersion)
  }; configuration <code>${escapeHtml(report.configHash.slice(0, 12))}</code></footer>
<script type="application/json" id="report-data">${scriptJson(pageData(report))}</script>
${SCRIPTS.map((script) => `<script>${script}</script>`).join("\n")}
</body>
</html>
`;
}

/** A hash of what a report says, whenever it was made: equal hashes are equal pages but for their date. */
export function contentHash(report: RunReport): string {
  const { generatedAt: _, ...content } = report;
  const hash = createHash("sha256").update(JSON.stringify(content)).update(style);
  for (const script of SCRIPTS) hash.update(script);
  return hash.digest("hex");
}

/** The file that holds one spectrum of a large report; the page loads it when the source is chosen. */
export function spectrumScript(slug: string, spectrum: ReportSpectrum): string {
  return `spxcutdbReport.received(${scriptJson(slug)},${scriptJson(spectrum)});\n`;
}

/** Only the page's own scripts, known by their hashes, and files beside it. */
function contentPolicy(): string {
  const hashes = SCRIPTS.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'self' file: ${hashes.join(" ")}`,
    "img-src 'self' file: data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** The project's name; one that is only its folder's says little without the folder above. */
function projectTitle({ projectName, projectPath }: RunReport): { folder: string; name: string } {
  const parts = projectPath.split(/[\\/]/).filter((part) => part !== "");
  const above = parts.at(-2);
  const isFolder = above !== undefined && parts.at(-1) === projectName;
  return { folder: isFolder ? `${above}/` : "", name: projectName };
}

function headerHtml(report: RunReport): string {
  const { projectPath, run } = report;
  const { folder, name } = projectTitle(report);
  const heading = `${folder === "" ? "" : `<small>${escapeHtml(folder)}</small>`}${escapeHtml(name)}`;
  const about = run === null ? "" : [
    `<span class="status ${escapeHtml(run.status)}">${escapeHtml(run.status.replaceAll("_", " "))}</span>`,
    `<code>${escapeHtml(run.runId)}</code>`,
    `<span>${escapeHtml(timeText(run.startedAt))}</span>`,
  ].join(" ");
  return `<header><h1>${heading}</h1><p>${about}</p><p class="path">Project folder <code>${
    escapeHtml(projectPath)
  }</code></p></header>`;
}

/** A time without its fractions of a second. */
function timeText(iso: string): string {
  return iso.replace("T", " ").replace(/\.\d+/, "").replace("Z", " UTC");
}

function runSection(run: ReportedRun | null): string {
  if (run === null || run.figures.length === 0) return "";
  return `<section class="card" id="run"><h2>This run</h2>${figureTiles(run.figures)}</section>`;
}

function explorerHtml(report: RunReport): string {
  const states = [...new Set(report.sources.map((source) => source.state))].sort();
  const options = states.map((state) =>
    `<option value="${escapeHtml(state)}">${escapeHtml(stateText(state))}</option>`
  );
  const heads = COLUMNS.map(([key, heading], index) =>
    `<th scope="col"${index > 2 ? ' class="n"' : ""} data-key="${key}">${heading}</th>`
  );
  return `<section id="explorer">
<div class="panel" id="sources">
<div class="filters" hidden>
<input type="search" id="filter-name" placeholder="Name\u2026" aria-label="Name contains">
<select id="filter-state" aria-label="State"><option value="">any state</option>${options.join("")}</select>
<label>S/N \u2265 <input type="number" id="filter-snr" min="0" step="1" aria-label="Least signal-to-noise ratio"></label>
<label><input type="checkbox" id="filter-recommended"> recommended only</label>
<output id="shown"></output>
</div>
<div class="rows" tabindex="-1"><table><thead><tr>${heads.join("")}</tr></thead>
<tbody>${sourceRows(report)}</tbody></table></div>
</div>
<div class="panel" id="spectrum" hidden>
<div class="title"><h2></h2><p class="links"></p></div>
<div class="tools"></div>
<div class="chart"></div>
<div class="pinned" aria-live="polite"></div>
</div>
</section>`;
}

/** What the scripts need, a column a quantity. */
function pageData(report: RunReport): Record<string, unknown> {
  const { sources } = report;
  const column = <Key extends keyof (typeof sources)[number]>(key: Key) =>
    sources.map((source) => source[key]);
  return {
    sources: {
      name: column("name"),
      slug: column("slug"),
      ra: column("rightAscensionDeg"),
      dec: column("declinationDeg"),
      state: column("state"),
      reason: column("reason"),
      images: column("images"),
      measured: column("measured"),
      detected: column("detected"),
      recommended: column("recommended"),
      failed: column("failed"),
      bestSignalToNoise: column("bestSignalToNoise"),
      sparkline: column("sparkline"),
      hasOutputs: column("hasOutputs"),
      spectrumFile: report.spectra === null ? column("spectrumFile") : [],
    },
    spectra: report.spectra,
    dataFolder: report.dataFolder,
    resultsPath: report.resultsPath,
    standings: REPORT_STANDINGS,
    sparkline: {
      letters: SPARKLINE_LETTERS,
      bands: Array.from({ length: SPARKLINE_BINS }, (_, bin) => bandOfBin(bin) + 1),
    },
    bands: BAND_STYLES.map((band) => [band.wavelengthMinMicron, band.wavelengthMaxMicron]),
    flags: Object.fromEntries(
      PHOTOMETRY_FLAGS.definitions.map((flag) => [flag.name, [flag.meaning, flag.blocksScience]]),
    ),
  };
}
