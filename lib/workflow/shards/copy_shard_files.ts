import { dirname } from "node:path";
import { TaggedError } from "../../core/errors.ts";
import { commitFile } from "../../files/atomic_write.ts";
import { insideDirectory } from "../../files/safe_path.ts";
import { sha256File } from "../../files/sha256.ts";
import { storageError } from "../../files/storage_error.ts";
import { readManifest, writeManifest } from "../../outputs/manifest_store.ts";
import type { OutputManifest } from "../../outputs/output_manifest.ts";
import { outputPaths } from "../../outputs/output_paths.ts";

/** A file of a shard and what has to be in it. */
interface HashedFile {
  /** Path below the project folder. */
  readonly path: string;
  readonly sha256: string;
}

/** Which files of a source to bring over. */
export interface ShardFiles {
  /** The folder that the shard worked in. */
  readonly from: string;
  /** The project's own folder. */
  readonly to: string;
  /** Folder of results, relative to both. */
  readonly resultsDirectory: string;
  /** File name part of the source. */
  readonly slug: string;
  /** Its cutouts on disk. */
  readonly cutouts: readonly { readonly localPath: string; readonly sha256: string }[];
}

/** Copies one file unless it is there already. Throws store/shard-damaged when it is not what the shard says. */
async function copyFile(from: string, to: string, { path, sha256 }: HashedFile): Promise<void> {
  const [source, target] = [insideDirectory(from, path), insideDirectory(to, path)];
  if (await hashOf(target) === sha256) return;
  const temporary = `${target}.merging`;
  try {
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.copyFile(source, temporary);
  } catch (error) {
    throw storageError(error, "copy", source);
  }
  const found = await sha256File(temporary);
  if (found !== sha256) {
    await Deno.remove(temporary);
    throw new TaggedError("store/shard-damaged", `${source} is not the file that the shard has recorded`, {
      context: { path: source, expected_sha256: sha256, found_sha256: found },
      hint: "Run the shard again with --resume: it makes the file anew. Then merge again",
    });
  }
  await commitFile(temporary, target);
}

async function hashOf(path: string): Promise<string | undefined> {
  try {
    return await sha256File(path);
  } catch (error) {
    if (error instanceof TaggedError && error.code !== "storage/not-found") throw error;
    return undefined;
  }
}

function outputFiles({ files, full_qa: { plots } }: OutputManifest): HashedFile[] {
  return [...Object.values(files), ...Object.values(plots)].filter((file) => file !== undefined);
}

/**
 * Brings the cutouts and outputs of a source from another folder into the project's, each checked against its
 * checksum; the manifest comes last, so that it never vouches for files that are not there.
 */
export async function copyShardFiles(files: ShardFiles): Promise<void> {
  const { from, to, resultsDirectory, slug, cutouts } = files;
  for (const { localPath, sha256 } of cutouts) await copyFile(from, to, { path: localPath, sha256 });
  const { manifest: manifestPath } = outputPaths(slug, resultsDirectory);
  const manifest = await readManifest(from, manifestPath);
  if (manifest === undefined) return;
  for (const file of outputFiles(manifest)) await copyFile(from, to, file);
  await writeManifest(to, manifestPath, manifest);
}
