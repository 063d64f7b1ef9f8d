import { type AdqlToken, adqlTokens } from "./adql_tokens.ts";

/** A value of a query; null is unknown. */
export type AdqlValue = string | number | null;

/** An expression: gives its value for a row. */
export type AdqlExpression = (row: AdqlRow) => AdqlValue;

/** What a query is evaluated on. */
export interface AdqlRow {
  /** The value of a column of a table. */
  value(table: string, column: string): AdqlValue;
  /** Whether the region in a column touches a circle, all in degrees. */
  touches(table: string, column: string, circle: AdqlCircle): boolean;
}

/** A circle, or a point as one without a radius; degrees. */
export interface AdqlCircle {
  readonly rightAscensionDeg: number;
  readonly declinationDeg: number;
  readonly radiusDeg: number;
}

/** A query that has been understood. */
export interface AdqlQuery {
  /** Full names of the tables. */
  readonly tables: readonly string[];
  /** What is asked for. */
  readonly columns: readonly {
    readonly name: string;
    readonly value: AdqlExpression;
    readonly column?: string;
  }[];
  /** Whether a row is wanted. */
  readonly isWanted: (row: AdqlRow) => boolean;
  /** Sort keys; -1 for descending. */
  readonly order: readonly { readonly value: AdqlExpression; readonly sense: 1 | -1 }[];
  /** Value of TOP. */
  readonly top: number | undefined;
  /** The only region that counts, when all of WHERE depends on it. */
  readonly circle: AdqlCircle | undefined;
  /** Bounds that all of WHERE sets to the start of the exposure. */
  readonly timeMjd: readonly [number, number];
}

/** Tells the columns of a table, or undefined when there is no such table. */
export type AdqlSchema = (table: string) => readonly string[] | undefined;

type Region = { readonly circle: AdqlCircle } | { readonly table: string; readonly column: string };

/** A condition, with what it asks of place and time when it is one of those joined by AND. */
interface Condition {
  readonly holds: (row: AdqlRow) => boolean;
  readonly circle?: AdqlCircle | undefined;
  readonly timeMjd?: readonly [number, number];
}

const KEYWORDS = new Set([
  "from",
  "where",
  "order",
  "join",
  "inner",
  "on",
  "and",
  "or",
  "as",
  "in",
  "between",
  "like",
  "is",
  "not",
]);
const TIME_COLUMNS = new Set(["t_min", "time_bounds_lower"]);
const ALWAYS = [-Infinity, Infinity] as const;

/**
 * Understands the part of ADQL that asks for images: SELECT [TOP] of columns and their concatenations, equality joins,
 * WHERE with AND, OR, comparisons, IN, BETWEEN, LIKE, IS NULL, and CONTAINS or INTERSECTS of POINT, CIRCLE and a column,
 * and ORDER BY. Throws SyntaxError with the service's words for what it does not know.
 */
export function parseAdql(adql: string, schema: AdqlSchema): AdqlQuery {
  return new AdqlParser(adqlTokens(adql), schema).query();
}

class AdqlParser {
  readonly #tokens: readonly AdqlToken[];
  readonly #schema: AdqlSchema;
  readonly #aliases = new Map<string, string>();
  #at = 0;

  constructor(tokens: readonly AdqlToken[], schema: AdqlSchema) {
    this.#tokens = tokens;
    this.#schema = schema;
  }

