import type { JsonValue } from "../core/errors.ts";
import type {
  CardInspection,
  ColumnInspection,
  FileInspection,
  FitsInspection,
  HduInspection,
  InspectionProblem,
  PositionInspection,
  SpherexInspection,
  TableRows,
  ValueStatistics,
  VotableInspection,
} from "../workflow/inspect_model.ts";
import { alignCells, printable } from "./table_text.ts";

/**
 * What inspectFile() found, as text for people; numbers keep all their digits. Ends with a line feed.
 *
 * A position that was asked for comes first; with `positionOnly` the listing is left out, while problems are told.
 */
export function renderInspection(inspection: FileInspection, positionOnly = false): string {
  const lines = inspection.format === "fits"
    ? renderFits(inspection, positionOnly)
    : renderVotable(inspection);
  return lines.join("\n") + "\n";
}

function title(inspection: FileInspection, format: string): string {
  const packed = inspection.compression === null ? "" : `, ${inspection.compression}`;
  return `${printable(inspection.path)}: ${format}${packed}, ${
    inspection.byte_length.toLocaleString("en-US")
  } bytes`;
}

function renderFits(inspection: FitsInspection, positionOnly: boolean): string[] {
  const { position } = inspection;
  const isAsked = position !== null && position.asked !== "centre";
  const shown = position === null ? [] : renderPosition(position, inspection.spherex !== null);
  if (isAsked && positionOnly) {
    return [
      title(inspection, "FITS"),
      ...shown.slice(1),
      ...renderProblems(inspection.problems, "Problems of the file"),
    ];
  }
  const told = new Set(inspection.hdus.flatMap((hdu) => hdu.problems));
  return [
    title(inspection, "FITS"),
    ...(isAsked ? [...shown, ""] : []),
    ...renderListing(inspection),
    ...(isAsked ? [] : shown),
    ...renderProblems(inspection.problems.filter((problem) => !told.has(problem)), "Problems of the file"),
  ];
}

/** The HDUs, what was asked of them, and what is known of a SPHEREx file. */
function renderListing(inspection: FitsInspection): string[] {
  const heads = inspection.hdus.map((hdu) => [
    String(hdu.index),
    printable(hdu.name),
    hdu.kind,
    dimensionsText(hdu),
    typeText(hdu),
    printable(hdu.unit ?? ""),
    String(hdu.card_count),
  ]);
  return [
    ...indent(alignCells([["HDU", "Name", "Kind", "Dimensions", "Type", "Unit", "Cards"], ...heads], [0, 6])),
    ...inspection.hdus.flatMap((hdu) => renderHdu(hdu)),
    ...(inspection.spherex === null ? [] : renderSpherex(inspection.spherex)),
  ];
}

function renderVotable(inspection: VotableInspection): string[] {
  const { status, message } = inspection.query_status;
  const lines = [title(inspection, `VOTable ${inspection.version ?? ""}`.trim())];
  if (status !== "OK" || message !== "") {
    lines.push(`  Query status: ${status} ${printable(message)}`.trimEnd());
  }
  if (inspection.cards !== null) {
    lines.push("", "Infos and parameters", ...indent(renderCards(inspection.cards)));
  }
  for (const table of inspection.tables) {
    const name = table.name === null ? "" : ` ${printable(table.name)}`;
    lines.push("", `Table ${table.index}${name}: ${table.columns.length} columns, ${table.row_count} rows`);
    if (table.description !== null) lines.push(`  ${printable(table.description)}`);
    lines.push(...indent(renderColumns(table.columns)));
    if (table.rows !== null) lines.push(...renderRows(table.rows));
  }
  return lines;
}

function dimensionsText(hdu: HduInspection): string {
  if (hdu.columns !== null) return `${hdu.dimensions[0] ?? 0} columns x ${hdu.row_count} rows`;
  return hdu.dimensions.length === 0 ? "no data" : hdu.dimensions.join(" x ");
}

function typeText(hdu: HduInspection): string {
  const scaled = hdu.scale === 1 && hdu.zero === 0 ? "" : ` x ${hdu.scale} + ${hdu.zero}`;
  return hdu.type === null ? "" : hdu.type + scaled;
}

function renderHdu(hdu: HduInspection): string[] {
  const lines: string[] = hdu.checksum === null ? [] : [`  checksum: ${hdu.checksum}`];
  if (hdu.columns !== null && hdu.columns.length > 0) lines.push(...indent(renderColumns(hdu.columns)));
  if (hdu.statistics !== null) lines.push(...indent(renderStatistics([[hdu.name, hdu.statistics]])));
  if (hdu.rows !== null) lines.push(...renderRows(hdu.rows));
  if (hdu.cards !== null) lines.push(...indent(renderCards(hdu.cards)));
  lines.push(...renderProblems(hdu.problems, "Problems"));
  return lines.length === 0 ? [] : ["", `HDU ${hdu.index} ${printable(hdu.name)}`.trimEnd(), ...lines];
}

