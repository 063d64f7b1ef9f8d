import type { CompletedCommand, CompletedOption } from "./completion_model.ts";

function pattern(options: readonly CompletedOption[]): string {
  return options.flatMap(({ flags }) => flags).join("|");
}

/** The case of one command: what completes the value of the option before, else the words that may follow. */
function commandCase({ path, commands, options, argument }: CompletedCommand): string {
  const paths = options.filter(({ value }) => value.kind === "path");
  const texts = options.filter(({ value }) => value.kind === "text");
  const values = [
    ...options.flatMap(({ flags, value }) =>
      value.kind === "choice" ? [`        ${flags.join("|")}) words="${value.choices.join(" ")}" ;;`] : []
    ),
    ...(paths.length === 0 ? [] : [`        ${pattern(paths)}) files=1 ;;`]),
    ...(texts.length === 0 ? [] : [`        ${pattern(texts)}) ;;`]),
  ];
  const words = [
    ...commands.map(({ name }) => name),
    ...(argument.kind === "choice" ? argument.choices : []),
    ...options.flatMap(({ flags }) => flags),
  ].join(" ");
  return `    "${path.join(" ")}")
      case "$before" in
${values.length === 0 ? "" : `${values.join("\n")}\n`}        *) words="${words}"${
    argument.kind === "path" ? " files=1" : ""
  } ;;
      esac ;;`;
}

/** The completion of the program for bash. */
export function bashScript(program: string, commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path.length > 0).map(({ path }) => `"${path.join(" ")}"`);
  return `# ${program} completion for bash: source <(${program} completion bash)
_${program}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path="" word words="" files=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths.join("|")}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${commands.map(commandCase).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ -n $files ]] && COMPREPLY+=($(compgen -f -- "$current")) && compopt -o filenames 2>/dev/null
  return 0
}
complete -F _${program} ${program}
`;
}
