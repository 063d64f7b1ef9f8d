import { createHash, hash } from "node:crypto";
import { storageError } from "./storage_error.ts";

/** Bytes read at a time when a file is hashed. */
const BLOCK_BYTES = 1 << 20;

/**
 * The SHA-256 of a text (as UTF-8) or of bytes, as 64 lower-case hexadecimal digits.
 *
 * @example
 * ```ts
 * import { sha256Hex } from "./sha256.ts";
 * import assert from "node:assert/strict";
 * assert.equal(sha256Hex("abc").slice(0, 16), "ba7816bf8f01cfea");
 * ```
 */
export function sha256Hex(data: string | Uint8Array): string {
  return hash("sha256", data, "hex");
}

/** The SHA-256 of bytes that arrive piece by piece. */
export class Sha256Stream {
  readonly #hash = createHash("sha256");
  #byteCount = 0;
  #digest: string | undefined;

  /** How many bytes have been added. */
  get byteCount(): number {
    return this.#byteCount;
  }

  /** Adds the next bytes. Throws TypeError once {@linkcode Sha256Stream.hex} has been asked. */
  update(bytes: Uint8Array): void {
    if (this.#digest !== undefined) throw new TypeError("The hash is finished: no more bytes can be added");
    this.#hash.update(bytes);
    this.#byteCount += bytes.length;
  }

  /** Finishes the hash and returns it as 64 lower-case hexadecimal digits; may be asked again. */
  hex(): string {
    this.#digest ??= this.#hash.digest("hex");
    return this.#digest;
  }
}

/**
 * The SHA-256 of a file's contents, read in blocks, as 64 lower-case hexadecimal digits.
 *
 * @throws {TaggedError} `storage/not-found`, `storage/permission` or another `storage/*` when it cannot be read.
 */
export async function sha256File(path: string): Promise<string> {
  try {
    using file = await Deno.open(path);
    const stream = new Sha256Stream();
    const block = new Uint8Array(BLOCK_BYTES);
    for (;;) {
      const count = await file.read(block);
      if (count === null) return stream.hex();
      stream.update(block.subarray(0, count));
    }
  } catch (error) {
    throw storageError(error, "read", path);
  }
}
