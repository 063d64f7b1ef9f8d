import type { ByteSource } from "../fits/byte_source.ts";
import type { VirtualFile } from "./virtual_file.ts";

/** A simulated file for whatever reads FITS: its bytes are made as they are read, and nothing is on disk. */
export function virtualSource(file: VirtualFile): ByteSource {
  return { byteLength: file.byteLength, read: (offset, length) => file.read(offset, length) };
}
