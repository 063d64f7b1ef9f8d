import { SaxesParser } from "saxes";
import { isTaggedError } from "../core/errors.ts";
import { type RowHandler, VotableBuilder } from "./votable_builder.ts";
import { votableError } from "./votable_error.ts";
import { DEFAULT_VOTABLE_LIMITS, type VotableLimits } from "./votable_limits.ts";
import type { VotableDocument } from "./votable_model.ts";

/** How a document is read. */
export interface VotableOptions {
  /** Bounds of the document. */
  readonly limits?: Partial<VotableLimits>;
  /** Takes each row as it comes; the tables then have no rows. */
  readonly onRow?: RowHandler;
}

/** Elements whose text is wanted. */
const TEXT_ELEMENTS: ReadonlySet<string> = new Set(["TD", "DESCRIPTION", "INFO"]);

/**
 * Reads a VOTable as it arrives. Entities of a document type are not expanded: using one is an error.
 *
 * Throws `votable/not-xml` with line and column, `votable/not-votable` for other XML or HTML, and the errors of
 * columns, cells and streams.
 */
export class VotableParser {
  readonly #builder: VotableBuilder;
  readonly #limits: VotableLimits;
  readonly #xml = new SaxesParser({ xmlns: false, position: true });
  #decoder: TextDecoder | undefined;
  #text = "";
  #wantsText = false;
  #depth = 0;
  #sawRoot = false;

  /** At the start of a document. */
  constructor(options: VotableOptions = {}) {
    this.#limits = { ...DEFAULT_VOTABLE_LIMITS, ...options.limits };
    this.#builder = new VotableBuilder(this.#limits, options.onRow);
    this.#xml.on("error", (error) => {
      throw this.#notXml(error);
    });
    this.#xml.on("opentag", (tag) => this.#open(localName(tag.name), tag.attributes));
    this.#xml.on("closetag", (tag) => this.#close(localName(tag.name)));
    this.#xml.on("text", (text) => this.#addText(text));
    this.#xml.on("cdata", (text) => this.#addText(text));
  }

  /** Adds the next piece of the document. */
  write(chunk: string | Uint8Array): void {
    if (typeof chunk === "string") {
      this.#xml.write(chunk);
      return;
    }
    this.#decoder ??= new TextDecoder(declaredEncoding(chunk));
    this.#xml.write(this.#decoder.decode(chunk, { stream: true }));
  }

  /** Ends the document and gives it. */
  close(): VotableDocument {
    this.#xml.write(this.#decoder?.decode() ?? "");
    this.#xml.close();
    if (!this.#sawRoot) throw votableError("not-votable", "The document is empty, expected a VOTABLE");
    return this.#builder.document;
  }

  #open(name: string, attributes: Record<string, string>): void {
    if (!this.#sawRoot) {
      this.#sawRoot = true;
      if (name !== "VOTABLE") {
        throw votableError("not-votable", `The document is a <${name}>, expected a VOTABLE`);
      }
    }
    if (++this.#depth > this.#limits.maxDepth) {
      throw votableError("too-large", `Elements are nested more than ${this.#limits.maxDepth} deep`);
    }
    this.#builder.open(name, attributes);
    this.#wantsText = TEXT_ELEMENTS.has(name);
    this.#text = "";
  }

  #close(name: string): void {
    this.#depth--;
    this.#builder.close(name, this.#text);
    this.#wantsText = false;
    this.#text = "";
  }

  #addText(text: string): void {
    const stream = this.#builder.stream;
    if (stream !== undefined) {
      stream.write(text);
      return;
    }
    if (!this.#wantsText) return;
    this.#text += text;
    if (this.#text.length > this.#limits.maxTextLength) {
      throw votableError("too-large", `A text is longer than ${this.#limits.maxTextLength} characters`);
    }
  }

  #notXml(error: Error): Error {
    if (isTaggedError(error)) return error;
    const { line, column } = this.#xml;
    const what = error.message.replace(/^\d+:\d+: |\.$/g, "");
    const root = this.#sawRoot ? "VOTable" : "document";
    return votableError(
      "not-xml",
      `The ${root} is not well-formed XML at line ${line}, column ${column}: ${what}`,
      {
        line,
        column,
      },
    );
  }
}

/** Reads a whole VOTable; throws as {@linkcode VotableParser} does. */
export function parseVotable(document: string | Uint8Array, options: VotableOptions = {}): VotableDocument {
  const parser = new VotableParser(options);
  parser.write(document);
  return parser.close();
}

/** Reads a VOTable from its pieces as they come; throws as {@linkcode VotableParser} does. */
export async function readVotable(
  chunks: AsyncIterable<Uint8Array>,
  options: VotableOptions = {},
): Promise<VotableDocument> {
  const parser = new VotableParser(options);
  for await (const chunk of chunks) parser.write(chunk);
  return parser.close();
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** The encoding that an XML declaration names; UTF-8 when it names none that the platform knows. */
function declaredEncoding(start: Uint8Array): string {
  const head = String.fromCharCode(...start.subarray(0, 120));
  const name = /^[\s\S]{0,3}<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return "utf-8";
  }
}
