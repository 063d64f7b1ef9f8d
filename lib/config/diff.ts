import { canonicalJson } from "../core/canonical_json.ts";
import { CONFIG_KEYS, valueAt } from "./config_keys.ts";
import type { ConfigOrigin } from "./config_problem.ts";
import type { Config } from "./schema.ts";

/** One key whose value differs. */
export interface ConfigDifference {
  /** The key. */
  readonly key: string;
  /** Its value in the configuration that is compared with. */
  readonly before: unknown;
  /** Its value in the other configuration. */
  readonly after: unknown;
  /** Where the latter comes from, when that is known. */
  readonly origin: ConfigOrigin | null;
}

/**
 * The keys whose values differ between two configurations, in the order of the schema.
 *
 * @param before The configuration to compare with, such as `DEFAULT_CONFIG`.
 * @param after The other one.
 * @param origins Where the values of `after` come from.
 */
export function diffConfigs(
  before: Config,
  after: Config,
  origins: Readonly<Record<string, ConfigOrigin>> = {},
): ConfigDifference[] {
  return CONFIG_KEYS.flatMap(({ key }) => {
    const [old, now] = [valueAt(before, key), valueAt(after, key)];
    return canonicalJson(old) === canonicalJson(now)
      ? []
      : [{ key, before: old, after: now, origin: origins[key] ?? null }];
  });
}

/** Differences as text, a line each: key, old value, new value, origin. Empty text when there are none. */
export function diffText(differences: readonly ConfigDifference[]): string {
  return differences.map(({ key, before, after, origin }) => {
    const source = origin === null ? "" : `  (${origin})`;
    return `${key}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}${source}\n`;
  }).join("");
}
