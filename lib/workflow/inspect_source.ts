import { type ByteSource, memorySource } from "../fits/byte_source.ts";
import { BLOCK_BYTES, CARD_BYTES } from "../fits/card.ts";
import { type FitsFile, openFits } from "../fits/fits_file.ts";
import { type Hdu, hduKindOf } from "../fits/hdu.ts";
import { findEnd, Header } from "../fits/header.ts";
import { encodeLatin1 } from "../fits/latin1.ts";
import { problemOf } from "./inspect_json.ts";
import type { InspectionProblem } from "./inspect_model.ts";

/** The HDUs of a file that is inspected. */
export interface OpenedHdus {
  /** The HDUs up to the first header that cannot be read. */
  readonly hdus: readonly Hdu[];
  /** A source that reads as a FITS file, for readers of whole files. */
  readonly source: ByteSource;
  /** What could not be read. */
  readonly problems: readonly InspectionProblem[];
}

/** A header alone is no larger than this. */
const MAXIMUM_HEADER_BYTES = 16 * 2 ** 20;

/** Finds the HDUs of a FITS file. Throws as {@linkcode openFits} when there is not even a first one. */
export async function openHdus(source: ByteSource): Promise<OpenedHdus> {
  const fits = await openFits(source);
  const problems: InspectionProblem[] = [];
  const hdus = await readableHdus(fits, problems);
  if (problems.length === 0) problems.push(...await brokenHeader(fits.source, hdus));
  return { hdus, source, problems };
}

async function readableHdus(fits: FitsFile, problems: InspectionProblem[]): Promise<Hdu[]> {
  const hdus: Hdu[] = [];
  try {
    for (;;) {
      const hdu = await fits.find(hdus.length);
      if (hdu === undefined) return hdus;
      hdus.push(hdu);
    }
  } catch (error) {
    problems.push(problemOf(error));
    return hdus;
  }
}

/** The problem of a file that ends within the first block of a header, which no reader of HDUs counts as one. */
async function brokenHeader(source: ByteSource, hdus: readonly Hdu[]): Promise<InspectionProblem[]> {
  const last = hdus.at(-1)!;
  const offset = last.dataOffset + blocks(last.dataByteLength);
  const length = source.byteLength - offset;
  if (length <= 0 || length >= BLOCK_BYTES) return [];
  const start = new TextDecoder("latin1").decode(await source.read(offset, Math.min(length, 9)));
  if (!"XTENSION=".startsWith(start)) return [];
  return [{
    code: "fits/truncated",
    message: `The header of HDU ${hdus.length} starts at byte ${offset} and has no END: ` +
      `the file ends at byte ${source.byteLength}`,
  }];
}

/**
 * Reads a file that holds nothing but a header, as header archives and `fitsheader` write them: 80-character records,
 * or lines of text; the END card may be missing. Undefined when the file is no such thing.
 */
export async function openHeaderAlone(source: ByteSource): Promise<OpenedHdus | undefined> {
  if (source.byteLength > MAXIMUM_HEADER_BYTES) return undefined;
  const bytes = await source.read(0, source.byteLength);
  const records = recordsOf(bytes);
  if (records === undefined) return undefined;
  const header = new Header(records);
  const hdu: Hdu = {
    index: 0,
    name: header.getString("EXTNAME")?.trim() ?? "",
    version: header.getNumber("EXTVER") ?? 1,
    kind: hduKindOf(header, header.has("XTENSION") ? 1 : 0),
    header,
    headerOffset: 0,
    dataOffset: bytes.byteLength,
    dataByteLength: 0,
    source,
  };
  const problem = { code: "fits/header-only", message: "The file holds a header alone, without its data" };
  return { hdus: [hdu], source: memorySource(asFits(records)), problems: [problem] };
}

/** The records of a header without END, padded to 80 bytes each. */
function recordsOf(bytes: Uint8Array): Uint8Array | undefined {
  const text = new TextDecoder("latin1").decode(bytes);
  if (!/^[A-Z][A-Z0-9_-]{0,7} *= /.test(text) || text.slice(8, 10) !== "= ") return undefined;
  const firstBreak = text.search(/\r?\n/);
  if (firstBreak < 0 || firstBreak > CARD_BYTES) {
    const end = findEnd(bytes);
    if (end >= 0) return bytes.slice(0, end);
    return bytes.slice(0, Math.floor(bytes.byteLength / CARD_BYTES) * CARD_BYTES);
  }
  const lines = text.trimEnd().split(/\r?\n/).map((line) => line.slice(0, CARD_BYTES).padEnd(CARD_BYTES));
  const end = lines.findIndex((line) => line.trimEnd() === "END");
  return encodeLatin1(lines.slice(0, end < 0 ? lines.length : end).join(""));
}

/** A file with an empty primary HDU before the header, so that readers of whole files can open it. */
function asFits(records: Uint8Array): Uint8Array {
  const isPrimary = new TextDecoder("latin1").decode(records.subarray(0, 9)) === "SIMPLE  =";
  const pieces = [...(isPrimary ? [] : [emptyPrimary()]), new Header(records)].map((header) =>
    header.encode()
  );
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + blocks(piece.byteLength), 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += blocks(piece.byteLength);
  }
  return bytes;
}

function emptyPrimary(): Header {
  return Header.of([["SIMPLE", true], ["BITPIX", 8], ["NAXIS", 0]]);
}

function blocks(length: number): number {
  return Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
}
