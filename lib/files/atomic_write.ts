import { basename, dirname, join } from "node:path";
import { storageError } from "./storage_error.ts";

let writeCounter = 0;

/** A name in the folder of `path` that nothing else uses, short enough however long the name of `path` is. */
function temporaryPathFor(path: string): string {
  writeCounter++;
  const random = crypto.getRandomValues(new Uint8Array(4)).toHex();
  return join(dirname(path), `.${basename(path).slice(0, 80)}.${Deno.pid}-${writeCounter}-${random}.tmp`);
}

/** Whether a file has the name of one that was being written and never got its final name. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.\d+-\d+-[0-9a-f]{8}\.tmp$/.test(name);
}

/** Removes a file that may be there; what cannot be removed stays, because a better error is on its way. */
async function removeIfPresent(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // The caller is already reporting the failure that matters.
  }
}

/** Makes the renaming of a file in `folder` outlive a power cut, where the file system offers that. */
async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  try {
    using handle = await Deno.open(folder);
    await handle.sync();
  } catch {
    // Some network file systems cannot sync a folder; the file itself is complete all the same.
  }
}

/**
 * Gives a complete temporary file its final name: contents to disk, rename, folder to disk.
 *
 * Both paths lie on one file system. Whoever opens `path` sees the old file or the whole new one, never a part.
 *
 * @param temporaryPath The finished file, closed by its writer.
 * @param path The final name; a file of that name is replaced.
 * @throws {TaggedError} `storage/*` when the disk refuses.
 */
export async function commitFile(temporaryPath: string, path: string): Promise<void> {
  try {
    {
      using file = await Deno.open(temporaryPath, { read: true, write: true });
      await file.sync();
    }
    await Deno.rename(temporaryPath, path);
  } catch (error) {
    throw storageError(error, "write", path);
  }
  await syncFolder(dirname(path));
}

/** Writes all pieces to a new file and brings it to the disk. Returns its length. */
async function writeNewFile(path: string, chunks: Iterable<Uint8Array>): Promise<number> {
  using file = await Deno.open(path, { write: true, createNew: true });
  let length = 0;
  for (const bytes of chunks) {
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    length += bytes.length;
  }
  await file.sync();
  return length;
}

/**
 * Writes a file so that a crash leaves the old contents or the new, never a mixture.
 *
 * The bytes go to a temporary file in the same folder, are brought to the disk, and take the name by a rename.
 * Missing parent folders are made. On failure the temporary file is removed and `path` is as it was.
 *
 * @param path The file to write.
 * @param data Its whole contents; a text is written as UTF-8.
 * @throws {TaggedError} `storage/full`, `storage/permission` or another `storage/*` when the disk refuses.
 */
export async function writeFileAtomic(path: string, data: Uint8Array | string): Promise<void> {
  await writeChunksAtomic(path, [typeof data === "string" ? new TextEncoder().encode(data) : data]);
}

/**
 * Writes a file as {@linkcode writeFileAtomic} does, from pieces that are made while it is written. Returns its length
 * in bytes. What the pieces throw goes to the caller as it is.
 *
 * @throws {TaggedError} `storage/*` when the disk refuses.
 */
export async function writeChunksAtomic(path: string, chunks: Iterable<Uint8Array>): Promise<number> {
  const temporaryPath = temporaryPathFor(path);
  const source = new ChunkSource(chunks);
  let length: number;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    length = await writeNewFile(temporaryPath, source.read());
    await Deno.rename(temporaryPath, path);
  } catch (error) {
    await removeIfPresent(temporaryPath);
    throw source.failed ? error : storageError(error, "write", path);
  }
  await syncFolder(dirname(path));
  return length;
}

/** Pieces, and whether it was they that failed. */
class ChunkSource {
  failed = false;
  readonly #chunks: Iterable<Uint8Array>;

  constructor(chunks: Iterable<Uint8Array>) {
    this.#chunks = chunks;
  }

  *read(): Generator<Uint8Array> {
    const chunks = this.#chunks[Symbol.iterator]();
    for (;;) {
      const next = this.#next(chunks);
      if (next.done) return;
      yield next.value;
    }
  }

  #next(chunks: Iterator<Uint8Array>): IteratorResult<Uint8Array> {
    try {
      return chunks.next();
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }
}
