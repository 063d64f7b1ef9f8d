import { canonicalJson } from "../core/canonical_json.ts";
import { sha256Hex } from "../files/sha256.ts";
import type { Config } from "./schema.ts";

/** The SHA-256 of a configuration's canonical JSON: the same values give the same hash, however they were written. */
export function configHash(config: Config): string {
  return sha256Hex(canonicalJson(config));
}

/**
 * The SHA-256 of what changes measured numbers: section `photometry` without its folder and its QA.
 * It is part of every measurement's identity; workers, limits and plots are not in it.
 */
export function photometryConfigHash(config: Config): string {
  const { output_root: _folder, qa_level: _level, qa: _plots, ...numbers } = config.photometry;
  return sha256Hex(canonicalJson(numbers));
}
