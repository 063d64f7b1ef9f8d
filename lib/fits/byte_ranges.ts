import { type ByteSource, readExactly } from "./byte_source.ts";

/** A gap between wanted bytes that is cheaper to read than to skip: one request over a network costs more. */
const MAX_GAP_BYTES = 64 * 1024;
/** The most that is read at once for the sake of joining. */
const MAX_JOINED_BYTES = 8 * 2 ** 20;

/** A piece of a source. */
export interface ByteRange {
  /** First byte. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}

/**
 * Reads many pieces of a source; pieces that lie near each other are fetched together.
 *
 * Gives one array for each range, in the order of the ranges. `what` names the purpose for error messages.
 * Throws `fits/truncated` when a range reaches beyond the source.
 */
export async function readRanges(
  source: ByteSource,
  ranges: readonly ByteRange[],
  what: string,
): Promise<Uint8Array[]> {
  const order = ranges.map((_, index) => index).sort((a, b) => ranges[a]!.offset - ranges[b]!.offset);
  const result = new Array<Uint8Array>(ranges.length);
  const reads: Promise<void>[] = [];
  for (let first = 0; first < order.length;) {
    const start = ranges[order[first]!]!.offset;
    let end = start + ranges[order[first]!]!.length;
    let last = first + 1;
    for (; last < order.length; last++) {
      const { offset, length } = ranges[order[last]!]!;
      if (offset - end > MAX_GAP_BYTES || offset + length - start > MAX_JOINED_BYTES) break;
      end = Math.max(end, offset + length);
    }
    const members = order.slice(first, last);
    const read = readExactly(source, start, end - start, what);
    const share = (bytes: Uint8Array): void => {
      for (const index of members) {
        const from = ranges[index]!.offset - start;
        result[index] = bytes.subarray(from, from + ranges[index]!.length);
      }
    };
    if (read instanceof Uint8Array) share(read);
    else reads.push(read.then(share));
    first = last;
  }
  if (reads.length > 0) await Promise.all(reads);
  return result;
}
