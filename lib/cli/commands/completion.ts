import { Argument, type Command } from "commander";
import { bashScript } from "../completion/bash_script.ts";
import { type CompletedCommand, completedCommands } from "../completion/completion_model.ts";
import { fishScript } from "../completion/fish_script.ts";
import { zshScript } from "../completion/zsh_script.ts";
import { choiceOption } from "../option_values.ts";
import { Session } from "../session.ts";

const SCRIPTS: Readonly<
  Record<"bash" | "zsh" | "fish", (program: string, commands: readonly CompletedCommand[]) => string>
> = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** `spxcutdb completion`: a script that makes a shell complete commands and options. */
export function addCompletionCommand(program: Command): void {
  program.command("completion")
    .description("print a script that makes your shell complete commands and options")
    .addArgument(new Argument("<shell>", "bash, zsh or fish").argParser(choiceOption("bash", "zsh", "fish")))
    .addHelpText(
      "after",
      `
Put into the file that your shell reads at its start:
  bash   source <(spxcutdb completion bash)
  zsh    source <(spxcutdb completion zsh)
  fish   spxcutdb completion fish | source`,
    )
    .action((shell: "bash" | "zsh" | "fish", options) => {
      const script = SCRIPTS[shell](program.name(), completedCommands(program));
      new Session(options).print({ shell, script }, () => script.trimEnd());
    });
}
