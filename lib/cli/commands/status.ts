import type { Command } from "commander";
import { bytesText, countedText, countText, durationText } from "../../core/number_text.ts";
import { unmergedText } from "../../workflow/shards/unmerged_text.ts";
import type { StatusResult } from "../../workflow/status.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";

/** Counts by name, such as `2 complete, 1 failed`. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, count]) =>
    `${countText(count)} ${name.replace(/^source_/, "").replaceAll("_", " ")}`
  );
  return parts.length === 0 ? "none" : parts.join(", ");
}

function writerText({ writer, lastRun }: StatusResult): string {
  if (writer !== null) {
    const where = writer.host === null ? "" : ` on ${writer.host}`;
    return `process ${writer.pid}${where}: ${writer.command}, since ${writer.startedAt}`;
  }
  return lastRun?.status === "crashed" ? "nobody; the last run crashed, the next one goes on" : "nobody";
}

function lastRunText({ lastRun }: StatusResult): string {
  if (lastRun === null) return "none yet";
  const { runId, command, startedAt, finishedAt } = lastRun;
  const ended = finishedAt === null ? "" : ` to ${finishedAt}`;
  return `${runId}: ${command}, ${lastRun.status.replaceAll("_", " ")}, ${startedAt}${ended}`;
}

function leftText({ itemsLeft, secondsLeft, undiscoveredSources }: StatusResult): string {
  const left = itemsLeft === 0
    ? "nothing that is planned"
    : `${countedText(itemsLeft, "image")}${
      secondsLeft === null ? "" : `, ${durationText(secondsLeft)} at the rate of earlier runs`
    }`;
  return undiscoveredSources === 0
    ? left
    : `${left}; ${countedText(undiscoveredSources, "source")} never discovered`;
}

function shardLines({ project, shards }: StatusResult): string[] {
  if (shards.length === 0) return [];
  const lines = shards.map(({ shard, writer, totals, problem }) => {
    const work = writer === null ? "" : `; process ${writer.pid} is at work`;
    if (totals === null) return `Shard     ${shard}: cannot be read: ${problem}${work}`;
    return `Shard     ${shard}: ${countedText(totals.sources, "source")} (${
      countsText(totals.sourcesByState)
    }), ${countText(totals.measurements)} measured${work}`;
  });
  const { text, hint } = unmergedText({ project, shards: shards.map(({ shard }) => shard) })!;
  return [...lines, text, `  hint: ${hint}`];
}

function statusText(result: StatusResult): string {
  const { totals } = result;
  return [
    `Project   ${result.project}`,
    `At work   ${writerText(result)}`,
    `Last run  ${lastRunText(result)}`,
    `Sources   ${countText(totals.sources)}: ${countsText(totals.sourcesByState)}`,
    `Images    ${countsText(totals.itemsByState)}`,
    `Left      ${leftText(result)}`,
    `Measured  ${countText(totals.measurements)}, ${countText(totals.recommended)} recommended`,
    `Cutouts   ${countText(totals.cutouts)} on disk, ${bytesText(totals.cutoutBytes)}`,
    `Failures  ${countsText(totals.failuresByCode)}`,
    ...shardLines(result),
  ].join("\n");
}

/** `spxcutdb status`: how the project is doing, at once and while a run is at work. */
export function addStatusCommand(program: Command, done: (session: Session) => void): void {
  withProjectOptions(
    program.command("status").description("how the project is doing, also while a run is at work"),
  ).action(async (options) => {
    const session = new Session(options);
    const { status } = await import("../../workflow/status.ts");
    const { batchConfig } = options;
    session.print(await status({ project: projectFolder(options.project), batchConfig }), statusText);
    done(session);
  });
}
