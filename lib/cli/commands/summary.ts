import type { Command } from "commander";
import { unmergedText } from "../../workflow/shards/unmerged_text.ts";
import type { SummarizedSource, SummaryResult } from "../../workflow/summary.ts";
import { bytesText, countedText, countText } from "../../core/number_text.ts";
import { choiceOption } from "../option_values.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";
import { tableCsv, tableText, type TextColumn } from "../table_text.ts";

const COLUMNS: readonly TextColumn<SummarizedSource>[] = [
  { heading: "source", cell: (row) => row.sourceName },
  { heading: "state", cell: (row) => row.state.replace(/^source_/, "") },
  { heading: "images", cell: (row) => String(row.products), isRightAligned: true },
  { heading: "measured", cell: (row) => String(row.measured), isRightAligned: true },
  { heading: "detected", cell: (row) => String(row.detected), isRightAligned: true },
  { heading: "recommended", cell: (row) => String(row.recommended), isRightAligned: true },
  { heading: "failed", cell: (row) => String(row.failed), isRightAligned: true },
  { heading: "outputs", cell: (row) => row.outputs },
  {
    heading: "remark",
    cell: (row) => [row.reason, row.outputsReason].filter((text) => text !== null).join("; "),
  },
];

function failureLines(source: SummarizedSource): string[] {
  return source.failures.map((failure) =>
    `${source.sourceName}: ${failure.items} × ${failure.phase} [${failure.code}] ${failure.message}${
      failure.hint === null ? "" : `\n  hint: ${failure.hint}`
    }`
  );
}

/** What to do about outputs that are not current. */
function rebuildingLines({ project, sources }: SummaryResult): string[] {
  const damaged = sources.filter(({ outputs }) => outputs === "stale" || outputs === "missing").length;
  if (damaged === 0) return [];
  return [
    `Outputs of ${countedText(damaged, "source")} are missing or stale`,
    `  hint: Run \`spxcutdb summary --project ${project} --rebuild-missing-outputs\``,
  ];
}

/** What the counts leave out. */
function unmergedLines({ project, unmergedShards }: SummaryResult): string[] {
  const unmerged = unmergedText({ project, shards: unmergedShards });
  return unmerged === undefined ? [] : [unmerged.text, `  hint: ${unmerged.hint}`];
}

function summaryText(result: SummaryResult, failedOnly: boolean): string {
  const { totals, sources, rebuilt } = result;
  const failures = sources.flatMap(failureLines);
  const table = tableText(sources, COLUMNS);
  return [
    ...(rebuilt === null ? [] : [`Rebuilt   ${rebuilt.written} written, ${rebuilt.current} were current`]),
    table === "" ? (failedOnly ? "No source has failures" : "The project has no sources yet") : table,
    ...(failures.length === 0 ? [] : [...failures, ""]),
    `Totals    ${countedText(totals.sources, "source")}, ${
      countedText(totals.measurements, "measurement")
    }, ` +
    `${countText(totals.recommended)} recommended; ${countedText(totals.cutouts, "cutout")} on disk, ${
      bytesText(totals.cutoutBytes)
    }`,
    ...rebuildingLines(result),
    ...unmergedLines(result),
  ].join("\n");
}

/** `spxcutdb summary`: what the project has and lacks; rebuilds outputs from the database. */
export function addSummaryCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("summary").description("what the project has and lacks; rebuild outputs"),
  )
    .option("--rebuild-missing-outputs", "write outputs that are missing or stale, from the database alone")
    .option("--failed-only", "only sources with failures")
    .option("--format <format>", "table, csv or json", choiceOption("table", "csv", "json"), "table")
    .option("--output <file>", "write to this file instead")
    .action(async (options) => {
      const session = new Session({ ...options, json: options.json || options.format === "json" });
      const { summary } = await import("../../workflow/summary.ts");
      const result = await session.long((tools) =>
        summary({
          project: projectFolder(options.project),
          batchConfig: options.batchConfig,
          rebuildMissingOutputs: options.rebuildMissingOutputs === true,
          failedOnly: options.failedOnly === true,
          ...tools,
        })
      );
      const render = (value: SummaryResult) =>
        options.format === "csv"
          ? tableCsv(value.sources, COLUMNS)
          : summaryText(value, options.failedOnly === true);
      if (options.output === undefined) session.print(result, render);
      else {
        const { writeFileAtomic } = await import("../../files/atomic_write.ts");
        await writeFileAtomic(
          options.output,
          session.options.json ? `${JSON.stringify(session.jsonOf(result), null, 2)}\n` : render(result),
        );
        session.terminal.message(`Written to ${options.output}`);
      }
      done(session);
    });
}
