import type { Command } from "commander";
import { choiceOption } from "../option_values.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";

const format = choiceOption("yaml", "json");

function addShow(config: Command): void {
  withProjectOptions(config.command("show").description("print the project's configuration"))
    .option("--effective", "every key with its merged value and where it comes from")
    .option("--hash", "print the configuration hash and the resolved paths too")
    .option("--format <format>", "yaml or json", format, "yaml")
    .action(async (options) => {
      const session = new Session(options);
      const { showConfig } = await import("../../workflow/show_config.ts");
      const shown = await showConfig({ ...options, project: projectFolder(options.project) });
      session.print(shown.json, () => shown.text);
    });
}

function addValidate(config: Command): void {
  withProjectOptions(config.command("validate").description("check the configuration"))
    .action(async (options) => {
      const session = new Session(options);
      const { loadProjectConfig } = await import("../../workflow/project.ts");
      const { hash } = await loadProjectConfig({ ...options, project: projectFolder(options.project) });
      session.print(
        { valid: true, config_hash: hash },
        () => `The configuration is valid\nconfig_hash: ${hash}`,
      );
    });
}

function addDiff(config: Command): void {
  withProjectOptions(config.command("diff").description("print what differs from the defaults"))
    .option("--against-defaults", "compare with the built-in defaults (the only comparison there is)")
    .option("--format <format>", "text or json", choiceOption("text", "json"), "text")
    .action(async (options) => {
      const session = new Session({ ...options, json: options.json || options.format === "json" });
      const { loadProjectConfig } = await import("../../workflow/project.ts");
      const { diffConfigs, diffText } = await import("../../config/diff.ts");
      const { DEFAULT_CONFIG } = await import("../../config/schema.ts");
      const effective = await loadProjectConfig({ ...options, project: projectFolder(options.project) });
      const differences = diffConfigs(DEFAULT_CONFIG, effective.config, effective.origins);
      session.print({ differences }, () => diffText(differences) || "Nothing differs from the defaults");
    });
}

function addDefaults(config: Command): void {
  config.command("defaults").description("print every key with its meaning and default")
    .option("--format <format>", "yaml or json", format, "yaml")
    .action(async (options) => {
      const session = new Session(options);
      const { DEFAULT_CONFIG } = await import("../../config/schema.ts");
      const { renderConfigJson, renderConfigYaml } = await import("../../config/render.ts");
      session.print(
        DEFAULT_CONFIG,
        (values) =>
          options.format === "json"
            ? renderConfigJson(values)
            : renderConfigYaml(values, { descriptions: true }),
      );
    });
}

function addSchema(config: Command): void {
  config.command("schema").description("print the JSON Schema of configuration files")
    .action(async (options) => {
      const session = new Session(options);
      const { configJsonSchema } = await import("../../config/schema.ts");
      session.terminal.data(JSON.stringify(configJsonSchema(), null, 2));
    });
}

/** `spxcutdb config …`: shows and checks configurations. */
export function addConfigCommand(program: Command): void {
  const config = program.command("config").description("show and check configurations");
  addShow(config);
  addValidate(config);
  addDiff(config);
  addDefaults(config);
  addSchema(config);
}
