import type { Command } from "commander";
import { countedText } from "../../core/number_text.ts";
import type { MergedShard, MergeResult } from "../../workflow/shards/merge.ts";
import { EXIT } from "../exit_codes.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";

/** How many sources are named one by one for each shard. */
const NAMED_SOURCES = 10;

function named(lines: readonly string[]): string[] {
  const rest = lines.length - NAMED_SOURCES;
  return rest <= 0 ? [...lines] : [...lines.slice(0, NAMED_SOURCES), `          … and ${rest} more`];
}

function shardLines(
  { shard, merged, unchanged, measurements, refused, staleOutputs }: MergedShard,
): string[] {
  return [
    `Shard ${shard}  ${countedText(merged, "source")} merged with ${
      countedText(measurements, "measurement")
    }, ` +
    `${unchanged} unchanged${refused.length === 0 ? "" : `, ${refused.length} refused`}`,
    ...named(refused.map(({ sourceName, code, message }) => `          ${sourceName}: ${message} [${code}]`)),
    ...named(
      staleOutputs.map(({ sourceName, reason }) =>
        `          ${sourceName}: outputs to be rebuilt: ${reason}`
      ),
    ),
  ];
}

function mergeText({ project, shards }: MergeResult): string {
  if (shards.length === 0) return "No shards: there is nothing to merge";
  return [
    ...shards.flatMap(shardLines),
    `Next      spxcutdb summary --project ${project}`,
  ].join("\n");
}

/** `spxcutdb merge`: join what the shards of a project have done. */
export function addMergeCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("merge").description("join what the shards of a project have done (see run --shard)"),
  )
    .argument("[folder...]", "copies of the project, made on other machines, whose shards are merged too")
    .action(async (folders: string[], options) => {
      const session = new Session(options);
      const { merge } = await import("../../workflow/shards/merge.ts");
      const result = await session.long((tools) =>
        merge({ project: projectFolder(options.project), folders, ...tools })
      );
      session.print(result, mergeText);
      const codes = new Set(result.shards.flatMap(({ refused }) => refused.map(({ code }) => code)));
      if (codes.has("store/shard-damaged")) session.exitCode = EXIT.integrity;
      else if (codes.size > 0) session.exitCode = EXIT.partial;
      done(session);
    });
}