  query(): AdqlQuery {
    this.#expect("select");
    const top = this.#take("top") ? Number(this.#next("number")) : undefined;
    // Aliases are needed to understand columns, and come behind them.
    const selectAt = this.#at;
    while (!this.#is("from")) this.#skip();
    this.#from();
    const behindFrom = this.#at;
    this.#at = selectAt;
    const columns = this.#columns();
    this.#at = behindFrom;
    const where = this.#take("where") ? this.#condition() : { holds: () => true };
    const order = this.#order();
    if (this.#at < this.#tokens.length) this.#fail();
    return {
      tables: [...this.#aliases.values()],
      columns,
      isWanted: where.holds,
      order,
      top,
      circle: where.circle,
      timeMjd: where.timeMjd ?? ALWAYS,
    };
  }

  #from(): void {
    this.#expect("from");
    this.#table();
    while (this.#take("inner") || this.#is("join")) {
      this.#expect("join");
      this.#table();
      this.#expect("on");
      // Tables of the archive join in one way only; the columns must exist.
      do {
        this.#value();
        this.#expect("=");
        this.#value();
      } while (this.#take("and"));
    }
  }

  #table(): void {
    const name = this.#next("name");
    if (this.#schema(name) === undefined) throw new SyntaxError(`relation "${name}" does not exist`);
    this.#take("as");
    const { kind, value = "" } = this.#tokens[this.#at] ?? {};
    const hasAlias = kind === "name" && !KEYWORDS.has(value);
    this.#aliases.set(hasAlias ? value : name, name);
    if (hasAlias) this.#skip();
  }

  #columns(): AdqlQuery["columns"] {
    const columns: { name: string; value: AdqlExpression; column?: string }[] = [];
    do {
      if (this.#take("*")) {
        for (const table of this.#aliases.values()) columns.push(...this.#allOf(table));
        continue;
      }
      const token = this.#tokens[this.#at];
      if (token?.value.endsWith(".*")) {
        this.#skip();
        columns.push(...this.#allOf(this.#aliases.get(token.value.slice(0, -2)) ?? this.#fail()));
        continue;
      }
      const value = this.#value();
      const isColumn = this.#tokens[this.#at - 1] === token && token?.kind === "name";
      const plain = token?.value.split(".").at(-1)!;
      const name = this.#take("as") ? this.#next("name") : isColumn ? plain : `col_${columns.length}`;
      columns.push({ name, value, ...(isColumn ? { column: plain } : {}) });
    } while (this.#take(","));
    if (!this.#is("from")) this.#fail();
    return columns;
  }

  #allOf(table: string): { name: string; value: AdqlExpression; column: string }[] {
    return this.#schema(table)!.map((column) => ({
      name: column,
      column,
      value: (row: AdqlRow) => row.value(table, column),
    }));
  }

  #condition(): Condition {
    let condition = this.#conjunction();
    while (this.#take("or")) {
      const [left, right] = [condition.holds, this.#conjunction().holds];
      condition = { holds: (row) => left(row) || right(row) };
    }
    return condition;
  }

  #conjunction(): Condition {
    let condition = this.#predicate();
    while (this.#take("and")) {
      const left = condition, right = this.#predicate();
      const [from, to] = left.timeMjd ?? ALWAYS, [low, high] = right.timeMjd ?? ALWAYS;
      condition = {
        holds: (row) => left.holds(row) && right.holds(row),
        circle: left.circle ?? right.circle,
        timeMjd: [Math.max(from, low), Math.min(to, high)],
      };
    }
    return condition;
  }

  #predicate(): Condition {
    if (this.#take("(")) {
      const inner = this.#condition();
      this.#expect(")");
      return inner;
    }
    const geometric = this.#geometric();
    if (geometric !== undefined) return geometric;
    const column = this.#tokens[this.#at]?.value.split(".").at(-1) ?? "";
    const left = this.#value();
    if (this.#take("between")) {
      const low = this.#value();
      this.#expect("and");
      const high = this.#value();
      const bounds: readonly [number, number] = [constant(low), constant(high)];
      return {
        holds: (row) => compare(left(row), low(row)) >= 0 && compare(left(row), high(row)) <= 0,
        ...(TIME_COLUMNS.has(column) ? { timeMjd: bounds } : {}),
      };
    }
    if (this.#take("in")) return this.#membership(left);
    if (this.#take("like")) {
      const pattern = new RegExp(`^${escaped(this.#next("text")).replaceAll("%", ".*")}$`, "s");
      return { holds: (row) => pattern.test(String(left(row))) };
    }
    if (this.#take("is")) {
      const wantsNull = !this.#take("not");
      this.#expect("null");
      return { holds: (row) => (left(row) === null) === wantsNull };
    }
    return this.#comparison(left, column);
  }

  #membership(left: AdqlExpression): Condition {
    this.#expect("(");
    const members = [this.#value()];
    while (this.#take(",")) members.push(this.#value());
    this.#expect(")");
    return { holds: (row) => members.some((member) => compare(left(row), member(row)) === 0) };
  }

  #comparison(left: AdqlExpression, column: string): Condition {
    const sign = this.#next("sign");
    const test = COMPARISONS[sign];
    if (test === undefined) this.#fail();
    const right = this.#value();
    const holds = (row: AdqlRow) => test(compare(left(row), right(row)));
    if (!TIME_COLUMNS.has(column)) return { holds };
    const bound = constant(right);
    if (sign.startsWith("<")) return { holds, timeMjd: [-Infinity, bound] };
    return sign.startsWith(">") ? { holds, timeMjd: [bound, Infinity] } : { holds };
  }

  /** `CONTAINS(…) = 1` or `1 = INTERSECTS(…)`; undefined for another condition. */
  #geometric(): Condition | undefined {
    const start = this.#at;
    const isFirst = this.#take("1") && this.#take("=");
    if (!this.#is("contains") && !this.#is("intersects")) {
      this.#at = start;
      return undefined;
    }
    this.#skip();
    this.#expect("(");
    const one = this.#region();
    this.#expect(",");
    const other = this.#region();
    this.#expect(")");
    if (!isFirst) {
      this.#expect("=");
      this.#expect("1");
    }
    const [circle, place] = "circle" in one
      ? [one.circle, other]
      : [(other as { circle: AdqlCircle }).circle, one];
    if (circle === undefined || "circle" in place) throw new SyntaxError("a region must meet a column");
    if (this.#aliases.size > 1 && place.column === "s_region") {
      throw new SyntaxError("function st_covers(character varying, geography) does not exist");
    }
    return { holds: (row) => row.touches(place.table, place.column, circle), circle };
  }

