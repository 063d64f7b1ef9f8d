import type { ArchiveTree } from "./archive_tree.ts";
import { PIXEL_SCALE_ARCSEC } from "../spherex/bands.ts";
import { type Reply, textReply } from "./reply.ts";
import { siaRow } from "./sia_service.ts";
import { encodeSiaError, type SiaRow } from "./sia_table.ts";
import type { Simulation } from "./simulation.ts";

const NUMBER = "([-+0-9.eE]+)";
const POINT = new RegExp(`POINT\\s*\\(\\s*'ICRS'\\s*,\\s*${NUMBER}\\s*,\\s*${NUMBER}\\s*\\)`, "i");
const CIRCLE = new RegExp(
  `CIRCLE\\s*\\(\\s*'ICRS'\\s*,\\s*${NUMBER}\\s*,\\s*${NUMBER}\\s*,\\s*${NUMBER}\\s*\\)`,
  "i",
);

/**
 * Answers the one kind of ADQL that positional discovery needs, as CSV: a list of columns (with `||` and AS), a
 * POINT or CIRCLE, and an optional `energy_bandpassname = '…'`. Everything else is an error.
 */
export function tapReply(
  simulation: Simulation,
  tree: ArchiveTree,
  ibeBaseUrl: string,
  query: URLSearchParams,
): Reply {
  const adql = query.get("QUERY") ?? "";
  const select = /^\s*SELECT\s+(?:TOP\s+(\d+)\s+)?([\s\S]+?)\s+FROM\s/i.exec(adql);
  const region = CIRCLE.exec(adql) ?? POINT.exec(adql);
  if (select === null || region === null) {
    const message = "UsageFault: BAD_REQUEST: only positional queries are understood here";
    return textReply(400, "application/x-votable+xml", encodeSiaError(message));
  }
  const [ra, dec, radius = 0] = region.slice(1).map(Number) as [number, number, number?];
  if (region.length === 3) simulation.requestTarget(ra, dec);
  const bandpass = /energy_bandpassname\s*=\s*'([^']*)'/i.exec(adql)?.[1];
  const collections = [...adql.matchAll(/'(spherex_qr\d\w*)'/gi)].map((match) => match[1]!);
  const rows = simulation.survey.imagesCovering(ra, dec, radius * 3600 / PIXEL_SCALE_ARCSEC)
    .map(({ image }, number) => withPlaneColumns(siaRow(image, tree, ibeBaseUrl, number + 1)))
    .filter((row) => bandpass === undefined || row["energy_bandpassname"] === bandpass)
    .filter((row) => collections.length === 0 || collections.includes(String(row["obs_collection"])))
    .slice(0, select[1] === undefined ? undefined : Number(select[1]));
  return textReply(200, "text/csv", encodeCsv(select[2]!, rows));
}

/** A row with the columns of the tables `spherex.plane` and `spherex.artifact` added. */
function withPlaneColumns(row: SiaRow): SiaRow {
  const url = String(row["access_url"]);
  return {
    ...row,
    uri: url.slice(url.indexOf("/ibe/") + 1),
    planeid: row["upload_row_id"]!,
    obsid: row["obs_id"]!,
    time_bounds_lower: row["t_min"]!,
    time_bounds_upper: row["t_max"]!,
    energy_bounds_lower: row["em_min"]!,
    energy_bounds_upper: row["em_max"]!,
    provenance_version: /l2b-v\d+-\d{4}-\d{3}/.exec(url)?.[0] ?? "",
  };
}

function encodeCsv(selected: string, rows: readonly SiaRow[]): string {
  const expressions = splitTopLevel(selected);
  if (expressions.some((expression) => expression.trim() === "*")) {
    const names = Object.keys(rows[0] ?? { uri: "" });
    return [names.join(","), ...rows.map((row) => names.map((name) => quoted(String(row[name]))).join(","))]
      .join("\n") + "\n";
  }
  const columns = expressions.map(parseExpression);
  const lines = rows.map((row) => columns.map(({ value }) => quoted(value(row))).join(","));
  return [columns.map(({ name }) => name).join(","), ...lines].join("\n") + "\n";
}

/** The name and the value of `a || 'text' || t.b AS name`. */
function parseExpression(text: string): { name: string; value: (row: SiaRow) => string } {
  const [, body, alias] = /^\s*([\s\S]+?)(?:\s+AS\s+(\w+))?\s*$/i.exec(text)!;
  const terms = body!.split("||").map((term) => term.trim());
  const columnOf = (term: string) => term.split(".").at(-1)!.toLowerCase();
  return {
    name: alias ?? columnOf(terms.at(-1)!),
    value: (row) =>
      terms.map((term) => term.startsWith("'") ? term.slice(1, -1) : String(row[columnOf(term)] ?? "")).join(
        "",
      ),
  };
}

/** Splits at commas outside of quotes and brackets. */
function splitTopLevel(text: string): string[] {
  const parts = [""];
  let depth = 0;
  let isQuoted = false;
  for (const letter of text) {
    if (letter === "'") isQuoted = !isQuoted;
    if (!isQuoted && letter === "(") depth++;
    if (!isQuoted && letter === ")") depth--;
    if (letter === "," && depth === 0 && !isQuoted) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts;
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
