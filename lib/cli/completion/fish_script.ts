import type { CompletedCommand, CompletedOption, ValueKind } from "./completion_model.ts";

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** When a command is the one that is being typed: its words were seen, and none of the commands below it. */
function condition(program: string, { path, commands }: CompletedCommand): string {
  const names = commands.map(({ name }) => name).join(" ");
  return quoted(`__${program}_is_at ${quoted(path.join(" "))} ${quoted(names)}`);
}

function optionLine(program: string, when: string, { flags, description, value }: CompletedOption): string {
  const names = flags.map((flag) => flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`);
  const values = value.kind === "choice"
    ? `-x -a ${quoted(value.choices.join(" "))}`
    : value.kind === "path"
    ? "-r -F"
    : value.kind === "text"
    ? "-x"
    : "";
  return ["complete -c", program, "-n", when, ...names, values, "-d", quoted(description)].filter((part) =>
    part !== ""
  ).join(" ");
}

function argumentLines(argument: ValueKind): string[] {
  if (argument.kind === "path") return ["-F"];
  return argument.kind === "choice" ? [`-a ${quoted(argument.choices.join(" "))}`] : [];
}

function commandLines(program: string, command: CompletedCommand): string[] {
  const when = condition(program, command);
  return [
    ...command.commands.map(({ name, description }) =>
      `complete -c ${program} -n ${when} -a ${name} -d ${quoted(description)}`
    ),
    ...command.options.map((option) => optionLine(program, when, option)),
    ...argumentLines(command.argument).map((line) => `complete -c ${program} -n ${when} ${line}`),
  ];
}

/** The completion of the program for fish. */
export function fishScript(program: string, commands: readonly CompletedCommand[]): string {
  return `# ${program} completion for fish: ${program} completion fish | source
function __${program}_is_at
    set -l words (commandline -opc)[2..]
    set -l found
    set -l wanted (string split -n ' ' -- $argv[1])
    for word in $words
        if test (count $found) -lt (count $wanted); and test "$word" = "$wanted[$(math (count $found) + 1)]"
            set -a found $word
        else if test (count $found) -eq (count $wanted); and contains -- $word (string split -n ' ' -- $argv[2])
            return 1
        end
    end
    test (count $found) -eq (count $wanted)
end
complete -c ${program} -f
${commands.flatMap((command) => commandLines(program, command)).join("\n")}
`;
}
