import { hashText } from "./random.ts";

/** One of `of` parts of a project's sources; parts count from 1. */
export interface Shard {
  /** Which part, 1 to `of`. */
  readonly part: number;
  /** How many parts there are. */
  readonly of: number;
}

/** Most parts that a project can be cut into. */
export const MAX_SHARDS = 10_000;

/** Reads `2/4`; undefined for anything that is not a part of a whole. */
export function parseShard(text: string): Shard | undefined {
  const [, part, of] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text.trim())?.map(Number) ?? [];
  return part === undefined || of === undefined || part > of || of > MAX_SHARDS ? undefined : { part, of };
}

/** The part that a source falls into, 1 to `of`: a function of its identity alone, the same everywhere and always. */
export function partOfSource(sourceId: string, of: number): number {
  return hashText(sourceId) % of + 1;
}
