import { join } from "node:path";
import { isTemporaryName } from "./atomic_write.ts";
import { storageError } from "./storage_error.ts";

/**
 * Removes the temporary files that a killed process left below a folder. Links are not followed.
 *
 * Call it only while nobody else can be writing there, as under the lock of a project.
 *
 * @param folder Where to look, at any depth.
 * @param spared Folders, absolute, that are not entered.
 * @returns How many files were removed.
 * @throws {TaggedError} `storage/*` when the disk refuses.
 */
export function removeUnfinishedFiles(folder: string, spared: readonly string[] = []): number {
  if (spared.includes(folder)) return 0;
  let removed = 0;
  try {
    for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
      const path = join(folder, name);
      if (isDirectory) removed += removeUnfinishedFiles(path, spared);
      else if (isFile && isTemporaryName(name)) {
        Deno.removeSync(path);
        removed++;
      }
    }
  } catch (error) {
    throw storageError(error, "clear", folder);
  }
  return removed;
}
