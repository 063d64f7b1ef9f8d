import { wordsOfName } from "../core/text.ts";
import { renderConfigJson, renderConfigYaml } from "../config/render.ts";
import { projectPaths } from "../config/project_paths.ts";
import { runtimeLimits } from "../config/runtime_limits.ts";
import { loadProjectConfig, type ProjectOptions } from "./project.ts";
import { PROJECT_FILE_NAME } from "../config/project_paths.ts";

/** How a configuration is shown. */
export interface ShowConfigOptions extends ProjectOptions {
  /** Every key with its merged value, not the project's file alone. */
  readonly effective?: boolean;
  /** The hash, the resolved paths and the limits as well. */
  readonly hash?: boolean;
  /** Language of the text. */
  readonly format?: "yaml" | "json";
}

/** A configuration as text and as values. */
export interface ShownConfig {
  /** What a person reads. */
  readonly text: string;
  /** What a program reads. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Shows the configuration of a project: its own file, or the merged values with their origins. */
export async function showConfig(options: ShowConfigOptions): Promise<ShownConfig> {
  const effective = await loadProjectConfig(options);
  const paths = projectPaths(options.project, effective.config);
  const limits = runtimeLimits(effective.config, navigator.hardwareConcurrency);
  const extra = options.hash
    ? {
      config_hash: effective.hash,
      photometry_config_hash: effective.photometryHash,
      paths: snakeCase(paths),
      limits: snakeCase(limits),
    }
    : {};
  const json = { ...extra, config: effective.config, origins: effective.origins };
  if (options.format === "json") {
    return {
      json,
      text: options.hash ? `${JSON.stringify(json, null, 2)}\n` : renderConfigJson(effective.config),
    };
  }
  const body = options.effective || options.batchConfig !== undefined
    ? renderConfigYaml(effective.config, { origins: effective.origins })
    : await Deno.readTextFile(`${options.project}/${PROJECT_FILE_NAME}`);
  return { json, text: options.hash ? `${body}\n${comments(extra)}` : body };
}

/** The names as everywhere outside of the program. */
function snakeCase(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [wordsOfName(name, "_"), value]));
}

/** Values as YAML comments, so that the whole text stays a configuration. */
function comments(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values).flatMap(([name, value]) =>
    typeof value === "object" && value !== null
      ? [`# ${name}:`, ...Object.entries(value).map(([key, inner]) => `#   ${key}: ${inner}`)]
      : [`# ${name}: ${value}`]
  ).join("\n") + "\n";
}