  #region(): Region {
    const name = this.#next("name");
    if (name !== "point" && name !== "circle") return this.#place(name);
    this.#expect("(");
    if (this.#tokens[this.#at]?.kind === "text") {
      this.#skip();
      this.#expect(",");
    }
    const numbers = [this.#number()];
    while (this.#take(",")) numbers.push(this.#number());
    this.#expect(")");
    if (numbers.length !== (name === "point" ? 2 : 3)) this.#fail();
    const [rightAscensionDeg, declinationDeg, radiusDeg = 0] = numbers as [number, number, number?];
    if (Math.abs(declinationDeg) > 90) {
      throw new SyntaxError(`dec value ${declinationDeg} lies outside valid interval [-90, 90]`);
    }
    return { circle: { rightAscensionDeg, declinationDeg, radiusDeg } };
  }

  #number(): number {
    const sign = this.#take("-") ? -1 : (this.#take("+"), 1);
    return sign * Number(this.#next("number"));
  }

  /** A column, a number, a text, or several joined by `||`. */
  #value(): AdqlExpression {
    const first = this.#term();
    if (!this.#is("||")) return first;
    const terms = [first];
    while (this.#take("||")) terms.push(this.#term());
    return (row) => terms.map((term) => String(term(row) ?? "")).join("");
  }

  #term(): AdqlExpression {
    const token = this.#tokens[this.#at];
    if (token?.kind === "text") {
      this.#skip();
      return () => token.value;
    }
    if (token?.kind === "name" && !KEYWORDS.has(token.value)) {
      this.#skip();
      const { table, column } = this.#place(token.value);
      return (row) => row.value(table, column);
    }
    const value = this.#number();
    return () => value;
  }

  /** The table and column of a name with or without an alias. */
  #place(name: string): { table: string; column: string } {
    const parts = name.split(".");
    const column = parts.pop()!;
    const tables = parts.length > 0 ? [this.#aliases.get(parts.join("."))] : [...this.#aliases.values()];
    const table = tables.find((one) => one !== undefined && this.#schema(one)!.includes(column));
    if (table === undefined) throw new SyntaxError(`column "${name}" does not exist`);
    return { table, column };
  }

  #order(): AdqlQuery["order"] {
    if (!this.#take("order")) return [];
    this.#expect("by");
    const order: { value: AdqlExpression; sense: 1 | -1 }[] = [];
    do {
      const value = this.#value();
      order.push({ value, sense: this.#take("desc") ? -1 : (this.#take("asc"), 1) });
    } while (this.#take(","));
    return order;
  }

  #is(value: string): boolean {
    const token = this.#tokens[this.#at];
    return token !== undefined && token.kind !== "text" && token.value === value;
  }

  #take(value: string): boolean {
    if (!this.#is(value)) return false;
    this.#at++;
    return true;
  }

  #expect(value: string): void {
    if (!this.#take(value)) this.#fail();
  }

  #next(kind: AdqlToken["kind"]): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind) this.#fail();
    this.#at++;
    return token!.value;
  }

  #skip(): void {
    if (this.#at >= this.#tokens.length) this.#fail();
    this.#at++;
  }

  #fail(): never {
    const token = this.#tokens[this.#at];
    throw new SyntaxError(
      token === undefined ? "the query ends too early" : `syntax error at or near "${token.value}"`,
    );
  }
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  "=": (order) => order === 0,
  "<>": (order) => order < 0 || order > 0,
  "!=": (order) => order < 0 || order > 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** Order of two values: numbers by size, texts by their characters; NaN when one is unknown. */
export function compare(a: AdqlValue, b: AdqlValue): number {
  if (a === null || b === null) return NaN;
  if (typeof a === "number" || typeof b === "number") return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The value of an expression that depends on no row; NaN for others. */
function constant(expression: AdqlExpression): number {
  const nothing: AdqlRow = { value: () => null, touches: () => false };
  return Number(expression(nothing) ?? NaN);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
