import type { Database } from "./database.ts";

/** Where DataLink documents lead, as JSON. */
export class DatalinkTable {
  readonly #database: Database;

  /** Works on the given database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** What the document at an address was resolved to, unless that was before `since` (ISO 8601). */
  find(url: string, since: string): string | undefined {
    return this.#database.first<{ json: string }>(
      "SELECT links_json AS json FROM datalinks WHERE url = ? AND resolved_at >= ?",
      url,
      since,
    )?.json;
  }

  /** Keeps what the document at an address was resolved to. */
  set(url: string, linksJson: string, now: string): void {
    this.#database.write("INSERT OR REPLACE INTO datalinks VALUES (?, ?, ?)", url, linksJson, now);
  }
}
