import { BinaryCursor, type CellBinaryReader, cellBinaryReader, NEED_MORE_BYTES } from "./cell_binary.ts";
import { votableError } from "./votable_error.ts";
import type { VotableField, VotableValue } from "./votable_model.ts";

/** Cuts a BASE64 stream of BINARY or BINARY2 rows as it arrives. */
export class BinaryRows {
  readonly #readers: readonly CellBinaryReader[];
  readonly #flagBytes: number;
  readonly #onRow: (row: VotableValue[]) => void;
  #base64 = "";
  #bytes = new Uint8Array(0);

  /** Rows of `fields`; with `nullFlags` each row begins with one bit a column that is set when it has no value. */
  constructor(
    fields: readonly VotableField[],
    nullFlags: boolean,
    maxCellBytes: number,
    onRow: (row: VotableValue[]) => void,
  ) {
    this.#readers = fields.map((field) => cellBinaryReader(field, maxCellBytes));
    this.#flagBytes = nullFlags ? Math.ceil(fields.length / 8) : 0;
    this.#onRow = onRow;
  }

  /** Adds BASE64 text. */
  write(text: string): void {
    const base64 = this.#base64 + text.replaceAll(/\s+/g, "");
    const usable = base64.length - base64.length % 4;
    this.#base64 = base64.slice(usable);
    if (usable === 0) return;
    const decoded = decodeBase64(base64.slice(0, usable));
    const joined = new Uint8Array(this.#bytes.length + decoded.length);
    joined.set(this.#bytes);
    joined.set(decoded, this.#bytes.length);
    this.#bytes = this.#cut(joined);
  }

  /** Checks that nothing is left over; throws `votable/truncated`. */
  close(): void {
    if (this.#base64 === "" && this.#bytes.length === 0) return;
    const left = this.#bytes.length;
    throw votableError("truncated", `The binary table ends inside of a row: ${left} bytes are left over`, {
      left,
    });
  }

  /** Emits all whole rows and gives the bytes after them. */
  #cut(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    // A table whose rows take no bytes at all has no rows that could be counted.
    if (this.#readers.length === 0) return new Uint8Array(0);
    const cursor = new BinaryCursor(bytes);
    let consumed = 0;
    while (consumed < bytes.length) {
      try {
        const row = this.#readRow(cursor);
        if (cursor.offset === consumed) {
          throw votableError("bad-field", "The rows of the binary table have no bytes");
        }
        this.#onRow(row);
      } catch (error) {
        if (error === NEED_MORE_BYTES) break;
        throw error;
      }
      consumed = cursor.offset;
    }
    return bytes.slice(consumed);
  }

  #readRow(cursor: BinaryCursor): VotableValue[] {
    const flags = cursor.takeBytes(this.#flagBytes);
    return this.#readers.map((read, column) => {
      const value = read(cursor);
      const isNull = this.#flagBytes > 0 && ((flags[column >> 3]! >> (7 - (column & 7))) & 1) === 1;
      return isNull ? null : value;
    });
  }
}

/** Decodes whole groups of BASE64; throws `votable/bad-base64`. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(text);
  } catch (error) {
    throw votableError("bad-base64", "The binary data are not valid BASE64", {}, error);
  }
}
