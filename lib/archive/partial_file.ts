import { Sha256Stream } from "../files/sha256.ts";
import { storageError } from "../files/storage_error.ts";
import type { HttpResponse } from "../net/http_response.ts";

/** What must be known to go on with a partial file: where it came from and which contents it is a part of. */
export interface ResumePoint {
  /** The URL that was asked. */
  readonly url: string;
  /** A strong entity tag or a modification date, for `If-Range`. */
  readonly validator: string;
  /** Length of the whole, if the server said so. */
  readonly totalBytes: number | null;
}

/** Where the resume point of a partial file is kept: beside it, and a `.part` like it. */
export function resumePointPath(partialPath: string): string {
  return `${partialPath.replace(/\.part$/, "")}.resume.part`;
}

/** What a partial file holds so far, if the server that sent it can go on from there. */
export async function readResumePoint(
  partialPath: string,
  url: string,
): Promise<{ point: ResumePoint; bytes: number } | undefined> {
  try {
    const { size } = await Deno.stat(partialPath);
    const point = JSON.parse(await Deno.readTextFile(resumePointPath(partialPath))) as ResumePoint;
    if (size === 0 || point.url !== url || typeof point.validator !== "string") return undefined;
    return { point, bytes: size };
  } catch {
    // No point, or one that cannot be read: the file is fetched from its beginning.
    return undefined;
  }
}

/** Keeps the resume point of a response, or forgets an old one when this server cannot go on. */
export async function keepResumePoint(
  partialPath: string,
  url: string,
  response: HttpResponse,
): Promise<void> {
  const etag = response.headers.get("etag");
  const validator = etag !== null && !etag.startsWith("W/") ? etag : response.headers.get("last-modified");
  if (response.headers.get("accept-ranges") !== "bytes" || validator === null) {
    await removeIfThere(resumePointPath(partialPath));
    return;
  }
  const point: ResumePoint = { url, validator, totalBytes: response.contentLength ?? null };
  await Deno.writeTextFile(resumePointPath(partialPath), JSON.stringify(point));
}

/** Removes a file that may not be there. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw storageError(error, "remove", path);
  }
}

/** A partial file that is written and hashed at once; one write is on its way while the next piece is awaited. */
export class PartialWriter {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #hash = new Sha256Stream();

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Opens a file at its end when `keepBytes` of it are wanted, empty otherwise. */
  static async open(path: string, keepBytes: number): Promise<PartialWriter> {
    try {
      const file = await Deno.open(path, {
        read: true,
        write: true,
        create: true,
        truncate: keepBytes === 0,
      });
      const writer = new PartialWriter(path, file);
      try {
        await writer.#hashExisting(keepBytes);
      } catch (error) {
        file.close();
        throw error;
      }
      return writer;
    } catch (error) {
      throw storageError(error, "write", path);
    }
  }

  /** Bytes in the file. */
  get bytes(): number {
    return this.#hash.byteCount;
  }

  /** Adds bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    try {
      for (let written = 0; written < bytes.length;) {
        written += await this.#file.write(bytes.subarray(written));
      }
    } catch (error) {
      throw storageError(error, "write", this.#path);
    }
  }

  /** The SHA-256 of all that was written. */
  sha256(): string {
    return this.#hash.hex();
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  async #hashExisting(length: number): Promise<void> {
    const block = new Uint8Array(Math.min(length, 1 << 20));
    while (this.bytes < length) {
      const count = await this.#file.read(block.subarray(0, Math.min(block.length, length - this.bytes)));
      if (count === null) {
        throw new Deno.errors.UnexpectedEof(`The partial file is shorter than ${length} bytes`);
      }
      this.#hash.update(block.subarray(0, count));
    }
  }
}
