import { boundedGunzip, isGzip } from "./bounded_gunzip.ts";
import { type ByteSource, memorySource, readExactly } from "./byte_source.ts";

/** What a gzip file may become at most, unless told otherwise: 1 GiB. */
export const DEFAULT_MAX_GUNZIP_BYTES: number = 2 ** 30;

/**
 * A source over the unpacked bytes of a gzip source; a source that is not gzip is given back as it is.
 *
 * The packed bytes are read and unpacked at once. Throws `fits/bad-gzip`, and `fits/too-large` when more than
 * `maxBytes` come out.
 */
export async function gunzipSource(
  source: ByteSource,
  maxBytes: number = DEFAULT_MAX_GUNZIP_BYTES,
): Promise<ByteSource> {
  if (source.byteLength < 2) return source;
  const start = readExactly(source, 0, 2, "the first bytes");
  if (!isGzip(start instanceof Uint8Array ? start : await start)) return source;
  const packed = await readExactly(source, 0, source.byteLength, "a gzip file");
  return memorySource(boundedGunzip(packed, maxBytes, "a gzip file", 0));
}