function renderColumns(columns: readonly ColumnInspection[]): string[] {
  const rows = columns.map((column) => [
    printable(column.name),
    printable(column.format),
    printable(column.unit ?? ""),
    printable(column.dimensions ?? column.ucd ?? ""),
    printable(column.description ?? ""),
  ]);
  const figures = columns.flatMap((column) =>
    column.statistics === null ? [] : [[column.name, column.statistics] as const]
  );
  return [
    ...alignCells([["Column", "Format", "Unit", "Shape or UCD", "Description"], ...rows]),
    ...(figures.length === 0 ? [] : renderStatistics(figures)),
  ];
}

function renderStatistics(figures: readonly (readonly [string, ValueStatistics])[]): string[] {
  const rows = figures.map(([name, each]) => [
    printable(name),
    valueText(each.minimum),
    valueText(each.maximum),
    valueText(each.mean),
    valueText(each.standard_deviation),
    String(each.count),
    String(each.blank_count),
    String(each.infinite_count),
  ]);
  const head = [
    "Values of",
    "Minimum",
    "Maximum",
    "Mean",
    "Standard deviation",
    "Count",
    "Blanks",
    "Infinite",
  ];
  return alignCells([head, ...rows], [1, 2, 3, 4, 5, 6, 7]);
}

function renderRows(table: TableRows): string[] {
  const head = ["Row", ...table.columns.map(printable)];
  const rows = table.rows.map((row, index) => [String(table.first + index), ...row.map(valueText)]);
  return indent(alignCells([head, ...rows], [0]));
}

function renderCards(cards: readonly CardInspection[]): string[] {
  return cards.map((card) => {
    const keyword = printable(card.keyword).padEnd(8);
    if (card.value === null && card.comment !== "" && isCommentary(card.keyword)) {
      return `${keyword} ${printable(card.comment)}`.trimEnd();
    }
    const value = typeof card.value === "string" ? `'${printable(card.value)}'` : valueText(card.value);
    return `${keyword} = ${value}${card.comment === "" ? "" : ` / ${printable(card.comment)}`}`;
  });
}

function isCommentary(keyword: string): boolean {
  return keyword === "COMMENT" || keyword === "HISTORY" || keyword === "";
}

function valueText(value: JsonValue): string {
  if (value === null) return "-";
  if (typeof value === "string") return printable(value);
  return typeof value === "object" ? printable(JSON.stringify(value)) : String(value);
}

function renderSpherex(spherex: SpherexInspection): string[] {
  const origin = spherex.detector_origin_x === null
    ? null
    : `${spherex.detector_origin_x}, ${spherex.detector_origin_y}`;
  const facts: [string, JsonValue][] = [
    ["Detector", spherex.detector],
    ["Release", spherex.release],
    ["Pipeline version", spherex.pipeline_version],
    ["Processing version", spherex.processing_version],
    ["Calibration product", spherex.product],
    ["Observation", spherex.observation_id],
    ["Mid-exposure (MJD, UTC)", spherex.mjd_avg],
    ["Exposure time (s)", spherex.exposure_seconds],
    ["PSF FWHM (arcsec)", spherex.psf_fwhm_arcsec],
    ["First pixel on the detector", origin],
  ];
  const kind = spherex.kind === "level2"
    ? `SPHEREx spectral image${spherex.full_frame === true ? "" : " (cutout)"}`
    : "SPHEREx calibration product";
  return ["", kind, ...factLines(facts)];
}

function renderPosition(position: PositionInspection, isSpherex: boolean): string[] {
  const wavelength = isSpherex && !position.inside ? "outside the image" : position.wavelength_um;
  const pair = (x: number | null, y: number | null) => x === null || y === null ? null : `${x}, ${y}`;
  const facts: [string, JsonValue][] = [
    [`Pixel of ${position.hdu}`, pair(position.x, position.y) ?? "none"],
    ["Inside the image", position.inside ? "yes" : "no, outside"],
    ["Right ascension (deg)", position.ra_deg],
    ["Declination (deg)", position.dec_deg],
    ["Frame", position.frame],
    ["Parent-detector pixel", pair(position.detector_x, position.detector_y)],
    ["Wavelength (um)", wavelength],
    ["Bandwidth (um)", position.bandwidth_um],
    ["Solid angle (arcsec2)", position.solid_angle_arcsec2],
    ...Object.entries(position.values).map(([name, value]): [string, JsonValue] => [
      `Value in ${name}`,
      value ?? "blank",
    ]),
    ["Flags", position.flags.length === 0 ? null : position.flags.join(", ")],
  ];
  const titles = { pixel: "At the pixel", sky: "At the sky position", centre: "At the centre of the image" };
  return ["", titles[position.asked], ...factLines(facts), ...renderProblems(position.problems, "Problems")];
}

/** Known facts under each other; what is not known is left out. */
function factLines(facts: readonly [string, JsonValue][]): string[] {
  return indent(alignCells(
    facts.filter(([, value]) => value !== null).map(([name, value]) => [printable(name), valueText(value)]),
  ));
}

function renderProblems(problems: readonly InspectionProblem[], head: string): string[] {
  if (problems.length === 0) return [];
  return [`  ${head}:`, ...problems.map(({ code, message }) => `    ${code}: ${printable(message)}`)];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
