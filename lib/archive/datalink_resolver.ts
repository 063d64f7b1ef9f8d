import { isTaggedError, TaggedError } from "../core/errors.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { RetryPolicy } from "../net/http_options.ts";
import { withoutQuery } from "../net/net_error.ts";
import { parseVotable } from "../votable/votable_parser.ts";
import { explainedAnswerError } from "./answer_error.ts";
import { type DatasetLinks, datasetLinks } from "./dataset_links.ts";

/** Where resolved links are kept. */
export interface LinkCache {
  /** The links that an address was resolved to, unless too long ago. */
  get(datalinkUrl: string): DatasetLinks | undefined;
  /** Keeps the links of an address. */
  set(datalinkUrl: string, links: DatasetLinks): void;
}

/** How links are resolved. */
export interface ResolveOptions {
  /** Replaces parts of the client's retry policy. */
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

const EXPLAINED_STATUSES = [400, 404, 422];
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** Resolves the addresses of DataLink documents to those of files, each once; documents can take a service 12 seconds. */
export class DatalinkResolver {
  readonly #http: HttpClient;
  readonly #cache: LinkCache;
  readonly #open = new Map<string, Promise<DatasetLinks>>();

  /** A resolver that keeps what it finds in `cache`; in memory when left out. */
  constructor(http: HttpClient, cache: LinkCache = new Map()) {
    this.#http = http;
    this.#cache = cache;
  }

  /**
   * The links of the document at an address. Throws `discovery/no-links` when it names no file or the archive does not
   * know the dataset, `discovery/bad-answer` for what is no DataLink document, and `net/...`.
   */
  async resolve(datalinkUrl: string, options: ResolveOptions = {}): Promise<DatasetLinks> {
    const known = this.#cache.get(datalinkUrl);
    if (known !== undefined) return known;
    let open = this.#open.get(datalinkUrl);
    if (open === undefined) {
      open = this.#fetch(datalinkUrl, options).finally(() => this.#open.delete(datalinkUrl));
      this.#open.set(datalinkUrl, open);
    }
    return await open;
  }

  async #fetch(url: string, { retry, signal }: ResolveOptions): Promise<DatasetLinks> {
    const answer = await this.#http.fetchBytes(url, {
      acceptStatuses: EXPLAINED_STATUSES,
      maxBytes: MAX_DOCUMENT_BYTES,
      ...(signal === undefined ? {} : { signal }),
      ...(retry === undefined ? {} : { retry }),
    });
    try {
      const links = datasetLinks(parseVotable(answer.bytes));
      this.#cache.set(url, links);
      return links;
    } catch (error) {
      throw refusedLinks(error, url) ?? explainedAnswerError(error, "DataLink", url, answer.status);
    }
  }
}

/** The error of a document that says that there is no such dataset. */
function refusedLinks(error: unknown, url: string): TaggedError | undefined {
  if (!isTaggedError(error, "votable/query-error")) return undefined;
  const said = String(error.context["message"]);
  return new TaggedError("discovery/no-links", `${withoutQuery(url)} has no links for the image: ${said}`, {
    context: { url: withoutQuery(url), message: said },
    hint: "The archive may have withdrawn the image; discover again later",
    cause: error,
  });
}
