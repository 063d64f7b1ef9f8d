import { type Command, Option } from "commander";
import { isTaggedError, TaggedError } from "../core/errors.ts";
import { outwardJson } from "../core/outward_json.ts";
import type { WorkflowEvent } from "../workflow/events.ts";
import { choiceOption } from "./option_values.ts";
import { ProgressLine } from "./progress_line.ts";
import { type ColorChoice, processTerminal, type Terminal } from "./terminal.ts";

/** Options that every command has. */
export interface CommonOptions {
  /** Print one JSON document instead of text. */
  readonly json?: boolean;
  /** Print a line of JSON for each event, and the result as the last. */
  readonly jsonl?: boolean;
  /** Tell every event. */
  readonly verbose?: boolean;
  /** Say less; twice for errors only. */
  readonly quiet?: number;
  /** False for no progress line. */
  readonly progress?: boolean;
  /** When text is coloured. */
  readonly color?: ColorChoice;
}

/** What long work gets from a session. */
export interface LongWork {
  /** Aborts on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Shows an event. */
  readonly onEvent: (event: WorkflowEvent) => void;
}

/** How many failures are told one by one; the rest is counted in the summary. */
const TOLD_FAILURES = 10;

const UNITS: Readonly<Record<string, string>> = {
  index: "footprints",
  discover: "sources",
  calibration: "files",
  download: "cutouts",
  measure: "images",
  publish: "sources",
  full_qa: "plots",
  merge: "sources",
};

/** One call of the program: its terminal, its exit code, its way of showing long work. */
export class Session {
  /** Where text goes. */
  readonly terminal: Terminal;
  /** The options that every command has. */
  readonly options: CommonOptions;
  /** What the program tells its caller when all went well otherwise. */
  exitCode = 0;

  readonly #hasResume: boolean;

  /** A session on the process's own streams; `hasResume` says that the command has the option `--resume`. */
  constructor(options: CommonOptions, { hasResume = false } = {}) {
    this.options = options;
    this.#hasResume = hasResume;
    this.terminal = processTerminal({ color: options.color ?? "auto", quietness: options.quiet ?? 0 });
  }

  /** Prints a result: as JSON with `--json`, else as the text that `render` makes of it. */
  print<Result>(result: Result, render: (result: Result) => string): void {
    if (this.options.jsonl) this.terminal.data(JSON.stringify({ type: "result", ...this.jsonOf(result) }));
    else if (this.options.json) this.terminal.json(this.jsonOf(result));
    else this.terminal.data(render(result));
  }

  /** A result as `--json` prints it. */
  jsonOf<Result>(result: Result): Record<string, unknown> {
    return outwardJson({ schema_version: 1, ...result }) as Record<string, unknown>;
  }

  /** Does long work with a progress line; a first signal stops it cleanly, a second one at once. */
  async long<Result>(work: (tools: LongWork) => Promise<Result>): Promise<Result> {
    const isOff = this.options.progress === false || Deno.env.has("SPXCUTDB_NO_PROGRESS") ||
      (this.options.quiet ?? 0) > 0;
    const line = new ProgressLine({ sink: this.terminal.stderr, isOff });
    const release = this.terminal.interceptMessages(() => line.clear());
    const stop = new AbortController();
    const unlisten = this.#listenForSignals(stop);
    // The sentences are needed by long work only.
    const { eventText } = await import("../workflow/event_text.ts");
    const { eventAsJson } = await import("../workflow/events.ts");
    const tell = (event: WorkflowEvent, how: "message" | "warning") => this.terminal[how](eventText(event));
    let failures = 0;
    try {
      return await work({
        signal: stop.signal,
        onEvent: (event) => {
          if (this.options.jsonl) this.terminal.data(JSON.stringify(eventAsJson(event)));
          if (event.type === "progress") {
            const { stage, done, total, failed, bytes, expectedSecondsPerItem } = event;
            line.update({ stage, done, total, failed, unit: UNITS[stage], bytes, expectedSecondsPerItem });
          } else if (isFailure(event) && !this.options.verbose) {
            failures++;
            if (failures <= TOLD_FAILURES) tell(event, "warning");
            if (failures === TOLD_FAILURES) {
              this.terminal.warning("Further failures are counted only; --verbose tells all");
            }
          } else if (event.type === "download_planned") tell(event, "message");
          else if (event.type === "warning") {
            this.terminal.warning(
              event.hint === undefined ? event.message : `${event.message}. ${event.hint}`,
            );
          } else if (event.type === "plan_reason" || this.options.verbose) tell(event, "message");
        },
      });
    } catch (error) {
      // Whatever the work says of being stopped, the user is told why and how to go on.
      throw stop.signal.aborted && isStop(error) ? stop.signal.reason : error;
    } finally {
      unlisten();
      line.end();
      release();
    }
  }

