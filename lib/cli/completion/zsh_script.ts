import type { CompletedCommand, CompletedOption, ValueKind } from "./completion_model.ts";

/** A text inside single quotes in which zsh reads `[`, `]` and `:` as they stand. */
function quoted(text: string): string {
  return text.replaceAll("'", "’").replaceAll(/[[\]:\\]/g, "\\$&");
}

function valueSpec(value: ValueKind): string {
  switch (value.kind) {
    case "none":
      return "";
    case "path":
      return ":path:_files";
    case "choice":
      return `:value:(${value.choices.join(" ")})`;
    case "text":
      return ":value:";
  }
}

function optionSpecs({ flags, description, value }: CompletedOption): string[] {
  return flags.map((flag) => `'${flag}[${quoted(description)}]${valueSpec(value)}'`);
}

function functionName(program: string, path: readonly string[]): string {
  return ["", program, ...path].join("_").replaceAll("-", "_");
}

/** The function that completes one command and hands on to those below it. */
function commandFunction(program: string, { path, commands, options, argument }: CompletedCommand): string {
  const specs = options.flatMap(optionSpecs);
  const rest = commands.length > 0
    ? ["'1:command:->command'", "'*::argument:->argument'"]
    : argument.kind === "none"
    ? []
    : [`'*${valueSpec(argument)}'`];
  const inner = commands.map(({ name }) => `        ${name}) ${functionName(program, [...path, name])} ;;`);
  const states = commands.length === 0 ? "" : `
  case $state in
    command)
      local -a commands=(
${commands.map(({ name, description }) => `        '${name}:${quoted(description)}'`).join("\n")}
      )
      _describe command commands ;;
    argument)
      case $words[1] in
${inner.join("\n")}
      esac ;;
  esac`;
  return `${functionName(program, path)}() {
  local curcontext=$curcontext state line
  _arguments -C \\
    ${[...specs, ...rest].join(" \\\n    ")}${states}
}`;
}

/** The completion of the program for zsh. */
export function zshScript(program: string, commands: readonly CompletedCommand[]): string {
  return `#compdef ${program}
# ${program} completion for zsh: source <(${program} completion zsh), or save it as _${program} in a folder of $fpath
${commands.map((command) => commandFunction(program, command)).join("\n")}
compdef ${functionName(program, [])} ${program}
`;
}
