import { countedText } from "../core/number_text.ts";
import type {
  ExplainedFile,
  ExplainedFlag,
  ExplainedTarget,
  ExplainedValue,
  Explanation,
  MeasurementExplanation,
  SourceExplanation,
} from "../workflow/explain_model.ts";
import { alignCells, printable } from "./table_text.ts";

/** The most measurements of a source that are listed; --json has all. */
const MOST_MEASUREMENTS = 40;

type Line = readonly [label: string, text: string];

function lines(heading: string, rows: readonly Line[]): string[] {
  if (rows.length === 0) return [];
  return ["", heading, ...alignCells(rows.map(([label, text]) => [`  ${label}`, printable(text)]))];
}

function fileText({ path, state }: ExplainedFile): string {
  return state === "there" ? path : `${path} (${state})`;
}

function fluxText({ wavelengthMicron, fluxMicroJy, fluxErrorMicroJy }: ExplainedValue): string {
  const flux = fluxMicroJy === null || fluxErrorMicroJy === null
    ? "no flux"
    : `${fluxMicroJy.toPrecision(5)} ± ${fluxErrorMicroJy.toPrecision(3)} uJy`;
  return `${flux} at ${wavelengthMicron === null ? "no wavelength" : `${wavelengthMicron.toFixed(4)} um`}`;
}

function targetLines(target: ExplainedTarget): Line[] {
  const columns = Object.entries(target.columns).map(([name, value]) => `${name}=${value}`).join(", ");
  return [
    ["name", target.sourceName],
    ...(target.sourceId === target.sourceName ? [] : [["identity", target.sourceId] as const]),
    ["position", `${target.rightAscensionDeg} ${target.declinationDeg} deg, ICRS`],
    [
      "catalog",
      target.retiredAt === null ? target.catalogPath : `left ${target.catalogPath} at ${target.retiredAt}`,
    ],
    ["catalog SHA-256", target.catalogSha256],
    ["row hash", target.rowHash],
    ...(columns === "" ? [] : [["columns", columns] as const]),
  ];
}

function flagLines(flags: readonly ExplainedFlag[]): Line[] {
  return flags.map(({ name, meaning, blocksScience }) => [
    name,
    blocksScience ? `${meaning}; speaks against the number` : meaning,
  ]);
}

function planText({ plan, changes }: MeasurementExplanation): Line[] {
  if (plan === null) return [["now", "the image is no longer one of the source's"]];
  return [
    ["now", plan.reason],
    ...changes.map(({ name, before, now }) => [name, `${before ?? "none"} → ${now ?? "none"}`] as const),
  ];
}

function measurementText(found: MeasurementExplanation): string {
  const { image, cutout } = found;
  const state = found.isPublished ? "published" : found.isCurrent ? "current, not published" : "replaced";
  return [
    fluxText(found),
    `${found.measurementStatus}, ${found.detectionStatus}, ${
      found.scienceRecommended ? "recommended" : "not recommended"
    } for science; ${state}`,
    ...lines("Measurement", [
      ["identity", found.measurementId],
      ["measured", `${found.measuredAt} in run ${found.runId} by spxcutdb ${found.packageVersion}`],
      ...planText(found),
    ]),
    ...lines("Source", [
      ...targetLines(found.target),
      ["row when measured", found.sourceRowHash ?? "not recorded"],
      ["with neighbours", found.targetHash ?? "not recorded"],
    ]),
    ...lines("Image", [
      ["file", image.parentFilename],
      ["collection", `${image.collection}, ${image.observationId} D${image.detector}`],
      ["processing", `${image.processingVersion}, pipeline ${image.pipelineVersion}`],
      ["exposure", image.startMjd === null ? "not told" : `MJD ${image.startMjd} to ${image.endMjd}`],
      ["address", image.accessUrl],
      ["product", image.productId],
    ]),
    ...lines("Cutout", [
      ["file", fileText(cutout.file)],
      ["size", `${cutout.sizeArcsec} arcsec, by route ${cutout.accessRoute}`],
      ["measured content", `SHA-256 ${cutout.contentSha256}`],
      ["file content", `SHA-256 ${cutout.fileSha256}`],
      ["key", cutout.cutoutKey],
    ]),
    ...lines(
      "Calibration",
      found.calibrations.flatMap(({ role, filename, sha256, file, calibrationId }): Line[] => [
        [role, file === null ? `${filename} (no longer registered)` : fileText(file)],
        ["", `SHA-256 ${sha256}`],
        ["", `identity ${calibrationId}`],
      ]),
    ),
    ...lines("Configuration and code", [
      ["photometry configuration", found.photometryConfigHash],
      ["of the run", fileText(found.runConfig)],
      ["photometry code", found.codeVersion],
      ["output columns", found.schemaVersion],
    ]),
    ...lines("Photometry flags", flagLines(found.photometryFlags)),
    ...lines("Image flags at the target", flagLines(found.footprintFlags)),
    ...lines("Image flags in the cutout", flagLines(found.cutoutFlags)),
    ...lines("Shown in", found.outputs.map((file): Line => ["", fileText(file)])),
  ].join("\n");
}

function sourceText(found: SourceExplanation): string {
  const { measurements, reasons, failures } = found;
  const listed = measurements.slice(0, MOST_MEASUREMENTS);
  const rest = measurements.length - listed.length;
  return [
    `${found.target.sourceName}: ${found.state.replace(/^source_/, "")}, ${
      countedText(measurements.length, "measurement")
    }`,
    ...lines("Source", targetLines(found.target)),
    ...lines(
      "A run would find",
      reasons.map(({ items, reason }): Line => [countedText(items, "image"), reason]),
    ),
    ...lines(
      "Failures",
      failures.flatMap(({ phase, code, message, hint }): Line[] => [
        [phase, `${message} [${code}]`],
        ...(hint === null ? [] : [["", `hint: ${hint}`] as const]),
      ]),
    ),
    ...lines(
      "Measurements",
      listed.map((each): Line => [
        each.measurementId.slice(0, 12),
        `${fluxText(each)}, ${each.detectionStatus}${each.scienceRecommended ? "" : ", not recommended"}`,
      ]),
    ),
    ...(rest > 0 ? [`  and ${rest} more: --json lists all`] : []),
    ...lines("Outputs", found.outputs.map((file): Line => ["", fileText(file)])),
  ].join("\n");
}

/** An explanation as people read it. */
export function explanationText(found: Explanation): string {
  return found.kind === "measurement" ? measurementText(found) : sourceText(found);
}
