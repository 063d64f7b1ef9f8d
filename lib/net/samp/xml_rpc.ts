import { SaxesParser } from "saxes";
import { TaggedError } from "../../core/errors.ts";

/** What SAMP sends and gets: text, lists and maps of it. */
export type SampValue = string | readonly SampValue[] | { readonly [key: string]: SampValue };

/** Deeper answers are refused; those of SAMP have three levels. */
const MAX_DEPTH = 32;

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function valueXml(value: SampValue): string {
  if (typeof value === "string") return `<value><string>${escaped(value)}</string></value>`;
  if (Array.isArray(value)) {
    return `<value><array><data>${value.map(valueXml).join("")}</data></array></value>`;
  }
  const members = Object.entries(value as Record<string, SampValue>).map(([name, inner]) =>
    `<member><name>${escaped(name)}</name>${valueXml(inner)}</member>`
  );
  return `<value><struct>${members.join("")}</struct></value>`;
}

/** A call as XML-RPC writes it. */
export function encodeCall(method: string, parameters: readonly SampValue[]): string {
  const params = parameters.map((value) => `<param>${valueXml(value)}</param>`).join("");
  return `<?xml version="1.0"?><methodCall><methodName>${
    escaped(method)
  }</methodName><params>${params}</params></methodCall>`;
}

function badAnswer(reason: string, cause?: unknown): TaggedError {
  return new TaggedError("net/bad-xml-rpc", `Cannot read the answer of the SAMP hub: ${reason}`, {
    hint: "Start the hub (TOPCAT and Aladin each have one) anew, then run the same command again",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A value that is being read. */
interface Frame {
  value: SampValue | undefined;
  items: SampValue[] | undefined;
  members: Map<string, SampValue> | undefined;
  name: string;
}

/** Builds the one value of an answer from its elements. */
class ValueReader {
  root: SampValue | undefined;
  isFault = false;
  #text = "";
  readonly #frames: Frame[] = [];

  open(tag: string): void {
    this.#text = "";
    if (tag === "fault") this.isFault = true;
    if (tag === "value") {
      if (this.#frames.length >= MAX_DEPTH) {
        throw badAnswer(`more than ${MAX_DEPTH} values inside one another`);
      }
      this.#frames.push({ value: undefined, items: undefined, members: undefined, name: "" });
    }
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    if (tag === "array") frame.items = [];
    if (tag === "struct") frame.members = new Map();
  }

  text(piece: string): void {
    this.#text += piece;
  }

  close(tag: string): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    if (tag === "name") frame.name = this.#text;
    else if (tag === "value") this.#end(frame);
    // Numbers and truth values are kept as their text: SAMP has no others.
    else if (/^(string|int|i4|boolean|double)$/.test(tag)) frame.value = this.#text;
  }

  #end({ value, items, members }: Frame): void {
    this.#frames.pop();
    const whole = items ?? (members === undefined ? value ?? this.#text : Object.fromEntries(members));
    this.#text = "";
    const outer = this.#frames.at(-1);
    if (outer === undefined) this.root = whole;
    else if (outer.items !== undefined) outer.items.push(whole);
    else outer.members?.set(outer.name, whole);
  }
}

/** The value in the answer to a call. Throws `net/samp-fault` for a fault and `net/bad-xml-rpc` for anything else. */
export function parseAnswer(xml: string): SampValue {
  const reader = new ValueReader();
  const parser = new SaxesParser({ xmlns: false });
  parser.on("error", (error) => {
    throw badAnswer(error.message, error);
  });
  parser.on("doctype", () => {
    throw badAnswer("it declares a document type");
  });
  parser.on("opentag", ({ name }) => reader.open(name));
  parser.on("text", (piece) => reader.text(piece));
  parser.on("closetag", ({ name }) => reader.close(name));
  parser.write(xml).close();
  if (reader.isFault) {
    const { faultString } = reader.root as { faultString?: SampValue };
    throw new TaggedError(
      "net/samp-fault",
      `The SAMP hub refuses: ${String(faultString ?? "without a reason")}`,
      {
        hint: "Start the hub (TOPCAT and Aladin each have one) anew, then run the same command again",
      },
    );
  }
  if (reader.root === undefined) throw badAnswer("there is no value in it");
  return reader.root;
}
