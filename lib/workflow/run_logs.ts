import { join } from "node:path";
import { TaggedError } from "../core/errors.ts";
import { projectLockHolder } from "../files/project_lock.ts";
import { storageError } from "../files/storage_error.ts";
import { rememberedRuns } from "../store/run_history.ts";
import { type EventLevel, isAtLeast } from "./event_level.ts";
import { Project, type ProjectOptions } from "./project.ts";

/** Which log to read. */
export interface LogOptions extends ProjectOptions {
  /** Identity of the run, or the beginning of it; the run that was started last when left out. */
  readonly runId?: string | undefined;
  /** Leave out what matters less. @default {"info"} */
  readonly level?: EventLevel | undefined;
  /** `text` for people, `json` for one JSON document a line. @default {"text"} */
  readonly format?: "text" | "json" | undefined;
  /** Go on while the run is at work. @default {false} */
  readonly follow?: boolean | undefined;
  /** Stops following. */
  readonly signal?: AbortSignal | undefined;
}

/** How often a log that is followed is looked at, milliseconds. */
const FOLLOW_INTERVAL_MS = 250;
const CHUNK_BYTES = 1 << 16;

/** The level of a line of either log. */
function levelOf(line: string): EventLevel {
  const found = /^\S+ (debug|info|warning|error)\b/.exec(line) ??
    /^\{"time":"[^"]*","level":"(debug|info|warning|error)"/.exec(line);
  return (found?.[1] ?? "info") as EventLevel;
}

function runToShow(project: Project, asked: string | undefined): string {
  const [run] = rememberedRuns(project.database, asked ?? "", 1);
  if (run !== undefined) return run.runId;
  throw new TaggedError(
    "project/no-run",
    asked === undefined
      ? "The project has no log: nothing has run yet"
      : `No run of the project begins with "${asked}"`,
    {
      context: { run_id: asked ?? null },
      hint: asked === undefined
        ? `Run \`spxcutdb run --project ${project.root}\` first`
        : `Run \`spxcutdb status --project ${project.root}\` to see the last run; logs/runs/ has the log of each`,
    },
  );
}

function openLog(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { read: true });
  } catch (error) {
    throw storageError(error, "read", path);
  }
}

/** Waits a moment; returns at once, false, when the signal aborts. */
async function pause(signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return false;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FOLLOW_INTERVAL_MS);
  const stop = () => resolve();
  signal?.addEventListener("abort", stop, { once: true });
  await promise;
  clearTimeout(timer);
  signal?.removeEventListener("abort", stop);
  return signal?.aborted !== true;
}

/** The whole lines that a file has and, with `isGrowing`, gets; a line that is still being written waits. */
async function* linesOf(
  file: Deno.FsFile,
  isGrowing: () => boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(CHUNK_BYTES);
  let rest = "";
  for (;;) {
    // Asked before reading: what was written before a run ended is read all the same.
    const goesOn = isGrowing();
    for (let count = file.readSync(buffer); count !== null && count > 0; count = file.readSync(buffer)) {
      const lines = (rest + decoder.decode(buffer.subarray(0, count), { stream: true })).split("\n");
      rest = lines.pop()!;
      yield* lines;
    }
    if (!goesOn || !await pause(signal)) return;
  }
}

/** The lines of a run's log, as they stand in the file, in constant memory. Throws project/no-run. */
export async function* runLog(options: LogOptions): AsyncGenerator<string> {
  let path: string;
  let root: string;
  {
    using project = await Project.open(options);
    root = project.root;
    const extension = options.format === "json" ? "jsonl" : "log";
    path = join(project.paths.runLogs, `${runToShow(project, options.runId)}.${extension}`);
  }
  using file = openLog(path);
  const isGrowing = () => options.follow === true && projectLockHolder(root) !== undefined;
  for await (const line of linesOf(file, isGrowing, options.signal)) {
    if (isAtLeast(levelOf(line), options.level ?? "info")) yield line;
  }
}
