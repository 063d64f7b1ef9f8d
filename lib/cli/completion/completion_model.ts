import type { Argument, Command, Option } from "commander";

/** What can stand as the value of an option or as an argument. */
export type ValueKind =
  | { readonly kind: "none" }
  | { readonly kind: "text" }
  | { readonly kind: "path" }
  | { readonly kind: "choice"; readonly choices: readonly string[] };

/** An option as a shell completes it. */
export interface CompletedOption {
  /** Its spellings, such as `--quiet` and `-q`. */
  readonly flags: readonly string[];
  /** What it does. */
  readonly description: string;
  /** What follows it. */
  readonly value: ValueKind;
}

/** A command as a shell completes it. */
export interface CompletedCommand {
  /** The words that lead to it, without the program: `calibration sync`; empty for the program itself. */
  readonly path: readonly string[];
  /** What it does. */
  readonly description: string;
  /** The commands below it, by every name they have. */
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  /** Its options. */
  readonly options: readonly CompletedOption[];
  /** What its arguments are. */
  readonly argument: ValueKind;
}

/** Words by which options and arguments name what lies on the disk. */
const PATH_NAMES = /\b(dir|directory|file|folder|path|project|other)\b/;

/** The words that an option or argument can be, when its reader knows them. */
function choicesOf(value: Option | Argument): readonly string[] | undefined {
  return value.argChoices ?? (value.parseArg as { choices?: readonly string[] } | undefined)?.choices;
}

function valueOf(option: Option): ValueKind {
  const choices = choicesOf(option);
  if (choices !== undefined) return { kind: "choice", choices };
  if (!option.required && !option.optional) return { kind: "none" };
  return { kind: PATH_NAMES.test(option.flags.replace(/^[^<[]*/, "")) ? "path" : "text" };
}

function argumentOf(command: Command): ValueKind {
  const [argument] = command.registeredArguments;
  if (argument === undefined) return { kind: "none" };
  const choices = choicesOf(argument);
  if (choices !== undefined) return { kind: "choice", choices };
  return { kind: PATH_NAMES.test(argument.name()) ? "path" : "text" };
}

function completedOption(option: Option): CompletedOption {
  const { short, long, description } = option;
  return {
    flags: [long, short].filter((flag) => flag !== undefined),
    description,
    value: valueOf(option),
  };
}

/** Every command of a program, the program itself first. */
export function completedCommands(command: Command, path: readonly string[] = []): CompletedCommand[] {
  const helper = command.createHelp();
  const below = helper.visibleCommands(command);
  const own: CompletedCommand = {
    path,
    description: command.description(),
    commands: below.flatMap((inner) =>
      [inner.name(), ...inner.aliases()].map((name) => ({ name, description: inner.description() }))
    ),
    options: helper.visibleOptions(command).map(completedOption),
    argument: argumentOf(command),
  };
  return [
    own,
    ...below.flatMap((inner) =>
      [inner.name(), ...inner.aliases()].flatMap((name) => completedCommands(inner, [...path, name]))
    ),
  ];
}
