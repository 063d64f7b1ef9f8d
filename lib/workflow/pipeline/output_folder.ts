import { join } from "node:path";
import { acquireProjectLock, type ProjectLock } from "../../files/project_lock.ts";
import { storageError } from "../../files/storage_error.ts";
import { removeUnfinishedFiles } from "../../files/unfinished_files.ts";
import type { PipelineParameters } from "./pipeline_types.ts";

/** The folders in an output folder that are the pipeline's own. */
const OWN_FOLDERS = ["data", "results", "calibrations"];

/** The folders in a folder that others may have put there. */
function otherFolders(folder: string): string[] {
  return [...Deno.readDirSync(folder)]
    .filter(({ name, isDirectory }) => isDirectory && !OWN_FOLDERS.includes(name))
    .map(({ name }) => join(folder, name));
}

/**
 * Makes this process the only one that writes into an output folder, which is made when it is not there, and removes what
 * a killed process left unfinished. Throws `lock/held` naming the process that has it, `storage/*`.
 */
export function lockOutputFolder(folder: string, sourceName: string): ProjectLock {
  try {
    Deno.mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw storageError(error, "make", folder);
  }
  const lock = acquireProjectLock(folder, `source ${sourceName}`, { what: "output folder" });
  try {
    removeUnfinishedFiles(folder, otherFolders(folder));
  } catch (error) {
    lock[Symbol.dispose]();
    throw storageError(error, "clear", folder);
  }
  return lock;
}

/**
 * Makes this process the only one that fetches into a folder of cutouts that sources share; the folder of a source's own
 * is the output folder's matter. Throws `lock/held`, `storage/*`.
 */
export function lockSharedFolder(
  folder: string,
  { source, data_dir }: Pick<PipelineParameters, "source" | "data_dir">,
): Disposable {
  if (data_dir.split(/[\\/]/)[0] !== "..") return { [Symbol.dispose]: () => undefined };
  return lockOutputFolder(folder, source.name);
}
