import type { Command } from "commander";
import type { PlannedItem, PlanResult } from "../../workflow/plan.ts";
import { countedText } from "../../core/number_text.ts";
import { countOption, repeatedOption } from "../option_values.ts";
import { estimateText, planText } from "../plan_text.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";
import { tableCsv, type TextColumn } from "../table_text.ts";

const COLUMNS: readonly TextColumn<PlannedItem>[] = [
  { heading: "source_name", cell: (item) => item.sourceName },
  { heading: "observation_id", cell: (item) => item.observationId },
  { heading: "detector", cell: (item) => String(item.detector) },
  { heading: "collection", cell: (item) => item.collection },
  { heading: "state", cell: (item) => item.state },
  { heading: "reason", cell: (item) => item.reason },
  { heading: "cutout_key", cell: (item) => item.cutoutKey },
  { heading: "local_path", cell: (item) => item.localPath },
  { heading: "access", cell: (item) => item.access ?? "" },
  { heading: "url", cell: (item) => item.url ?? "" },
];

function resultText({ counts, estimate, undiscovered }: PlanResult): string {
  return [
    planText(counts),
    ...(undiscovered === 0 ? [] : [`Unknown   ${countedText(undiscovered, "source")} not discovered yet`]),
    estimateText(estimate),
  ].join("\n");
}

/** `spxcutdb plan`: what a run would do, item by item. */
export function addPlanCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("plan").description("tell what a run would do and fetch; changes nothing"),
  )
    .option("--source-name <name>", "plan for this source only; may be repeated", repeatedOption)
    .option("--limit-sources <number>", "plan for the first so many sources only", countOption)
    .option("--explain", "tell for each source what is to be done and why")
    .option("--export-plan <file>", "write the items one by one: .csv or .json")
    .action(async (options) => {
      const session = new Session(options);
      const { plan } = await import("../../workflow/plan.ts");
      const { sourceName, limitSources, exportPlan } = options;
      const result = await session.long((tools) =>
        plan({
          project: projectFolder(options.project),
          batchConfig: options.batchConfig,
          ...(sourceName === undefined ? {} : { sourceNames: sourceName }),
          ...(limitSources === undefined ? {} : { limitSources }),
          explain: options.explain === true,
          items: exportPlan !== undefined || session.options.json === true,
          ...tools,
        })
      );
      if (exportPlan !== undefined) {
        const { writeFileAtomic } = await import("../../files/atomic_write.ts");
        const text = /\.json$/i.test(exportPlan)
          ? `${JSON.stringify(session.jsonOf(result), null, 2)}\n`
          : `${tableCsv(result.items, COLUMNS)}\n`;
        await writeFileAtomic(exportPlan, text);
        session.terminal.message(`Written to ${exportPlan}`);
      }
      session.print(result, resultText);
      done(session);
    });
}
