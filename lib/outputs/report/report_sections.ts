import { bytesText, countedText, countText, durationText, rateText } from "../../core/number_text.ts";
import { BAND_STYLES } from "../../plot/palette.ts";
import { breakableHtml, escapeHtml } from "./html_text.ts";
import type { ReportFigure, RunReport } from "./run_report.ts";
import { TRAFFIC_LEGEND, trafficChartSvg } from "./traffic_chart.ts";

/** One box of the page with a heading; nothing when it has no content. */
function card(id: string, heading: string, content: string, remark = ""): string {
  if (content === "") return "";
  const small = remark === "" ? "" : ` <small>${escapeHtml(remark)}</small>`;
  return `<section class="card" id="${id}"><h2>${escapeHtml(heading)}${small}</h2>${content}</section>`;
}

interface TableColumn {
  readonly heading: string;
  readonly isNumber?: boolean;
}

/** A table whose cells are HTML already. */
function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const kind = (index: number) => columns[index]?.isNumber === true ? ' class="n"' : "";
  const head = columns.map(({ heading }, i) => `<th scope="col"${kind(i)}>${escapeHtml(heading)}</th>`).join(
    "",
  );
  const body = rows.map((cells) =>
    `<tr>${cells.map((cell, i) => `<td${kind(i)}>${cell}</td>`).join("")}</tr>`
  );
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${
    body.join("\n")
  }</tbody></table></div>`;
}

/** The numbers at the top of the page. */
export function figureTiles(figures: readonly ReportFigure[]): string {
  const tiles = figures.map(({ label, value, remark }) =>
    `<div class="tile"><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}<small>${
      escapeHtml(remark)
    }</small></dd></div>`
  );
  return tiles.length === 0 ? "" : `<dl class="tiles">${tiles.join("")}</dl>`;
}

/** Measurements, detections and recommended measurements of each detector. */
export function bandSection(report: RunReport): string {
  const most = Math.max(1, ...report.bands.map((band) => band.measured));
  const rows = report.bands.map((band) => {
    const style = BAND_STYLES[band.detector - 1];
    const part = (count: number) => `${(100 * count / most).toFixed(1)}%`;
    return [
      `<span class="dot b${band.detector}"></span>D${band.detector}`,
      style === undefined
        ? ""
        : `${style.wavelengthMinMicron.toFixed(2)}\u2013${style.wavelengthMaxMicron.toFixed(2)}`,
      countText(band.measured),
      countText(band.detected),
      countText(band.recommended),
      `<span class="bar b${band.detector}" title="recommended of detected of measured">` +
      `<i style="width:${part(band.measured)}"></i><i style="width:${part(band.detected)}"></i>` +
      `<i style="width:${part(band.recommended)}"></i></span>`,
    ];
  });
  const columns = [
    { heading: "Band" },
    { heading: "\u00b5m" },
    { heading: "measured", isNumber: true },
    { heading: "detected", isNumber: true },
    { heading: "recommended", isNumber: true },
    { heading: "" },
  ];
  return rows.length === 0 ? "" : card("bands", "Bands", table(columns, rows));
}

/** How often each flag was raised, with its meaning. */
export function flagSection(report: RunReport): string {
  const most = Math.max(1, ...report.flags.map((flag) => flag.count));
  const items = report.flags.map((flag) =>
    `<li class="${flag.blocksScience ? "blocks" : "notes"}"><code>${escapeHtml(flag.name)}</code>` +
    `<b>${countText(flag.count)}</b><span class="meter"><i style="width:${
      (100 * flag.count / most).toFixed(1)
    }%"></i></span><small>${escapeHtml(flag.meaning)}${
      flag.blocksScience ? "" : " (does not block science)"
    }</small></li>`
  );
  return items.length === 0
    ? ""
    : card("flags", "Photometry flags", `<ul class="flags">${items.join("\n")}</ul>`, "by measurements");
}

/** What failed and what to do about it. */
export function failureSection(report: RunReport): string {
  if (report.failures.length === 0) return "";
  const items = report.failures.map((failure) => {
    const more = failure.sourceCount - failure.sourceNames.length;
    return `<li><b>${countText(failure.items)} \u00d7 ${escapeHtml(failure.phase)}</b> <code>${
      escapeHtml(failure.code)
    }</code><p>${escapeHtml(failure.message)}</p>${
      failure.hint === null ? "" : `<p class="hint">${escapeHtml(failure.hint)}</p>`
    }<small>${failure.sourceNames.map(escapeHtml).join(", ")}${
      more > 0 ? ` and ${countText(more)} more` : ""
    }</small></li>`;
  });
  const total = report.failures.reduce((sum, failure) => sum + failure.items, 0);
  return card(
    "failures",
    "Open failures",
    `<ul class="failures">${items.join("\n")}</ul>`,
    countedText(total, "item"),
  );
}

function runSeconds(report: RunReport): number {
  const { run } = report;
  return run === null || run.finishedAt === null
    ? NaN
    : (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000;
}

/** What was exchanged with each host in the run. */
export function hostSection(report: RunReport): string {
  if (report.hosts.length === 0) return "";
  const seconds = runSeconds(report);
  const rate = (bytes: number) => seconds > 0 ? `${bytesText(bytes / seconds)}/s` : "\u2013";
  const columns: TableColumn[] = [
    { heading: "Host" },
    ...["requests", "repeated", "slowed down", "failed", "received", "mean rate", "at once"].map((
      heading,
    ) => ({
      heading,
      isNumber: true,
    })),
  ];
  const rows = report.hosts.map((host) => [
    breakableHtml(host.host),
    countText(host.requests),
    countText(host.retries),
    countText(host.throttled),
    countText(host.failures),
    bytesText(host.bytesReceived),
    rate(host.bytesReceived),
    countText(host.peakInFlight),
  ]);
  return card("hosts", "Archive traffic", `${table(columns, rows)}${trafficCharts(report)}`, "of this run");
}

/** Traffic over time with each host of which it is known. */
function trafficCharts({ hosts }: RunReport): string {
  const charts = hosts.flatMap(({ host, timeline }) => {
    if (timeline === undefined || timeline.intervals.length === 0) return [];
    const heading = hosts.length === 1 ? "" : `<h3>${breakableHtml(host)}</h3>`;
    return [heading + trafficChartSvg(host, timeline)];
  });
  return charts.length === 0 ? "" : charts.join("") + TRAFFIC_LEGEND;
}

/** How long each stage of the run took. */
export function stageSection(report: RunReport): string {
  if (report.stages.length === 0) return "";
  const rows = report.stages.map(({ stage, seconds, items }) => [
    escapeHtml(stage.replaceAll("_", " ")),
    durationText(seconds),
    countText(items),
    seconds >= 0.05 && items > 0 ? rateText(items / seconds) : "\u2013",
  ]);
  const columns = [
    { heading: "Stage" },
    { heading: "took", isNumber: true },
    { heading: "items", isNumber: true },
    { heading: "rate", isNumber: true },
  ];
  return card("timing", "Timing", table(columns, rows), "stages overlap");
}

/** The configuration where it is not the default. */
export function configSection(report: RunReport): string {
  if (report.configDifferences.length === 0) {
    return card("config", "Configuration", "<p>All values are the defaults.</p>");
  }
  const rows = report.configDifferences.map(({ key, defaultValue, value, origin }) => [
    `<code class="key">${breakableHtml(key)}</code>`,
    `<code>${breakableHtml(value)}</code>`,
    `<code class="old">${breakableHtml(defaultValue)}</code>`,
    escapeHtml(origin),
  ]);
  const columns = ["Key", "value", "default", "from"].map((heading) => ({ heading }));
  return card("config", "Configuration", table(columns, rows), "where it differs from the defaults");
}
