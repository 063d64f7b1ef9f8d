import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { TaggedError } from "../../core/errors.ts";
import { openFileSource } from "../../files/file_source.ts";
import { openFits } from "../../fits/fits_file.ts";
import { createHttpClient } from "../../net/http_client.ts";
import { SampClient, type SampPeer } from "../../net/samp/samp_client.ts";
import type { ExportedTable } from "../../outputs/exported_columns.ts";
import { exportTables } from "../export_tables.ts";
import { PACKAGE_VERSION } from "../package_version.ts";
import { hubLockfile, readHubLocation } from "./hub_location.ts";

/** What to send and to whom. */
export interface SendOptions {
  /** Tables and images: VOTable (`.vot`, `.votable`, `.xml`) and FITS files. Relative paths start at the working directory. */
  readonly files?: readonly string[];
  /** The project of which a table is exported and sent when no files are named. */
  readonly project?: string;
  /** The table of the project. @default {"spectra"} */
  readonly table?: ExportedTable;
  /** Sources of the table, by name or identity; all when absent or empty. */
  readonly sourceNames?: readonly string[];
  /** Send to programs of this name only, whatever its case; to all that take such files when absent. */
  readonly to?: string;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** A file that was sent. */
export interface SentFile {
  /** Absolute path. */
  readonly path: string;
  /** The type of the message, such as `table.load.votable`. */
  readonly messageType: string;
  /** Names of the programs that got it. */
  readonly receivers: readonly string[];
}

/** What was sent. */
export interface SendResult {
  /** The files in the order they were sent. */
  readonly files: readonly SentFile[];
}

/** Whether a FITS file holds a table, not an image. */
async function hasTable(path: string): Promise<boolean> {
  using source = openFileSource(path);
  const hdus = await (await openFits(source)).hdus();
  return hdus.some(({ kind }) => kind === "bintable" || kind === "asciitable");
}

/** The type of the message that makes programs open a file. Throws usage/unknown-file-type. */
async function messageTypeOf(path: string): Promise<string> {
  switch (extname(path).toLowerCase()) {
    case ".vot":
    case ".votable":
    case ".xml":
      return "table.load.votable";
    case ".fits":
    case ".fit":
      return await hasTable(path) ? "table.load.fits" : "image.load.fits";
    default:
      throw new TaggedError(
        "usage/unknown-file-type",
        `Cannot send ${path}: it is no VOTable and no FITS file`,
        {
          context: { path },
          hint:
            "Send .vot, .votable, .xml or .fits files; `spxcutdb export --format votable` makes one of a project",
        },
      );
  }
}

/** The files to send: those named, else a table of the project. */
async function filesToSend(options: SendOptions): Promise<string[]> {
  if (options.files !== undefined && options.files.length > 0) {
    return options.files.map((file) => resolve(file));
  }
  if (options.project === undefined) throw new TypeError("Name files or a project to send");
  const { project, table, sourceNames, signal } = options;
  const { files } = await exportTables({
    project,
    format: "votable",
    ...(table === undefined ? {} : { table }),
    ...(sourceNames === undefined ? {} : { sourceNames }),
    ...(signal === undefined ? {} : { signal }),
  });
  return files.map(({ path }) => path);
}

/** Those of the programs that are meant. Throws net/no-samp-receiver when there is none. */
function receivers(peers: readonly SampPeer[], messageType: string, to: string | undefined): SampPeer[] {
  const meant = to === undefined
    ? [...peers]
    : peers.filter(({ name }) => name.toLowerCase() === to.toLowerCase());
  if (meant.length > 0) return meant;
  const names = peers.map(({ name }) => name);
  throw new TaggedError(
    "net/no-samp-receiver",
    `No ${to ?? "program"} on the SAMP hub takes ${messageType} messages`,
    {
      context: { message_type: messageType, programs: names },
      hint: names.length === 0
        ? "Start TOPCAT or Aladin and connect it to the hub, then run the same command again"
        : `These do: ${names.join(", ")}`,
    },
  );
}

/**
 * Sends tables and images to programs on this machine, such as TOPCAT and Aladin, by SAMP. The files stay where they
 * are; the programs are told their places.
 *
 * @throws {TaggedError} `net/no-samp-hub`, `net/no-samp-receiver`, `net/…`, `usage/unknown-file-type`, `storage/…`, and
 * what {@linkcode exportTables} throws.
 */
export async function send(options: SendOptions): Promise<SendResult> {
  const hub = readHubLocation(hubLockfile((name) => Deno.env.get(name)));
  const paths = await filesToSend(options);
  const messages: { path: string; messageType: string }[] = [];
  for (const path of paths) messages.push({ path, messageType: await messageTypeOf(path) });
  const http = createHttpClient({ allowedHosts: [new URL(hub.url).host] });
  try {
    await using client = await SampClient.connect(http, hub, `spxcutdb ${PACKAGE_VERSION}`);
    const files: SentFile[] = [];
    for (const { path, messageType } of messages) {
      options.signal?.throwIfAborted();
      const meant = receivers(await client.peers(messageType), messageType, options.to);
      const url = pathToFileURL(path).href;
      const parameters = { url, name: basename(path), "table-id": url };
      for (const peer of meant) await client.notify(peer, { type: messageType, parameters });
      files.push({ path, messageType, receivers: meant.map(({ name }) => name) });
    }
    return { files };
  } finally {
    http.close();
  }
}
