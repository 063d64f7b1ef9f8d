import type { ByteSource } from "../fits/byte_source.ts";
import { storageError } from "./storage_error.ts";

/**
 * A file on disk as a source of bytes. Reads are synchronous: in a worker that is as fast as memory.
 * Close it with `using`, or by calling its dispose method; disposing twice is harmless.
 */
export class FileSource implements ByteSource, Disposable {
  /** The file's path as it was given. */
  readonly path: string;
  /** The file's length when it was opened. */
  readonly byteLength: number;
  #file: Deno.FsFile | undefined;
  /** Where the next reading starts; unknown after a failure. */
  #position = 0;

  /** Opens the file at `path`. Throws `storage/*` when that fails. */
  constructor(path: string) {
    this.path = path;
    let file: Deno.FsFile | undefined;
    try {
      file = Deno.openSync(path);
      const status = file.statSync();
      if (status.isDirectory) throw new Deno.errors.IsADirectory("Is a directory");
      this.byteLength = status.size;
      this.#file = file;
    } catch (error) {
      file?.close();
      throw storageError(error, "open", path);
    }
  }

  /**
   * Reads `length` bytes from `offset` on; fewer when the file ends before.
   *
   * @throws {TypeError} When the source is closed.
   * @throws {TaggedError} `storage/*` when the disk fails.
   */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.byteLength - offset)));
    const count = this.readInto(offset, bytes);
    return count === bytes.length ? bytes : bytes.subarray(0, count);
  }

  /**
   * Fills `target` with the bytes from `offset` on, and returns how many there were. A reader that uses the same
   * memory again saves the system from handing out fresh pages, which costs more than the reading.
   *
   * @throws {TypeError} When the source is closed.
   * @throws {TaggedError} `storage/*` when the disk fails.
   */
  readInto(offset: number, target: Uint8Array): number {
    if (this.#file === undefined) throw new TypeError(`The file ${this.path} is closed`);
    let filled = 0;
    try {
      if (target.length > 0 && offset !== this.#position) this.#file.seekSync(offset, Deno.SeekMode.Start);
      this.#position = NaN;
      while (filled < target.length) {
        const count = this.#file.readSync(filled === 0 ? target : target.subarray(filled));
        if (count === null) break;
        filled += count;
      }
      this.#position = offset + filled;
    } catch (error) {
      throw storageError(error, "read", this.path);
    }
    return filled;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
  }
}

/**
 * Opens a file as a source of bytes.
 *
 * @throws {TaggedError} `storage/not-found`, `storage/permission`, `storage/not-a-file` or another `storage/*`.
 */
export function openFileSource(path: string): FileSource {
  return new FileSource(path);
}
