import type { Argument, Command, CommanderError, Option } from "commander";
import { TaggedError } from "../core/errors.ts";
import { nearestWord } from "../core/text.ts";
import { OptionValueError } from "./option_values.ts";

/** Options that people look for where they are not, and what to do instead. */
const MISPLACED: Readonly<Record<string, string>> = {
  "spxcutdb discover --catalog":
    "The catalog is the project's: run `spxcutdb init --project DIR --catalog FILE`, or set catalog.path in " +
    "spherex_cutoutdb.yaml and run `spxcutdb config validate --project DIR`",
};

/** A command with all above it, as it is typed: `spxcutdb config show`. */
function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** Whether a command or one below it has an option. */
function knowsOption(command: Command, flag: string): boolean {
  return command.options.some((option) => option.long === flag || option.short === flag) ||
    command.commands.some((inner) => knowsOption(inner, flag));
}

function unknownOption(command: Command, flag: string): TaggedError {
  const name = fullName(command);
  const flags = command.options.flatMap(({ short, long }) => [short, long]).filter((each) =>
    each !== undefined
  );
  const nearest = flag.startsWith("--") ? nearestWord(flag, [...flags, "--help"]) : undefined;
  const seeHelp = `Run \`${name} --help\` to see its options`;
  const hint = MISPLACED[`${name} ${flag}`] ??
    (nearest !== undefined
      ? `Did you mean ${nearest}? ${seeHelp}`
      : command.commands.length > 0 && knowsOption(command, flag)
      ? `Options come after the command: \`${name} COMMAND ${flag}\``
      : seeHelp);
  return new TaggedError("usage/unknown-option", `\`${name}\` has no option ${flag}`, { hint });
}

function unknownCommand(command: Command, word: string): TaggedError {
  const name = fullName(command);
  const nearest = nearestWord(word, command.commands.flatMap((inner) => [inner.name(), ...inner.aliases()]));
  return new TaggedError("usage/unknown-command", `There is no command \`${name} ${word}\``, {
    hint: nearest === undefined
      ? `Run \`${name} --help\` to see the commands`
      : `Did you mean \`${name} ${nearest}\`?`,
  });
}

/** The words in quotes of a message of the argument parser. */
function quoted(message: string): string[] {
  return [...message.matchAll(/'([^']*)'/g)].map((match) => match[1]!);
}

/**
 * What the argument parser complains about, as an error of this program.
 *
 * @param error The parser's own error.
 * @param command The command that it stopped at.
 */
export function usageError(error: CommanderError, command: Command): TaggedError {
  const name = fullName(command);
  const [word = ""] = quoted(error.message);
  const hint = `Run \`${name} --help\` to see how it is used`;
  switch (error.code) {
    case "commander.unknownOption":
      return unknownOption(command, word);
    case "commander.unknownCommand":
      return unknownCommand(command, word);
    case "commander.missingArgument":
      return new TaggedError("usage/missing-argument", `\`${name}\` needs an argument: ${word}`, { hint });
    case "commander.optionMissingArgument":
      return new TaggedError("usage/missing-value", `The option ${word} of \`${name}\` needs a value`, {
        hint,
      });
    case "commander.excessArguments": {
      const rest = command.args.slice(command.registeredArguments.length).map((text) => `"${text}"`).join(
        ", ",
      );
      return new TaggedError("usage/excess-argument", `\`${name}\` takes no such argument: ${rest}`, {
        hint,
      });
    }
    default: {
      const text = error.message.replace(/^error: /, "");
      return new TaggedError("usage/bad-arguments", text.charAt(0).toUpperCase() + text.slice(1), { hint });
    }
  }
}

/** Makes the readers of the options and arguments of a command name what they refuse. */
export function nameValuesInErrors(command: Command): void {
  for (const option of command.options) nameInErrors(option, option.long ?? option.flags, "option", command);
  for (const argument of command.registeredArguments) {
    nameInErrors(argument, argument.name(), "argument", command);
  }
}

function nameInErrors(
  value: Option | Argument,
  name: string,
  kind: "option" | "argument",
  command: Command,
): void {
  const read = value.parseArg;
  if (read === undefined) return;
  function readNamed(text: string, previous: unknown): unknown {
    try {
      return read!(text, previous as never);
    } catch (error) {
      if (!(error instanceof OptionValueError)) throw error;
      const message = `Cannot use ${name} "${text}": expected ${error.expected}`;
      const help = `Run \`${fullName(command)} --help\` to see its ${kind}s`;
      throw new TaggedError(`usage/bad-${kind}`, message, {
        context: { [kind]: name, value: text },
        hint: error.nearest === undefined
          ? help
          : kind === "option"
          ? `Did you mean ${name} ${error.nearest}?`
          : `Did you mean ${error.nearest}?`,
      });
    }
  }
  // What else the reader knows, such as its choices, stays with it.
  value.argParser(Object.assign(readNamed, read));
}
