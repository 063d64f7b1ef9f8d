import { TaggedError } from "../core/errors.ts";
import { storageError } from "../files/storage_error.ts";
import { configHash, photometryConfigHash } from "./config_hash.ts";
import { CONFIG_KEYS, findConfigKey, findConfigSection, nestValues, valueAt } from "./config_keys.ts";
import { configError, type ConfigOrigin, type ConfigProblem } from "./config_problem.ts";
import { consistencyProblems } from "./consistency.ts";
import { type LayerProblem, layerProblems, nearestKey } from "./layer_problems.ts";
import { type Config, CONFIG_SCHEMA } from "./schema.ts";
import { readYamlValues, type TextPosition } from "./yaml_values.ts";

/** Largest configuration file that is read. */
const MAX_FILE_BYTES = 1 << 18;

/** Where the layers of a configuration are; any may be absent. */
export interface ConfigLayers {
  /** The project's file, `spherex_cutoutdb.yaml`. */
  readonly projectFile?: string;
  /** The preset of a batch of runs. */
  readonly batchFile?: string;
  /** Values from flags by their keys, such as `{"runtime.max_fit_workers": 4}`; undefined values are left out. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** A configuration merged from its layers. */
export interface EffectiveConfig {
  /** The value of every key. */
  readonly config: Config;
  /** SHA-256 of the whole configuration. */
  readonly hash: string;
  /** SHA-256 of what changes measured numbers. */
  readonly photometryHash: string;
  /** Which layer gave the value of each key. */
  readonly origins: Readonly<Record<string, ConfigOrigin>>;
  /** The values from flags, as `cli_overrides.json` records them. */
  readonly overrides: Readonly<Record<string, unknown>>;
}

/** One layer that has been read. */
interface Layer {
  readonly origin: ConfigOrigin;
  readonly values: unknown;
  readonly problems: readonly ConfigProblem[];
  /** The place of a key in the layer's file, empty for flags. */
  placeOf(path: readonly PropertyKey[], of: "key" | "value"): { file?: string } & Partial<TextPosition>;
}

/** Reads a file that is small enough to be a configuration. */
async function readConfigText(file: string, origin: ConfigOrigin): Promise<string> {
  try {
    const { size } = await Deno.stat(file);
    if (size > MAX_FILE_BYTES) {
      throw new TaggedError(
        "config/too-large",
        `${file} has ${size} bytes: expected at most ${MAX_FILE_BYTES}`,
        {
          hint: "Check that the path names a configuration file",
          context: { path: file, bytes: size },
        },
      );
    }
    return await Deno.readTextFile(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw storageError(error, "read", file);
    const isProject = origin === "project";
    throw new TaggedError(
      isProject ? "project/not-found" : "config/not-found",
      isProject
        ? `There is no project here: ${file} does not exist`
        : `The configuration file ${file} does not exist`,
      {
        context: { path: file },
        cause: error,
        hint: isProject
          ? "Run `spxcutdb init --project DIR --catalog input_catalog.csv`, or name the project with --project"
          : "Check the path; batch_config.example.yaml is a template to start from",
      },
    );
  }
}

/** A section that is written but left empty says nothing: it is left out. */
function withoutEmptySections(values: unknown, prefix = ""): unknown {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return values;
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const key = `${prefix}${name}`;
      if (findConfigSection(key) === undefined) return [[name, value]];
      return value === null ? [] : [[name, withoutEmptySections(value, `${key}.`)]];
    }),
  );
}

/** Reads the layer of a file. */
async function fileLayer(file: string, origin: ConfigOrigin): Promise<Layer> {
  const yaml = readYamlValues(await readConfigText(file, origin), file);
  return {
    origin,
    values: withoutEmptySections(yaml.values),
    problems: yaml.problems,
    placeOf(path, of) {
      return { file, ...(of === "key" ? yaml.keyPosition(path) : yaml.valuePosition(path)) };
    },
  };
}

/** The layer of the flags. */
function flagLayer(overrides: Readonly<Record<string, unknown>>): Layer {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  const unknown = given.filter(([key]) => findConfigKey(key) === undefined);
  return {
    origin: "flag",
    values: nestValues(given.filter(([key]) => findConfigKey(key) !== undefined)),
    problems: unknown.map(([key]) => {
      const nearest = nearestKey(key);
      const hint = nearest === undefined ? {} : { hint: `did you mean ${nearest}?` };
      return { code: "config/unknown-key", key, message: `Unknown key ${key} on the command line`, ...hint };
    }),
    placeOf: () => ({}),
  };
}

/** The problems of one layer by itself, each with its place. */
function problemsOfLayer(layer: Layer): ConfigProblem[] {
  if (layer.problems.length > 0 && layer.origin !== "flag") return [...layer.problems];
  const found = layerProblems(layer.values).map(({ problem, path }: LayerProblem) => ({
    ...problem,
    ...layer.placeOf(path, problem.code === "config/unknown-key" ? "key" : "value"),
  }));
  return [...layer.problems, ...found].sort((a, b) =>
    (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
  );
}

/** Merges layers key by key: the last that names a key gives its value. */
function merge(layers: readonly Layer[]): { config: Config; origins: Record<string, ConfigOrigin> } {
  const origins: Record<string, ConfigOrigin> = {};
  const chosen: [string, unknown][] = [];
  for (const { key } of CONFIG_KEYS) {
    const layer = layers.findLast((candidate) => valueAt(candidate.values, key) !== undefined);
    origins[key] = layer?.origin ?? "default";
    if (layer !== undefined) chosen.push([key, valueAt(layer.values, key)]);
  }
  return { config: CONFIG_SCHEMA.parse(nestValues(chosen)), origins };
}

/** The problems of the merged configuration, each at the place of the value it is about. */
function problemsTogether(
  config: Config,
  origins: Readonly<Record<string, ConfigOrigin>>,
  layers: readonly Layer[],
): ConfigProblem[] {
  return consistencyProblems(config, origins).map((problem) => {
    const layer = layers.find((candidate) => candidate.origin === origins[problem.key]);
    return { ...problem, ...layer?.placeOf(problem.key.split("."), "value") };
  });
}

/**
 * Reads and merges the layers of a configuration: defaults, project file, batch file, flags; later ones win.
 *
 * @param layers The files and flags; without any the result is the defaults.
 * @returns The merged configuration with its hashes and the origin of each value.
 * @throws {TaggedError} `config/unknown-key`, `config/invalid-value`, `config/invalid-yaml` or `config/inconsistent`
 * with all problems of all layers at once; `project/not-found`, `config/not-found`, `config/too-large` or `storage/*`
 * when a file cannot be read.
 */
export async function loadConfig(layers: ConfigLayers = {}): Promise<EffectiveConfig> {
  const overrides = Object.fromEntries(
    Object.entries(layers.overrides ?? {}).filter(([, value]) => value !== undefined),
  );
  const read: Layer[] = [
    ...(layers.projectFile === undefined ? [] : [await fileLayer(layers.projectFile, "project")]),
    ...(layers.batchFile === undefined ? [] : [await fileLayer(layers.batchFile, "batch")]),
    flagLayer(overrides),
  ];
  const problems = read.flatMap(problemsOfLayer);
  if (problems.length > 0) throw configError(problems);
  const { config, origins } = merge(read);
  const contradictions = problemsTogether(config, origins, read);
  if (contradictions.length > 0) throw configError(contradictions);
  return {
    config,
    origins,
    overrides,
    hash: configHash(config),
    photometryHash: photometryConfigHash(config),
  };
}
