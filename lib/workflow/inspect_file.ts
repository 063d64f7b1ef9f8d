import { isTaggedError, TaggedError } from "../core/errors.ts";
import { openFileSource } from "../files/file_source.ts";
import type { ByteSource } from "../fits/byte_source.ts";
import { gunzipSource } from "../fits/gzip_source.ts";
import type { Hdu } from "../fits/hdu.ts";
import { inspectHdu } from "./inspect_hdu.ts";
import { problemOf } from "./inspect_json.ts";
import type { FileInspection, FitsInspection, HduInspection, InspectOptions } from "./inspect_model.ts";
import { inspectPlainPosition } from "./inspect_position.ts";
import { type OpenedHdus, openHdus, openHeaderAlone } from "./inspect_source.ts";
import { inspectSpherex, type SpherexAnswer } from "./inspect_spherex.ts";
import { inspectVotable } from "./inspect_votable.ts";

/** Bytes that tell the kind of a file. */
const SNIFFED_BYTES = 512;

/**
 * Tells what a FITS file, a saved FITS header or a VOTable holds, gzip or not: its structure, and as much of its content as `options` ask
 * for. SPHEREx files are recognised and tell detector, release, pipeline version, and parent-detector pixel, sky
 * position, wavelength and bandwidth at a position.
 *
 * Content is read in pieces, so that memory stays bounded (a gzip file is unpacked in memory, up to 1 GiB). What
 * cannot be read of one HDU is told in its list of problems and does not stop the rest.
 * Throws `storage/*` when the file cannot be opened, `usage/unknown-file-format` when it is neither FITS nor VOTable,
 * `usage/missing-hdu` when the HDU or table asked for is not there, `usage/no-image` when a position is
 * asked of a file without an image, and `fits/*` or `votable/*` for a file of which nothing can be read.
 */
export async function inspectFile(path: string, options: InspectOptions = {}): Promise<FileInspection> {
  checkOptions(options);
  using file = openFileSource(path);
  try {
    const source = await gunzipSource(file);
    const compression = source === file ? null : "gzip" as const;
    return await inspectSource({ path, byteLength: file.byteLength, compression }, source, options);
  } catch (error) {
    throw named(error, path);
  }
}

/** What the answer says of the file as a whole. */
interface FileShell {
  readonly path: string;
  readonly byteLength: number;
  readonly compression: "gzip" | null;
}

async function inspectSource(
  shell: FileShell,
  source: ByteSource,
  options: InspectOptions,
): Promise<FileInspection> {
  const start = new TextDecoder().decode(await source.read(0, Math.min(SNIFFED_BYTES, source.byteLength)));
  if (/^\s*<(?:\?xml|!--|!DOCTYPE|\w*:?VOTABLE)/i.test(start)) {
    return await inspectVotable(shell, source, options);
  }
  const isText = start.slice(0, 82).includes("\n");
  if (start.startsWith("SIMPLE  =") && !isText) {
    return await inspectFits(shell, await openHdus(source), options);
  }
  const header = await openHeaderAlone(source);
  if (header !== undefined) return await inspectFits(shell, header, options);
  const found = source.byteLength === 0
    ? "it is empty"
    : `it starts with ${JSON.stringify(start.slice(0, 24))}`;
  throw new TaggedError("usage/unknown-file-format", `${found}, expected FITS or a VOTable`, {
    context: { byte_length: shell.byteLength },
    hint: "Name a FITS file or a VOTable, gzip or not",
  });
}

/** A failure of the file with its path in the message; other errors as they are. */
function named(error: unknown, path: string): unknown {
  if (!isTaggedError(error)) return error;
  return new TaggedError(error.code, `Cannot inspect ${path}: ${error.message}`, {
    context: { ...error.context, path },
    cause: error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
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
  shell: FileShell,
  opened: OpenedHdus,
  options: InspectOptions,
): Promise<FitsInspection> {
  const { hdus, source } = opened;
  const fileProblems = [...opened.problems];
  const isHeaderAlone = fileProblems.some(({ code }) => code === "fits/header-only");
  const chosen = options.hdu === undefined ? hdus : [chooseHdu(hdus, options.hdu)];
  const inspected: HduInspection[] = [];
  for (const hdu of chosen) {
    inspected.push(
      await inspectHdu(hdu, { ...options, statistics: options.statistics === true && !isHeaderAlone }),
    );
  }
  let answer: SpherexAnswer | undefined;
  try {
    answer = await inspectSpherex(shell.path, source, hdus, options);
  } catch (error) {
    fileProblems.push(problemOf(error));
  }
  const asksPosition = options.pixel !== undefined || options.sky !== undefined;
  const position = answer?.position ??
    (asksPosition ? await inspectPlainPosition(chosen, options) : null);
  return {
    format: "fits",
    path: shell.path,
    byte_length: shell.byteLength,
    compression: shell.compression,
    hdus: inspected,
    spherex: answer?.spherex ?? null,
    position,
    problems: [
      ...fileProblems,
      ...inspected.flatMap((hdu) => hdu.problems.filter(({ code }) => code !== "fits/card")),
    ],
  };
}

function chooseHdu(hdus: readonly Hdu[], wanted: number | string): Hdu {
  const name = typeof wanted === "string" ? wanted.trim().toUpperCase() : undefined;
  const hdu = hdus.find((each) =>
    name === undefined ? each.index === wanted : each.name.toUpperCase() === name
  );
  if (hdu !== undefined) return hdu;
  const found = hdus.map((each) => each.name === "" ? String(each.index) : `${each.index} ${each.name}`);
  throw new TaggedError("usage/missing-hdu", `there is no HDU ${wanted}, the file has ${found.join(", ")}`, {
    context: { wanted, found },
    hint: "Name one of them with --hdu, by number or by name",
  });
}
