import { isTaggedError, type JsonValue } from "../core/errors.ts";
import { withoutSecrets } from "../core/public_text.ts";
import type { TextStyle } from "./terminal.ts";
import { printable } from "./table_text.ts";

/** Causes are followed this far. */
const MAX_CAUSES = 8;

/** An error as one JSON value. */
export interface ErrorJson {
  /** Stable identifier, such as `config/unknown-key`. */
  readonly code: string;
  /** What was tried, found and expected. */
  readonly message: string;
  /** Numbers and names. */
  readonly context: Readonly<Record<string, JsonValue>>;
  /** What to do next, null when nothing is known. */
  readonly hint: string | null;
  /** The errors that led to this one, the nearest first. */
  readonly cause: readonly string[];
}

/** The messages of the errors that led to `error`, the nearest first. */
function causes(error: unknown): string[] {
  const messages: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && cause !== null && messages.length < MAX_CAUSES) {
    messages.push(cause instanceof Error ? cause.message : String(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return messages;
}

/** The message of anything that was thrown. */
function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  return String(error);
}

/** An error as JSON; anything that is no TaggedError has the code `internal/unexpected`. */
export function errorJson(error: unknown): ErrorJson {
  const tagged = isTaggedError(error) ? error : undefined;
  return withoutSecrets({
    code: tagged?.code ?? "internal/unexpected",
    message: messageOf(error),
    context: tagged?.context ?? {},
    hint: tagged?.hint ?? null,
    cause: causes(error),
  });
}

/** Whether `message` has `text` as a word or several. */
function says(message: string, text: string): boolean {
  return new RegExp(`(?<!\\w)${RegExp.escape(text)}(?!\\w)`).test(message);
}

/** The lines that tell the context: single values that the message does not say, or all of it. */
function contextLines(error: ErrorJson, style: TextStyle, isVerbose: boolean): string[] {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(error.context)) {
    const text = printable(typeof value === "string" ? value : JSON.stringify(value));
    const isSingle = value !== null && typeof value !== "object" && text.length <= 200;
    // What the system called it is for reports; the message has it in words.
    // A count of one is what a message in the singular says.
    const isOne = value === 1 && name.endsWith("_count");
    const isWorthSaying = isSingle && !isOne && !name.startsWith("system_") && !says(error.message, text);
    if (isVerbose || isWorthSaying) lines.push(`  ${style.dim(`${name}:`)} ${text}`);
  }
  return lines;
}

/**
 * An error as people read it: `error[code]: message`, the context, the cause, and after a blank line the hint.
 *
 * Context that the message repeats is left out; with `verbose` everything is shown, the stack included.
 *
 * @param error Anything that was thrown.
 * @param style Colours, or none.
 * @param verbose Show the whole context and the stack.
 */
export function errorText(error: unknown, style: TextStyle, verbose = false): string {
  const json = errorJson(error);
  const { code, message, hint } = json;
  const lines = [
    `${style.bold(style.red(`error[${code}]`))}: ${message.split("\n").map(printable).join("\n")}`,
    ...contextLines(json, style, verbose),
  ];
  const [nearest] = json.cause;
  // That a file is absent is all that the system has to say, and the message has said it.
  const isTold = nearest === undefined || message.includes(nearest) ||
    nearest === json.context["system_message"] ||
    (error instanceof Error && error.cause instanceof Deno.errors.NotFound);
  if (!isTold) {
    lines.push(`  ${style.dim("cause:")} ${printable(nearest)}`);
  }
  if (verbose && error instanceof Error && error.stack !== undefined) {
    lines.push(style.dim(withoutSecrets(error.stack)));
  }
  if (hint !== null) lines.push("", `${style.cyan("hint:")} ${hint}`);
  else if (!isTaggedError(error)) {
    lines.push(
      "",
      `${
        style.cyan("hint:")
      } This is a mistake in the program: run again with --verbose and report what it prints`,
    );
  }
  return `${lines.join("\n")}\n`;
}
