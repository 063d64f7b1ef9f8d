import type { PublishSourceInput } from "../../lib/outputs/published_source.ts";
import { rowHashes } from "../../lib/outputs/row_hash.ts";
import type { SourceFigures, SourceFiguresInput } from "../../lib/outputs/source_figures.ts";
import type { ExpectedOutputs } from "../../lib/outputs/verify_outputs.ts";

/** Runs a test in a project folder of its own, removed afterwards. */
export async function inProject<T>(run: (projectRoot: string) => Promise<T>): Promise<T> {
  const projectRoot = await Deno.makeTempDir();
  try {
    return await run(projectRoot);
  } finally {
    await Deno.remove(projectRoot, { recursive: true });
  }
}

/** Figures for tests that are about files, not about pictures. */
export function fakeFigures({ qaSummary }: SourceFiguresInput): Promise<SourceFigures> {
  const qaSummaryPng = qaSummary ? Uint8Array.of(3) : null;
  return Promise.resolve({ sedSvg: "<svg/>", sedPng: Uint8Array.of(1, 2), qaSummaryPng });
}

/** What the outputs of a publication have to stand for. */
export function expectedOf(input: PublishSourceInput): ExpectedOutputs {
  return {
    sourceId: input.source.sourceId,
    slug: input.source.slug,
    rowHashes: rowHashes(input.rows),
    configHash: input.configHash,
    versions: input.versions,
  };
}
