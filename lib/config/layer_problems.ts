import type { z } from "zod";
import { withoutSecrets } from "../core/public_text.ts";
import { nearestWord, shortText } from "../core/text.ts";
import { CONFIG_KEYS, CONFIG_SECTIONS, findConfigSection, valueAt } from "./config_keys.ts";
import type { ConfigProblem } from "./config_problem.ts";
import { CONFIG_SCHEMA } from "./schema.ts";

/** What zod reports about one place. */
type Issue = z.core.$ZodIssue;

/** A problem and the path of the value it is about, before its place in a file is known. */
export interface LayerProblem {
  /** The problem. */
  readonly problem: ConfigProblem;
  /** Path of the key or value. */
  readonly path: readonly PropertyKey[];
}

const EXPECTED_OF_TYPE: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a section with keys",
  record: "a section with keys",
  tuple: "a list of two numbers",
};

/** What an issue says was expected. */
function expectation(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return EXPECTED_OF_TYPE[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.values.length === 1
        ? JSON.stringify(issue.values[0])
        : `one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      if (issue.origin === "array") return `a list of at least ${issue.minimum}`;
      if (issue.origin === "string") return "text that is not empty";
      return `a number ${issue.inclusive === false ? "above" : "of at least"} ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "array") return `a list of at most ${issue.maximum}`;
      if (issue.origin === "string") return `text of at most ${issue.maximum} characters`;
      return `a number of at most ${issue.maximum}`;
    default:
      return issue.message.replace(/^expected /, "");
  }
}

/** A value as the message shows it. */
function shown(value: unknown): string {
  if (value === undefined) return "absent";
  if (value === null) return "empty";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(withoutSecrets(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** What to do about a value that belongs to another version of the program. */
const HINT_OF_KEY: Readonly<Record<string, string>> = {
  "photometry.output_schema_version":
    "the project was made with another version of the program: write the expected one to have the outputs made anew",
  "photometry.code_version":
    "the project was measured with another version of the program: write the expected one to have everything measured anew",
};

/** What to write instead of a wrong value, when that is clear. */
function valueHint(issue: Issue, value: unknown): string | undefined {
  const known = HINT_OF_KEY[issue.path.join(".")];
  if (known !== undefined) return known;
  if (typeof value !== "string") return undefined;
  if (issue.code === "invalid_value") {
    const nearest = nearestWord(value, issue.values.filter((choice) => typeof choice === "string"));
    return nearest === undefined ? undefined : `did you mean ${nearest}?`;
  }
  if (issue.code !== "invalid_type") return undefined;
  if (issue.expected === "boolean" && /^(yes|no|on|off)$/i.test(value)) {
    return `write ${/^(yes|on)$/i.test(value) ? "true" : "false"}`;
  }
  const isNumber = issue.expected === "number" || issue.expected === "int";
  return isNumber && value.trim() !== "" && Number.isFinite(Number(value))
    ? "write it without quotes"
    : undefined;
}

/** The right key for a wrong one, in full, or undefined when none is near. */
export function nearestKey(key: string): string | undefined {
  const names = key.split(".");
  const name = names.at(-1)!;
  const parent = names.slice(0, -1).join(".");
  const siblings = parent === ""
    ? CONFIG_SECTIONS.map((section) => section.key).filter((section) => !section.includes("."))
    : findConfigSection(parent)?.members ?? [];
  const sibling = nearestWord(name, siblings);
  if (sibling !== undefined) return parent === "" ? sibling : `${parent}.${sibling}`;
  const elsewhere = CONFIG_KEYS.find((candidate) => candidate.key.endsWith(`.${name}`));
  if (elsewhere !== undefined) return elsewhere.key;
  return nearestWord(key, CONFIG_KEYS.map((candidate) => candidate.key));
}

/** The problem of a key that does not exist. */
function unknownKey(path: readonly PropertyKey[]): LayerProblem {
  const key = path.map(String).join(".");
  const nearest = nearestKey(key);
  return {
    path,
    problem: {
      code: "config/unknown-key",
      key,
      message: `Unknown key ${shortText(key)}`,
      ...(nearest === undefined ? {} : { hint: `did you mean ${nearest}?` }),
    },
  };
}

/** The problems that one issue stands for. */
function problemsOf(issue: Issue, values: unknown): LayerProblem[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((name) => unknownKey([...issue.path, name]));
  const key = issue.path.map(String).join(".");
  const value = valueAt(values, key);
  const hint = valueHint(issue, value);
  const message = key === ""
    ? `The file holds ${shown(value ?? values)}: expected sections such as catalog and runtime`
    : `${key} is ${shown(value)}: expected ${expectation(issue)}`;
  return [{
    path: issue.path,
    problem: { code: "config/invalid-value", key, message, ...(hint === undefined ? {} : { hint }) },
  }];
}

/** Everything that is wrong with the values of one layer: unknown keys, wrong types, values out of bounds. */
export function layerProblems(values: unknown): LayerProblem[] {
  const result = CONFIG_SCHEMA.safeParse(values);
  return result.success ? [] : result.error.issues.flatMap((issue) => problemsOf(issue, values));
}
