import { TaggedError } from "../core/errors.ts";
import type { HttpClient } from "../net/http_client.ts";
import { withoutQuery } from "../net/net_error.ts";

/** An entry of a directory of the archive. */
export interface IbeEntry {
  /** Name without slash. */
  readonly name: string;
  /** Length in bytes; null for a directory. */
  readonly bytes: number | null;
  /** When it was changed, as the archive writes it. */
  readonly lastModified: string | null;
}

const MAX_LISTING_BYTES = 64 * 1024 * 1024;

/** Reads a directory listing: one JSON object a line; throws `archive/bad-listing`. */
export function parseIbeListing(text: string): IbeEntry[] {
  const entries: IbeEntry[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const entry = parseLine(line);
    if (typeof entry.name !== "string") {
      const message = `Line ${index + 1} of the directory listing is no entry: ${line.trim().slice(0, 80)}`;
      throw new TaggedError("archive/bad-listing", message, { context: { line: index + 1 } });
    }
    const bytes = entry.size === undefined || entry.size === "-" || entry.size === null
      ? NaN
      : Number(entry.size);
    entries.push({
      name: entry.name.replace(/\/$/, ""),
      bytes: Number.isFinite(bytes) ? bytes : null,
      lastModified: typeof entry.last_modified === "string" ? entry.last_modified : null,
    });
  }
  return entries;
}

function parseLine(line: string): { name?: unknown; size?: unknown; last_modified?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Lists a directory of the archive; a directory that is not there is empty. */
export async function listIbe(client: HttpClient, url: string, signal?: AbortSignal): Promise<IbeEntry[]> {
  const answer = await client.fetchBytes(url, {
    acceptStatuses: [404],
    maxBytes: MAX_LISTING_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
  if (answer.status === 404) return [];
  try {
    return parseIbeListing(new TextDecoder().decode(answer.bytes));
  } catch (error) {
    if (!(error instanceof TaggedError)) throw error;
    throw new TaggedError(error.code, `${withoutQuery(url)}: ${error.message}`, {
      context: error.context,
      cause: error,
    });
  }
}
