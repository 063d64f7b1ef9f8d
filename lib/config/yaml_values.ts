import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { ConfigProblem } from "./config_problem.ts";

/** Values in a document beyond this are refused; a configuration has some hundred. */
const MAX_NODES = 20_000;
/** Values nested deeper than this are refused. */
const MAX_DEPTH = 32;
/** Problems beyond these are not told. */
const MOST_PROBLEMS = 100;

/** Line and column, both from 1. */
export interface TextPosition {
  /** Line. */
  readonly line: number;
  /** Column in the line. */
  readonly column: number;
}

/** The contents of a YAML file as plain values, with the place of each. */
export interface YamlValues {
  /** Objects, lists, strings, numbers, booleans and nulls; objects have no prototype. */
  readonly values: unknown;
  /** What stood in the way of reading it. */
  readonly problems: readonly ConfigProblem[];
  /** Where the key at `path` stands. */
  keyPosition(path: readonly PropertyKey[]): TextPosition | undefined;
  /** Where the value at `path` stands; that of its key when the value is empty. */
  valuePosition(path: readonly PropertyKey[]): TextPosition | undefined;
}

/** A path as one text; the separator cannot occur in a readable file. */
function pathText(path: readonly PropertyKey[]): string {
  return path.map(String).join("\0");
}

/** What ends the reading of a document that is made to exhaust its reader. */
class TooMuch extends Error {}

/** Walks the nodes of one document. */
class NodeReader {
  readonly keyOffsets: Map<string, number> = new Map();
  readonly valueOffsets: Map<string, number> = new Map();
  readonly #document: ReturnType<typeof parseDocument>;
  #nodesLeft = MAX_NODES;

  constructor(document: ReturnType<typeof parseDocument>) {
    this.#document = document;
  }

  /** The plain value of a node that stands at `path`. */
  read(node: Node | null | undefined, path: readonly string[]): unknown {
    if (--this.#nodesLeft < 0) throw new TooMuch(`more than ${MAX_NODES} values`);
    if (path.length > MAX_DEPTH) throw new TooMuch(`values nested deeper than ${MAX_DEPTH} levels`);
    const offset = node?.range?.[0];
    if (offset !== undefined) this.valueOffsets.set(pathText(path), offset);
    if (isAlias(node)) return this.read(node.resolve(this.#document), path);
    if (isMap(node)) return this.#readMap(node, path);
    if (isSeq(node)) {
      return node.items.map((item, index) => this.read(item as Node, [...path, String(index)]));
    }
    return isScalar(node) ? node.value : null;
  }

  #readMap(map: YAMLMap, path: readonly string[]): unknown {
    const values = Object.create(null) as Record<string, unknown>;
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const offset = (key as Scalar | null)?.range?.[0];
      if (offset !== undefined) this.keyOffsets.set(pathText([...path, name]), offset);
      values[name] = this.read(value as Node | null, [...path, name]);
    }
    return values;
  }
}

/** Parses a document. The parser makes an error of each comma out of place: without their stacks they cost little. */
function parsed(text: string, lineCounter: LineCounter): ReturnType<typeof parseDocument> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, merge: false, logLevel: "silent" });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * Reads YAML 1.2 into plain values, remembering where each stands.
 *
 * Syntax errors and duplicate keys come back as problems, the first hundred of them. Aliases are followed, but no document makes
 * more than 20,000 values of itself.
 *
 * @param text The document.
 * @param file Its name, for the problems.
 */
export function readYamlValues(text: string, file: string): YamlValues {
  const lineCounter = new LineCounter();
  function position(offset: number | undefined): TextPosition | undefined {
    if (offset === undefined) return undefined;
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  }
  function failed(problems: ConfigProblem[]): YamlValues {
    return { values: {}, problems, keyPosition: () => undefined, valuePosition: () => undefined };
  }
  function problem(reason: string, offset?: number): ConfigProblem {
    return {
      code: "config/invalid-yaml",
      key: "",
      message: `Cannot read the YAML: ${reason}`,
      file,
      ...position(offset),
    };
  }
  try {
    const document = parsed(text, lineCounter);
    if (document.errors.length > 0) {
      const told = document.errors.slice(0, MOST_PROBLEMS);
      return failed(told.map((error) => problem(error.message, error.pos[0])));
    }
    const reader = new NodeReader(document);
    const values = reader.read(document.contents as Node | null, []) ?? {};
    return {
      values,
      problems: [],
      keyPosition: (path) => position(reader.keyOffsets.get(pathText(path))),
      valuePosition: (path) =>
        position(reader.valueOffsets.get(pathText(path)) ?? reader.keyOffsets.get(pathText(path))),
    };
  } catch (error) {
    // A RangeError is the parser's stack running out on nested brackets.
    if (error instanceof TooMuch || error instanceof RangeError) {
      return failed([problem(error instanceof TooMuch ? error.message : "values nested too deep")]);
    }
    throw error;
  }
}
