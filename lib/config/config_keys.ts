import { z } from "zod";
import { CONFIG_SCHEMA } from "./schema.ts";

/** One key of the configuration. */
export interface ConfigKey {
  /** Where it stands, such as `runtime.max_fit_workers`. */
  readonly key: string;
  /** Its value when no layer gives one. */
  readonly defaultValue: unknown;
  /** What it is for, one sentence without a period. */
  readonly description: string;
}

/** One section of the configuration, or a section in a section. */
export interface ConfigSection {
  /** Where it stands, such as `photometry.psf`. */
  readonly key: string;
  /** What it is for. */
  readonly description: string;
  /** Names of the keys and sections right inside it. */
  readonly members: readonly string[];
}

/** The object schema inside a section's defaults, or undefined for a key. */
function sectionShape(schema: unknown): z.ZodObject | undefined {
  if (schema instanceof z.ZodPrefault) return sectionShape(schema.unwrap());
  return schema instanceof z.ZodObject ? schema : undefined;
}

const keys: ConfigKey[] = [];
const sections: ConfigSection[] = [];

/** Lists what stands in `object`, whose own place is `prefix`. */
function collect(object: z.ZodObject, prefix: string): void {
  for (const [name, schema] of Object.entries(object.shape)) {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    const { description = "" } = schema as z.ZodType;
    const section = sectionShape(schema);
    if (section === undefined) {
      keys.push({ key, description, defaultValue: (schema as z.ZodType).parse(undefined) });
    } else {
      sections.push({ key, description, members: Object.keys(section.shape) });
      collect(section, key);
    }
  }
}
collect(CONFIG_SCHEMA, "");

/** All keys, in the order of the schema. */
export const CONFIG_KEYS: readonly ConfigKey[] = keys;

/** All sections, outer ones before those inside them; the whole configuration itself is not among them. */
export const CONFIG_SECTIONS: readonly ConfigSection[] = sections;

const KEY_BY_NAME: ReadonlyMap<string, ConfigKey> = new Map(keys.map((key) => [key.key, key]));
const SECTION_BY_NAME: ReadonlyMap<string, ConfigSection> = new Map(
  sections.map((section) => [section.key, section]),
);

/** The key of that name, or undefined when there is none. */
export function findConfigKey(key: string): ConfigKey | undefined {
  return KEY_BY_NAME.get(key);
}

/** The section of that name, or undefined when there is none. */
export function findConfigSection(key: string): ConfigSection | undefined {
  return SECTION_BY_NAME.get(key);
}

/**
 * The value that stands at `key` in nested plain objects, or undefined when nothing does.
 * Only what the objects themselves hold counts, never what they inherit.
 */
export function valueAt(values: unknown, key: string): unknown {
  let value = values;
  for (const name of key.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** Nested plain objects from values by their keys; keys of the configuration only. */
export function nestValues(
  values: Iterable<readonly [key: string, value: unknown]>,
): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, value] of values) {
    const names = key.split(".");
    let section = root;
    for (const name of names.slice(0, -1)) section = (section[name] ??= {}) as Record<string, unknown>;
    section[names.at(-1)!] = value;
  }
  return root;
}
