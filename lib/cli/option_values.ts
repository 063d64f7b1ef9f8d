import { MAX_SHARDS, parseShard, type Shard } from "../core/shard.ts";
import { nearestWord } from "../core/text.ts";

/** An option has a value that it cannot have. */
export class OptionValueError extends RangeError {
  /** Name of the class. */
  override readonly name = "OptionValueError";
  /** What it could be. */
  readonly expected: string;
  /** What was probably meant. */
  readonly nearest: string | undefined;

  /** Says what the value could be. */
  constructor(text: string, expected: string, nearest?: string) {
    super(`Cannot use the value "${text}": expected ${expected}`);
    this.expected = expected;
    this.nearest = nearest;
  }
}

/** Reads an option that is a number. Throws OptionValueError. */
export function numberOption(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new OptionValueError(text, "a number");
  return value;
}

/** Reads an option that is a whole number of at least one. Throws OptionValueError. */
export function countOption(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < 1) {
    throw new OptionValueError(text, "a whole number of at least 1");
  }
  return value;
}

/** Reads a part of a whole, such as 2/4. Throws OptionValueError. */
export function shardOption(text: string): Shard {
  const shard = parseShard(text);
  if (shard === undefined) {
    throw new OptionValueError(text, `a part and the number of parts, such as 2/4, of at most ${MAX_SHARDS}`);
  }
  return shard;
}

/** Reads a TCP port, 0 for a free one. Throws OptionValueError. */
export function portOption(text: string): number {
  const port = numberOption(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new OptionValueError(text, "a port from 0 to 65535");
  }
  return port;
}

/** Reads an option that is a list separated by commas. */
export function listOption(text: string): string[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

/** Reads an option that may be given more than once. */
export function repeatedOption(text: string, previous: readonly string[] | undefined): string[] {
  return [...previous ?? [], text];
}

/** Reads a list of detectors. Throws OptionValueError. */
export function detectorsOption(text: string): number[] {
  const detectors = listOption(text).map((part) => Number(part.replace(/^D/i, "")));
  if (
    detectors.length === 0 ||
    detectors.some((detector) => !(Number.isInteger(detector) && detector >= 1 && detector <= 6))
  ) {
    throw new OptionValueError(text, "detectors from 1 to 6, separated by commas");
  }
  return detectors;
}

/** A reader of an option that is one of a few words, and the words. */
export interface ChoiceReader<Choice extends string> {
  /** Reads the option. Throws OptionValueError. */
  (text: string): Choice;
  /** What the option can be. */
  readonly choices: readonly string[];
}

/** Makes a reader of an option that is one of a few words. */
export function choiceOption<Choice extends string>(...choices: readonly Choice[]): ChoiceReader<Choice> {
  return Object.assign((text: string) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) {
      throw new OptionValueError(text, `one of ${choices.join(", ")}`, nearestWord(text, choices));
    }
    return choice;
  }, { choices });
}
