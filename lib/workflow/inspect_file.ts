import { TaggedError } from "../core/errors.ts";
import { openFileSource } from "../files/file_source.ts";
import type { ByteSource } from "../fits/byte_source.ts";
import { type FitsFile, openFits } from "../fits/fits_file.ts";
import { gunzipSource } from "../fits/gzip_source.ts";
import type { Hdu } from "../fits/hdu.ts";
import { inspectHdu } from "./inspect_hdu.ts";
import { problemOf } from "./inspect_json.ts";
import type {
  FileInspection,
  FitsInspection,
  HduInspection,
  InspectionProblem,
  InspectOptions,
} from "./inspect_model.ts";
import { inspectPlainPosition } from "./inspect_position.ts";
import { inspectSpherex } from "./inspect_spherex.ts";
import { inspectVotable } from "./inspect_votable.ts";

/** Bytes that tell the kind of a file. */
const SNIFFED_BYTES = 512;

/**
 * Tells what a FITS file or a VOTable holds, gzip or not: its structure, and as much of its content as `options` ask
 * for. SPHEREx files are recognised and tell detector, release, pipeline version, and parent-detector pixel, sky
 * position, wavelength and bandwidth at a position.
 *
 * Content is read in pieces, so that memory stays bounded (a gzip file is unpacked in memory, up to 1 GiB). What
 * cannot be read of one HDU is told in its list of problems and does not stop the rest.
 * Throws `storage/*` when the file cannot be opened, `usage/unknown-file-format` when it is neither FITS nor VOTable,
 * `fits/missing-hdu` or `votable/missing-table` when the HDU asked for is not there, `usage/no-image` when a position is
 * asked of a file without an image, and `fits/*` or `votable/*` for a file of which nothing can be read.
 */
export async function inspectFile(path: string, options: InspectOptions = {}): Promise<FileInspection> {
  checkOptions(options);
  using file = openFileSource(path);
  const source = await gunzipSource(file);
  const shell = { byteLength: file.byteLength, compression: source === file ? null : "gzip" as const };
  const start = new TextDecoder().decode(await source.read(0, Math.min(SNIFFED_BYTES, source.byteLength)));
  if (start.startsWith("SIMPLE")) return await inspectFits(path, shell, source, options);
  if (/^\s*<(?:\?xml|!--|!DOCTYPE|\w*:?VOTABLE)/i.test(start)) {
    return await inspectVotable(path, shell, source, options);
  }
  const found = source.byteLength === 0
    ? "it is empty"
    : `it starts with ${JSON.stringify(start.slice(0, 24))}`;
  throw new TaggedError(
    "usage/unknown-file-format",
    `Cannot inspect ${path}: ${found}, expected FITS or a VOTable`,
    {
      context: { path, byte_length: shell.byteLength },
      hint: "Name a FITS file or a VOTable, gzip or not",
    },
  );
}

function checkOptions(options: InspectOptions): void {
  if (options.pixel !== undefined && options.sky !== undefined) {
    throw new TypeError("Give a pixel or a sky position, not both");
  }
  const { first = 0, end = first } = options.rows ?? {};
  if (!(Number.isInteger(first) && Number.isInteger(end) && first >= 0 && end >= first)) {
    throw new RangeError(`Rows from ${first} up to ${end} are no range of rows`);
  }
}

async function inspectFits(
  path: string,
  shell: { readonly byteLength: number; readonly compression: "gzip" | null },
  source: ByteSource,
  options: InspectOptions,
): Promise<FitsInspection> {
  const problems: InspectionProblem[] = [];
  const fits = await openFits(source);
  const hdus = await readableHdus(fits, problems);
  const chosen = options.hdu === undefined ? hdus : [await fits.hdu(options.hdu)];
  const inspected: HduInspection[] = [];
  for (const hdu of chosen) inspected.push(await inspectHdu(hdu, options));
  const answer = await inspectSpherex(path, source, hdus, options);
  const asksPosition = options.pixel !== undefined || options.sky !== undefined;
  const position = answer?.position ??
    (asksPosition ? await inspectPlainPosition(chosen, options) : null);
  return {
    format: "fits",
    path,
    byte_length: shell.byteLength,
    compression: shell.compression,
    hdus: inspected,
    spherex: answer?.spherex ?? null,
    position,
    problems,
  };
}

/** The HDUs up to the first header that cannot be read, which becomes a problem. */
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
