import type { HttpClient } from "../net/http_client.ts";
import { ParentImage } from "./parent_image.ts";

/** Parents whose headers are remembered when no cutout of them is wanted any more; some 100 kB each. */
const MAX_IDLE_PARENTS = 128;

/** The parent files in use, and those used last. */
export class ParentPool {
  readonly #client: HttpClient;
  readonly #parents = new Map<string, ParentImage>();

  /** A pool that reads through this client. */
  constructor(client: HttpClient) {
    this.#client = client;
  }

  /** The file at a URL, the same object for all who ask for it. */
  at(url: string): ParentImage {
    const parent = this.#parents.get(url) ?? new ParentImage(this.#client, url);
    this.#parents.delete(url);
    this.#parents.set(url, parent);
    for (const [oldest, { users }] of this.#parents) {
      if (this.#parents.size <= MAX_IDLE_PARENTS) break;
      if (users === 0 && oldest !== url) this.#parents.delete(oldest);
    }
    return parent;
  }
}
