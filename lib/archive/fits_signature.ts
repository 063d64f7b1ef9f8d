import { TaggedError } from "../core/errors.ts";

/** So many bytes tell FITS from anything else. */
export const SIGNATURE_BYTES = 9;

/** Whether bytes begin like a FITS file, plain or gzipped. */
export function beginsLikeFits(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return true;
  return new TextDecoder("latin1").decode(bytes.subarray(0, SIGNATURE_BYTES)) === "SIMPLE  =";
}

/** Makes `archive/not-fits`: the archive sent its apologies, or anything else, with a status that says success. */
export function notFitsError(url: string, start: Uint8Array, contentType: string | null): TaggedError {
  const text = new TextDecoder("latin1").decode(start.subarray(0, 2000));
  const kind = /^\s*(<!doctype html|<html)/i.test(text)
    ? "an HTML page"
    : /^\s*</.test(text)
    ? "XML"
    : "other bytes";
  const said = text.replaceAll(/<[^>]*>/g, " ").replaceAll(/[^\x20-\x7e]+/g, " ").replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, 120);
  const excerpt = said === "" ? "" : `: ${said}`;
  return new TaggedError("archive/not-fits", `The archive sent ${kind} instead of a FITS file${excerpt}`, {
    context: { url: url.replace(/[?#].*$/, ""), contentType, start: said },
  });
}
