import { dirname } from "node:path";
import type { LinkCache } from "../../archive/datalink_resolver.ts";
import type { DatasetLinks } from "../../archive/dataset_links.ts";
import { storageError } from "../../files/storage_error.ts";

/** The links that each line of a file has; a line that a killed process cut short is left out. */
function readLinks(path: string): Map<string, DatasetLinks> {
  let text = "";
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw storageError(error, "read", path);
  }
  const links = new Map<string, DatasetLinks>();
  for (const line of text.split("\n")) {
    try {
      const [url, found] = JSON.parse(line) as [string, DatasetLinks];
      links.set(url, found);
    } catch {
      // The document of this line is asked for again.
    }
  }
  return links;
}

/**
 * Resolved DataLink documents in a file, a line each, for as long as a query takes: one that was killed does not ask for
 * them again. The file is made with the first document.
 */
export class LinkFile implements LinkCache, Disposable {
  readonly #path: string;
  readonly #links: Map<string, DatasetLinks>;
  #file: Deno.FsFile | undefined;
  #isClosed = false;

  /** Reads what an earlier query left. Throws `storage/*`. */
  constructor(path: string) {
    this.#path = path;
    this.#links = readLinks(path);
  }

  /** The links that an address was resolved to. */
  get(datalinkUrl: string): DatasetLinks | undefined {
    return this.#links.get(datalinkUrl);
  }

  /** Keeps the links of an address; in memory only once the file is closed. Throws `storage/*`. */
  set(datalinkUrl: string, links: DatasetLinks): void {
    this.#links.set(datalinkUrl, links);
    // An answer may still come after another one has made the query fail.
    if (this.#isClosed) return;
    try {
      this.#file ??= this.#open();
      // A line that was cut short must not run into this one.
      const bytes = new TextEncoder().encode(`\n${JSON.stringify([datalinkUrl, links])}`);
      for (let written = 0; written < bytes.length;) written += this.#file.writeSync(bytes.subarray(written));
    } catch (error) {
      throw storageError(error, "write", this.#path);
    }
  }

  /** Removes the file. */
  remove(): void {
    this[Symbol.dispose]();
    try {
      Deno.removeSync(this.#path);
    } catch {
      // It was never made.
    }
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#file?.close();
    this.#file = undefined;
  }

  #open(): Deno.FsFile {
    Deno.mkdirSync(dirname(this.#path), { recursive: true });
    return Deno.openSync(this.#path, { create: true, append: true });
  }
}
