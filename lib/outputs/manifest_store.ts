import { sha256Hex } from "../files/sha256.ts";
import { writeFileAtomic } from "../files/atomic_write.ts";
import { insideDirectory } from "../files/safe_path.ts";
import { jsonText } from "./json_text.ts";
import { type ManifestFile, type OutputManifest, parseManifest } from "./output_manifest.ts";

/** Where the outputs of a project stand. */
export interface OutputLocation {
  /** The project folder. */
  readonly projectRoot: string;
  /** The folder of results, relative to the project folder; `results` when left out. */
  readonly resultsDirectory?: string;
}

/** Reads a manifest, or returns undefined when there is none or it cannot be read as one. */
export async function readManifest(projectRoot: string, path: string): Promise<OutputManifest | undefined> {
  try {
    return parseManifest(await Deno.readTextFile(insideDirectory(projectRoot, path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Writes a manifest. */
export async function writeManifest(
  projectRoot: string,
  path: string,
  manifest: OutputManifest,
): Promise<void> {
  // A manifest is plain JSON by construction; the cast only drops its narrower names.
  const text = jsonText(JSON.parse(JSON.stringify(manifest)));
  await writeFileAtomic(insideDirectory(projectRoot, path), text);
}

/** Writes one output file whole and returns how the manifest knows it. */
export async function writeOutput(
  projectRoot: string,
  path: string,
  contents: string | Uint8Array,
): Promise<ManifestFile> {
  const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
  await writeFileAtomic(insideDirectory(projectRoot, path), bytes);
  return { path, size_bytes: bytes.length, sha256: sha256Hex(bytes) };
}

/** Removes one output file; none is fine. */
export async function removeOutput(projectRoot: string, path: string): Promise<void> {
  try {
    await Deno.remove(insideDirectory(projectRoot, path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
