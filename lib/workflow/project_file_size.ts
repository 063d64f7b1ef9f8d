import { insideDirectory } from "../files/safe_path.ts";

/** Bytes of a file below the project's folder; undefined when it is absent. */
export function projectFileSize(root: string, localPath: string): number | undefined {
  try {
    return Deno.statSync(insideDirectory(root, localPath)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
