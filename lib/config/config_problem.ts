import { type JsonValue, TaggedError } from "../core/errors.ts";

/** Where a value of the configuration comes from; later ones win. */
export type ConfigOrigin = "default" | "project" | "batch" | "flag";

/** What is wrong with one place of the configuration. */
export interface ConfigProblem {
  /** Stable identifier. */
  readonly code:
    | "config/unknown-key"
    | "config/invalid-value"
    | "config/invalid-yaml"
    | "config/inconsistent";
  /** What was found and what was expected. */
  readonly message: string;
  /** The key, such as `runtime.max_fit_workers`; empty for the file as a whole. */
  readonly key: string;
  /** What to write instead, when that is known. */
  readonly hint?: string;
  /** The file, or undefined for a value from a flag or a default. */
  readonly file?: string;
  /** Line in the file, from 1. */
  readonly line?: number;
  /** Column in the line, from 1. */
  readonly column?: number;
}

/** The place of a problem as editors read it, `file:line:column`; empty when it comes from a flag. */
function place(problem: ConfigProblem): string {
  if (problem.file === undefined) return "";
  if (problem.line === undefined) return `${problem.file}: `;
  return `${problem.file}:${problem.line}:${problem.column}: `;
}

/** One problem as a line of text, its hint included. */
export function problemText(problem: ConfigProblem): string {
  return `${place(problem)}${problem.message}${problem.hint === undefined ? "" : ` (${problem.hint})`}`;
}

/** A text that begins with a capital. */
function sentence(text: string | undefined): string | undefined {
  return text === undefined ? undefined : text.charAt(0).toUpperCase() + text.slice(1);
}

/** A problem as JSON. */
function problemJson(problem: ConfigProblem): JsonValue {
  return {
    code: problem.code,
    key: problem.key,
    message: problem.message,
    hint: problem.hint ?? null,
    file: problem.file ?? null,
    line: problem.line ?? null,
    column: problem.column ?? null,
  };
}

/**
 * One error for all problems; its code is that of the first. Throws RangeError when there is no problem.
 *
 * The context carries every problem under `problems`.
 */
export function configError(problems: readonly ConfigProblem[]): TaggedError {
  const [first] = problems;
  if (first === undefined) throw new RangeError("An error needs at least one problem");
  const context = { problems: problems.map(problemJson) };
  if (problems.length === 1) {
    return new TaggedError(first.code, `${place(first)}${first.message}`, {
      context,
      hint: sentence(first.hint) ??
        "Run `spxcutdb config defaults` to see every key with its meaning and default",
    });
  }
  const lines = problems.map((problem) => `\n  ${problemText(problem)}`).join("");
  return new TaggedError(first.code, `The configuration has ${problems.length} problems:${lines}`, {
    context,
    hint: "Run `spxcutdb config defaults` to see every key with its meaning and default",
  });
}
