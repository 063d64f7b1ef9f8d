import type { Command } from "commander";
import type { SourceCoverage } from "../../workflow/coverage.ts";
import { choiceOption } from "../option_values.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";
import { tableCsv, tableText, type TextColumn } from "../table_text.ts";

function count(heading: string, cell: (row: SourceCoverage) => number): TextColumn<SourceCoverage> {
  return { heading, cell: (row) => String(cell(row)), isRightAligned: true };
}

function mjd(heading: string, cell: (row: SourceCoverage) => number | null): TextColumn<SourceCoverage> {
  return { heading, cell: (row) => cell(row)?.toFixed(3) ?? "", isRightAligned: true };
}

const COLUMNS: readonly TextColumn<SourceCoverage>[] = [
  { heading: "source", cell: (row) => row.sourceName },
  { heading: "coverage", cell: (row) => row.coverage.replace("_", " ") },
  count("images", (row) => row.images),
  ...[1, 2, 3, 4, 5, 6].map((detector) =>
    count(`D${detector}`, (row) => row.imagesByDetector[detector - 1]!)
  ),
  mjd("first_mjd", (row) => row.firstMjd),
  mjd("last_mjd", (row) => row.lastMjd),
  count("cutouts", (row) => row.cutouts),
  count("measured", (row) => row.measured),
  count("failed", (row) => row.failed),
];

/** What there is to say when no source is listed. */
function emptyText(options: { readonly failedOnly?: boolean; readonly coverageOnly?: boolean }): string {
  if (options.failedOnly === true) return "No source has failures";
  return options.coverageOnly === false ? "All sources have images" : "The project has no sources yet";
}

/** `spxcutdb coverage`: which images there are of each source. */
export function addCoverageCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("coverage").description("which images cover each source, by detector and time"),
  )
    .option("--failed-only", "only sources with failures")
    .option("--no-coverage-only", "only sources that no image covers")
    .option("--format <format>", "table, csv or json", choiceOption("table", "csv", "json"), "table")
    .option("--output <file>", "write to this file instead")
    .action(async (options) => {
      const session = new Session({ ...options, json: options.json || options.format === "json" });
      const { coverage } = await import("../../workflow/coverage.ts");
      const result = await coverage({
        project: projectFolder(options.project),
        batchConfig: options.batchConfig,
        failedOnly: options.failedOnly === true,
        withoutImagesOnly: options.coverageOnly === false,
      });
      const render = () => {
        if (options.format === "csv") return tableCsv(result.sources, COLUMNS);
        return result.sources.length === 0 ? emptyText(options) : tableText(result.sources, COLUMNS);
      };
      if (options.output === undefined) session.print(result, render);
      else {
        const { writeFileAtomic } = await import("../../files/atomic_write.ts");
        const text = session.options.json ? JSON.stringify(session.jsonOf(result), null, 2) : render();
        await writeFileAtomic(options.output, `${text}\n`);
        session.terminal.message(`Written to ${options.output}`);
      }
      done(session);
    });
}
