import { Document, isCollection, isMap, isPair, isScalar, isSeq, type YAMLMap, type YAMLSeq } from "yaml";
import { findConfigKey, findConfigSection, nestValues, valueAt } from "./config_keys.ts";
import type { ConfigOrigin } from "./config_problem.ts";
import type { Config } from "./schema.ts";

/** What is written beside the values. */
export interface RenderOptions {
  /** Write the meaning of each key above it. */
  readonly descriptions?: boolean;
  /** Write behind each value which layer it comes from, unless it is a default. */
  readonly origins?: Readonly<Record<string, ConfigOrigin>>;
  /** Write these keys only, in this order. */
  readonly keys?: readonly string[];
  /** Comment at the top, lines separated by line breaks. */
  readonly heading?: string;
}

/** A comment as the writer wants it: each line begins with a space. */
function commentText(text: string): string {
  return text.split("\n").map((line) => line === "" ? line : ` ${line}`).join("\n");
}

/** Writes short lists and records on one line. */
function onOneLine(node: YAMLMap | YAMLSeq): void {
  if (!node.items.some((item) => isCollection(isPair(item) ? item.value : item))) node.flow = true;
}

/** Puts the comments to the keys of `map`, whose own place is `prefix`. */
function annotate(map: YAMLMap, prefix: string, options: RenderOptions): void {
  for (const [index, { key: keyNode, value }] of map.items.entries()) {
    if (!isScalar(keyNode)) continue;
    const key = `${prefix}${keyNode.value}`;
    const isSection = findConfigSection(key) !== undefined;
    const description = (isSection ? findConfigSection(key) : findConfigKey(key))?.description;
    if (options.descriptions && description) keyNode.commentBefore = commentText(description);
    if (prefix === "" && index > 0) keyNode.spaceBefore = true;
    if (isSection && isMap(value)) annotate(value, `${key}.`, options);
    else if (isMap(value) || isSeq(value)) onOneLine(value);
    const origin = options.origins?.[key];
    if (origin !== undefined && origin !== "default" && (isScalar(value) || isCollection(value))) {
      value.comment = ` ${origin}`;
    }
  }
}

/**
 * Writes a configuration as YAML that reads back to the same values.
 *
 * @param config The values; all of them, or those that `options.keys` names.
 * @param options What is written beside them.
 */
export function renderConfigYaml(config: Config, options: RenderOptions = {}): string {
  const values = options.keys === undefined
    ? config
    : nestValues(options.keys.map((key) => [key, valueAt(config, key)] as const));
  const document = new Document(values, { aliasDuplicateObjects: false });
  if (isMap(document.contents)) annotate(document.contents, "", options);
  if (options.heading !== undefined) document.commentBefore = commentText(options.heading);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Writes a configuration as JSON, indented by two spaces, with a line break at the end. */
export function renderConfigJson(config: Config): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}
