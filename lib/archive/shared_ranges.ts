import { TaggedError } from "../core/errors.ts";
import type { ByteSource } from "../fits/byte_source.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { HttpRequestOptions } from "../net/http_options.ts";
import { withoutQuery } from "../net/net_error.ts";

/** What each request says beside its range. */
export type RangeRequestOptions = Pick<HttpRequestOptions, "signal" | "timeouts">;

/** A piece of the file that is here or on its way. */
interface Piece {
  readonly offset: number;
  readonly end: number;
  readonly bytes: Promise<Uint8Array>;
  readonly isKept: boolean;
}

/** Answers that are no range, of one range in a row, after which it is given up. */
const BAD_ANSWERS = 2;

/**
 * A remote file that is read by ranges, each range once however many ask for it: what is here or on its way is not
 * asked for again. All answers must be of the same contents (the same entity tag).
 */
export class SharedRanges implements ByteSource {
  /** Where the file is. */
  readonly url: string;
  readonly #client: HttpClient;
  #pieces: Piece[] = [];
  #byteLength: number | undefined;
  #etag: string | undefined;
  #options: RangeRequestOptions = {};
  #receivedBytes = 0;

  /** A file that nothing was read of. */
  constructor(client: HttpClient, url: string) {
    this.#client = client;
    this.url = url;
  }

  /** Length of the file; without bound until the first answer says it. */
  get byteLength(): number {
    return this.#byteLength ?? Number.MAX_SAFE_INTEGER;
  }

  /** The bytes that came since this was asked last: those of a shared range count once. */
  takeReceivedBytes(): number {
    const bytes = this.#receivedBytes;
    this.#receivedBytes = 0;
    return bytes;
  }

  /** Sets what the next requests say beside their range. */
  use(options: RangeRequestOptions): void {
    this.#options = options;
  }

  /**
   * The bytes from `offset` on, `length` of them unless the file ends before. Throws the client's errors,
   * `archive/bad-range` for an answer that is not what was asked for, and `archive/changed`.
   */
  async read(offset: number, length: number): Promise<Uint8Array> {
    return await this.#read(offset, length, false);
  }

  /** As {@linkcode SharedRanges.read}, of a part that stays when the others are dropped. */
  async readKept(offset: number, length: number): Promise<Uint8Array> {
    return await this.#read(offset, length, true);
  }

  /** Forgets what was read, but for the parts that are kept. */
  drop(): void {
    this.#pieces = this.#pieces.filter((piece) => piece.isKept);
  }

  /** Forgets everything, also which contents the file had. */
  reset(): void {
    this.#pieces = [];
    this.#etag = undefined;
    this.#byteLength = undefined;
  }

  async #read(offset: number, length: number, isKept: boolean): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.byteLength);
    if (end <= offset) return new Uint8Array(0);
    for (const gap of this.#gaps(offset, end)) this.#fetch(gap.offset, gap.end, isKept);
    const needed = this.#pieces.filter((piece) => piece.offset < end && piece.end > offset);
    const arrived = await Promise.all(needed.map((piece) => piece.bytes));
    if (needed.length === 1) return arrived[0]!.subarray(offset - needed[0]!.offset, end - needed[0]!.offset);
    const result = new Uint8Array(end - offset);
    needed.forEach((piece, index) => {
      const from = Math.max(offset, piece.offset);
      const to = Math.min(end, piece.end);
      result.set(arrived[index]!.subarray(from - piece.offset, to - piece.offset), from - offset);
    });
    return result;
  }

  /** The parts of an interval that are neither here nor on their way. */
  #gaps(offset: number, end: number): { offset: number; end: number }[] {
    const gaps: { offset: number; end: number }[] = [];
    let at = offset;
    for (const piece of this.#pieces.toSorted((a, b) => a.offset - b.offset)) {
      if (piece.end <= at || piece.offset >= end) continue;
      if (piece.offset > at) gaps.push({ offset: at, end: piece.offset });
      at = piece.end;
    }
    if (at < end) gaps.push({ offset: at, end });
    return gaps;
  }

  #fetch(offset: number, end: number, isKept: boolean): void {
    const piece: Piece = { offset, end, isKept, bytes: this.#request(offset, end) };
    this.#pieces.push(piece);
    // What failed is asked for again by the next reader; those who wait see the failure.
    piece.bytes.catch(() => this.#pieces = this.#pieces.filter((other) => other !== piece));
  }

  async #request(offset: number, end: number): Promise<Uint8Array> {
    for (let attempt = 1;; attempt++) {
      const answer = await this.#client.fetchBytes(this.url, {
        ...this.#options,
        isRepeat: attempt > 1,
        headers: { range: `bytes=${offset}-${end - 1}`, "accept-encoding": "identity" },
        maxBytes: end - offset + 1,
        retry: { attempts: 3 },
      });
      this.#receivedBytes += answer.bytes.length;
      const total = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers.get("content-range") ?? "");
      const expected = Math.min(end, Number(total?.[2] ?? end)) - offset;
      const isRange = answer.status === 206 && Number(total?.[1]) === offset &&
        answer.bytes.length === expected;
      if (isRange) {
        this.#checkContents(answer.headers.get("etag") ?? "", Number(total![2]));
        return answer.bytes;
      }
      if (attempt >= BAD_ANSWERS || !this.#client.spendRetry(this.url)) {
        throw badRange(this.url, offset, end, answer);
      }
    }
  }

  /** Notes which contents an answer is of. Throws `archive/changed` when the others were of different ones. */
  #checkContents(etag: string, byteLength: number): void {
    this.#etag ??= etag;
    this.#byteLength ??= byteLength;
    if (this.#etag === etag && this.#byteLength === byteLength) return;
    throw new TaggedError("archive/changed", `${withoutQuery(this.url)} changed while it was read`, {
      context: { url: withoutQuery(this.url) },
    });
  }
}

function badRange(
  url: string,
  offset: number,
  end: number,
  answer: { readonly status: number; readonly bytes: Uint8Array; readonly headers: Headers },
): TaggedError {
  return new TaggedError(
    "archive/bad-range",
    `${withoutQuery(url)} answered a request for bytes ${offset} to ${
      end - 1
    } with status ${answer.status} and ` +
      `${answer.bytes.length} bytes`,
    {
      context: {
        url: withoutQuery(url),
        status: answer.status,
        contentType: answer.headers.get("content-type"),
      },
    },
  );
}
