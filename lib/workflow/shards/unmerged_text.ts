import { countedText } from "../../core/number_text.ts";

/** What to say where numbers leave out shards; undefined without any. */
export function unmergedText(
  { project, shards }: { readonly project: string; readonly shards: readonly string[] },
): { readonly text: string; readonly hint: string } | undefined {
  if (shards.length === 0) return undefined;
  return {
    text: `${countedText(shards.length, "shard")} not merged yet (${
      shards.join(", ")
    }): the totals leave out what they have done`,
    hint: `Run \`spxcutdb merge --project ${project}\` once the shards have ended`,
  };
}
