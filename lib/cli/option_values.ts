import { TaggedError } from "../core/errors.ts";

function invalid(text: string, expected: string): TaggedError {
  return new TaggedError("usage/bad-option", `Cannot use the value "${text}": expected ${expected}`, {
    context: { value: text },
    hint: "Run the command with --help to see its options",
  });
}

/** Reads an option that is a number. Throws usage/bad-option. */
export function numberOption(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw invalid(text, "a number");
  return value;
}

/** Reads an option that is a whole number of at least one. Throws usage/bad-option. */
export function countOption(text: string): number {
  const value = numberOption(text);
  if (!Number.isInteger(value) || value < 1) throw invalid(text, "a whole number of at least 1");
  return value;
}

/** Reads an option that is a list separated by commas. */
export function listOption(text: string): string[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

/** Reads an option that may be given more than once. */
export function repeatedOption(text: string, previous: readonly string[] | undefined): string[] {
  return [...previous ?? [], text];
}

/** Reads a list of detectors. Throws usage/bad-option. */
export function detectorsOption(text: string): number[] {
  const detectors = listOption(text).map((part) => Number(part.replace(/^D/i, "")));
  if (
    detectors.length === 0 ||
    detectors.some((detector) => !(Number.isInteger(detector) && detector >= 1 && detector <= 6))
  ) {
    throw invalid(text, "detectors from 1 to 6, separated by commas");
  }
  return detectors;
}

/** Makes a reader of an option that is one of a few words. */
export function choiceOption<Choice extends string>(...choices: readonly Choice[]): (text: string) => Choice {
  return (text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) throw invalid(text, `one of ${choices.join(", ")}`);
    return choice;
  };
}