  #listenForSignals(stop: AbortController): () => void {
    let signals = 0;
    const listen = (name: "SIGINT" | "SIGTERM") => () => {
      if (++signals > 1) Deno.exit(name === "SIGINT" ? 130 : 143);
      this.terminal.message("Stopping: what is done is kept. Once more stops at once");
      const code = name === "SIGINT" ? "interrupted/stopped" : "interrupted/terminated";
      stop.abort(
        new TaggedError(code, "Stopped before the work was done", {
          hint: this.#hasResume
            ? "Run the same command again with --resume to go on from here"
            : "Run the same command again",
        }),
      );
    };
    // Windows knows no SIGTERM.
    const names = Deno.build.os === "windows" ? ["SIGINT" as const] : ["SIGINT" as const, "SIGTERM" as const];
    const handlers = names.map((name) => [name, listen(name)] as const);
    for (const [name, handler] of handlers) Deno.addSignalListener(name, handler);
    return () => {
      for (const [name, handler] of handlers) Deno.removeSignalListener(name, handler);
    };
  }
}

function isStop(error: unknown): boolean {
  return isTaggedError(error, "interrupted") ||
    (error instanceof DOMException && error.name === "AbortError");
}

function isFailure(event: WorkflowEvent): boolean {
  return event.type.endsWith("_failed") || event.type.startsWith("blocked_") ||
    event.type === "full_qa_missing_no_cutout";
}

/** Heading of the options that every command has. */
export const COMMON_OPTIONS = "Common options:";

/** Adds the options that every command has. */
export function addCommonOptions(command: Command): void {
  const quiet = new Option("-q, --quiet", "say less; twice: errors only")
    .argParser((_value, previous: number) => previous + 1).default(0, "off");
  const color = new Option("--color <when>", "colour text: auto, always, never")
    .argParser(choiceOption("auto", "always", "never")).default("auto");
  const options = [
    new Option("--json", "print one JSON document"),
    new Option("--jsonl", "print a line of JSON for each event, the result last"),
    new Option("--verbose", "print a line for each event"),
    quiet,
    new Option("--no-progress", "no progress line"),
    color,
  ];
  for (const option of options) command.addOption(option.helpGroup(COMMON_OPTIONS));
}

/** Adds the options of commands that work on a project. */
export function withProjectOptions(command: Command): Command {
  return command
    .option(
      "--project <dir>",
      "project folder; else SPXCUTDB_PROJECT, else the nearest folder above that is one",
    )
    .option("--batch-config <file>", "configuration for this call, over the project's own");
}

/** The project that a command works on: named, from the environment, or found above the working directory. */
export function projectFolder(named: string | undefined): string {
  const chosen = named ?? Deno.env.get("SPXCUTDB_PROJECT");
  if (chosen !== undefined) return chosen;
  for (let folder = Deno.cwd();; folder = parent(folder)) {
    try {
      if (Deno.statSync(`${folder}/spherex_cutoutdb.yaml`).isFile) return folder;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable)) throw error;
    }
    if (parent(folder) === folder) return ".";
  }
}

function parent(folder: string): string {
  return folder.replace(/[/\\][^/\\]*$/, "") || "/";
}
