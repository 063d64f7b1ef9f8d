import { BinaryCursor, cellBinaryReader, NEED_MORE_BYTES } from "./cell_binary.ts";
import { BinaryRows, decodeBase64 } from "./binary_rows.ts";
import { type CellTextReader, cellTextReader } from "./cell_text.ts";
import { parseDatatype } from "./datatype.ts";
import { parseArraysize } from "./field_shape.ts";
import { votableError } from "./votable_error.ts";
import type { VotableLimits } from "./votable_limits.ts";
import type {
  VotableDocument,
  VotableField,
  VotableInfo,
  VotableParam,
  VotableResource,
  VotableTable,
  VotableValue,
} from "./votable_model.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** Attributes of an element by name. */
export type Attributes = Readonly<Record<string, string>>;

/** A resource or document while it is read. */
interface OpenContainer {
  infos: VotableInfo[];
  params: VotableParam[];
}

interface OpenResource extends OpenContainer, Omit<Mutable<VotableResource>, "infos" | "params"> {
  tables: VotableTable[];
  resources: VotableResource[];
}

interface OpenTable extends OpenContainer, Omit<Mutable<VotableTable>, "infos" | "params"> {
  fields: Mutable<VotableField>[];
  rows: VotableValue[][];
}

/** A column or parameter while it is read: a parameter's value is parsed at its end, when its null is known. */
interface OpenField {
  readonly field: Mutable<VotableField>;
  readonly valueText: string | undefined;
  readonly prefix: string;
}

/** Told of each row; the table is complete but for its rows. */
export type RowHandler = (row: VotableValue[], table: VotableTable) => void;

/** Builds a document from the elements of a VOTable in the order of the stream. */
export class VotableBuilder {
  readonly #limits: VotableLimits;
  readonly #onRow: RowHandler | undefined;
  readonly #document: OpenContainer & { version: string | undefined; resources: VotableResource[] } = {
    version: undefined,
    infos: [],
    params: [],
    resources: [],
  };
  readonly #resources: OpenResource[] = [];
  readonly #groups: string[] = [];
  readonly #nulls = new Map<string, string>();
  readonly #knownFields = new Map<string, readonly VotableField[]>();
  #table: OpenTable | undefined;
  #field: OpenField | undefined;
  #info: Mutable<VotableInfo> | undefined;
  #readers: readonly CellTextReader[] = [];
  #row: VotableValue[] | undefined;
  #cellIsBase64 = false;
  #binary: BinaryRows | undefined;
  #binaryKind: "BINARY" | "BINARY2" | undefined;
  #rowCount = 0;
  #fieldCount = 0;

  /** Rows go to `onRow` when it is given, otherwise into the tables. */
  constructor(limits: VotableLimits, onRow: RowHandler | undefined) {
    this.#limits = limits;
    this.#onRow = onRow;
  }

  /** The document so far. */
  get document(): VotableDocument {
    return this.#document;
  }

  /** The stream into which text goes instead of being collected. */
  get stream(): BinaryRows | undefined {
    return this.#binary;
  }

  /** An element begins. */
  open(name: string, attributes: Attributes): void {
    switch (name) {
      case "TR":
        this.#row = [];
        return;
      case "TD":
        this.#cellIsBase64 = attributes.encoding === "base64";
        return;
      case "VOTABLE":
        this.#document.version = attributes.version;
        return;
      case "RESOURCE":
        this.#resources.push(newResource(attributes));
        return;
      case "TABLE":
        this.#table = newTable(attributes, this.#knownFields.get(attributes.ref ?? ""));
        return;
      case "GROUP":
        this.#groups.push(attributes.name ?? "");
        return;
      case "FIELD":
      case "PARAM":
        this.#openField(name, attributes);
        return;
      case "VALUES":
        this.#openValues(attributes);
        return;
      case "INFO":
        this.#count("infos");
        this.#info = {
          name: attributes.name ?? attributes.ID ?? "",
          value: attributes.value ?? "",
          text: "",
        };
        return;
      default:
        this.#openData(name, attributes);
    }
  }

  /** An element ends; `text` is what stood in it. */
  close(name: string, text: string): void {
    switch (name) {
      case "TD":
        this.#closeCell(text);
        return;
      case "TR":
        this.#closeRow();
        return;
      case "FIELD":
      case "PARAM":
        this.#closeField(name);
        return;
      case "DESCRIPTION":
        this.#describe(text.trim());
        return;
      case "INFO":
        if (this.#info !== undefined) this.#container().infos.push({ ...this.#info, text: text.trim() });
        this.#info = undefined;
        return;
      case "STREAM":
        this.#binary?.close();
        this.#binary = undefined;
        return;
      case "GROUP":
        this.#groups.pop();
        return;
      case "TABLE":
        this.#closeTable();
        return;
      case "RESOURCE":
        this.#closeResource();
    }
  }

  #openData(name: string, attributes: Attributes): void {
    switch (name) {
      case "TABLEDATA":
        this.#readers = this.#fields().map(cellTextReader);
        return;
      case "BINARY":
      case "BINARY2":
        this.#binaryKind = name;
        return;
      case "STREAM":
        this.#openStream(attributes);
        return;
      case "FITS":
      case "PARQUET":
        throw votableError(
          "unsupported",
          `The table's data are a ${name} file, expected TABLEDATA, BINARY or BINARY2`,
        );
    }
  }

  #openStream(attributes: Attributes): void {
    if (attributes.encoding !== "base64") {
      const where = attributes.href === undefined ? "" : ` at ${attributes.href.replace(/[?#].*$/, "")}`;
      throw votableError(
        "unsupported",
        `The table's data are a stream${where} with the encoding "${
          attributes.encoding ?? "none"
        }", expected base64`,
      );
    }
    this.#binary = new BinaryRows(
      this.#fields(),
      this.#binaryKind === "BINARY2",
      this.#limits.maxCellBytes,
      (row) => this.#emit(row),
    );
  }

  #openField(element: "FIELD" | "PARAM", attributes: Attributes): void {
    this.#count("columns");
    const name = attributes.name ?? attributes.ID ?? "";
    const datatype = parseDatatype(attributes.datatype, name);
    // Services that say "string" mean a whole string whatever size they state.
    const wholeString = /string$/i.test(attributes.datatype ?? "") && attributes.arraysize === undefined;
    const field: Mutable<VotableField> = {
      name,
      id: attributes.ID,
      datatype,
      shape: parseArraysize(wholeString ? "*" : attributes.arraysize),
      unit: attributes.unit,
      ucd: attributes.ucd,
      utype: attributes.utype,
      xtype: attributes.xtype,
      nullText: undefined,
      description: undefined,
    };
    const prefix = element === "PARAM" && this.#table === undefined
      ? this.#groups.map((group) => `${group}.`).join("")
      : "";
    this.#field = { field, valueText: element === "PARAM" ? attributes.value ?? "" : undefined, prefix };
  }

  #openValues(attributes: Attributes): void {
    if (this.#field === undefined) return;
    const nullText = attributes.null ??
      (attributes.ref === undefined ? undefined : this.#nulls.get(attributes.ref));
    if (nullText === undefined) return;
    this.#field.field.nullText = nullText;
    if (attributes.ID !== undefined) this.#nulls.set(attributes.ID, nullText);
  }

  #closeField(element: "FIELD" | "PARAM"): void {
    const open = this.#field;
    this.#field = undefined;
    if (open === undefined) return;
    if (element === "FIELD") {
      this.#table?.fields.push(open.field);
      return;
    }
    const value = paramValue(open.field, open.valueText!);
    this.#container().params.push({ ...open.field, name: `${open.prefix}${open.field.name}`, value });
  }

  #closeCell(text: string): void {
    const row = this.#row;
    if (row === undefined) return;
    const reader = this.#readers[row.length];
    if (reader === undefined) {
      throw votableError(
        "bad-cell",
        `Row ${this.#rowCount + 1} has more cells than the ${this.#readers.length} columns`,
      );
    }
    if (!this.#cellIsBase64) {
      row.push(reader(text));
      return;
    }
    const field = this.#fields()[row.length]!;
    row.push(binaryCell(field, decodeBase64(text.trim()), this.#limits.maxCellBytes));
  }

  #closeRow(): void {
    const row = this.#row;
    this.#row = undefined;
    if (row === undefined) return;
    // Missing cells at the end of a row have no value.
    while (row.length < this.#readers.length) row.push(null);
    this.#emit(row);
  }

  #emit(row: VotableValue[]): void {
    if (++this.#rowCount > this.#limits.maxRows) {
      throw votableError("too-large", `The document has more than ${this.#limits.maxRows} rows`);
    }
    if (this.#onRow === undefined) this.#table?.rows.push(row);
    else if (this.#table !== undefined) this.#onRow(row, this.#table);
  }

  #closeTable(): void {
    const table = this.#table;
    this.#table = undefined;
    if (table === undefined) return;
    if (table.id !== undefined) this.#knownFields.set(table.id, table.fields);
    this.#resources.at(-1)?.tables.push(table);
  }

  #closeResource(): void {
    const resource = this.#resources.pop();
    if (resource === undefined) return;
    (this.#resources.at(-1) ?? this.#document).resources.push(resource);
  }

  #describe(text: string): void {
    if (this.#field !== undefined) this.#field.field.description ??= text;
    else if (this.#table !== undefined && this.#groups.length === 0) this.#table.description ??= text;
  }

  #container(): OpenContainer {
    return this.#table ?? this.#resources.at(-1) ?? this.#document;
  }

  #fields(): readonly VotableField[] {
    if (this.#table === undefined) {
      throw votableError("not-votable", "The document has data outside of a table");
    }
    return this.#table.fields;
  }

  #count(what: string): void {
    if (++this.#fieldCount > this.#limits.maxFields) {
      throw votableError(
        "too-large",
        `The document has more than ${this.#limits.maxFields} columns and ${what}`,
      );
    }
  }
}

function newResource(attributes: Attributes): OpenResource {
  return {
    type: attributes.type,
    id: attributes.ID,
    name: attributes.name,
    utype: attributes.utype,
    infos: [],
    params: [],
    tables: [],
    resources: [],
  };
}

/** A table may take over the columns of another one by its identifier. */
function newTable(attributes: Attributes, sharedFields: readonly VotableField[] = []): OpenTable {
  return {
    id: attributes.ID,
    name: attributes.name,
    description: undefined,
    fields: [...sharedFields],
    params: [],
    infos: [],
    rows: [],
  };
}

/** Parameters are decoration: one whose value does not fit its type is kept as the text it is. */
function paramValue(field: VotableField, text: string): VotableValue {
  try {
    return cellTextReader(field)(text);
  } catch {
    return text;
  }
}

/** One cell from its own bytes. Throws `votable/truncated` when they are too few. */
function binaryCell(field: VotableField, bytes: Uint8Array<ArrayBuffer>, maxCellBytes: number): VotableValue {
  try {
    return cellBinaryReader(field, maxCellBytes)(new BinaryCursor(bytes));
  } catch (error) {
    if (error !== NEED_MORE_BYTES) throw error;
    const { length } = bytes;
    throw votableError("truncated", `A cell of column "${field.name}" ends after ${length} bytes`, {
      length,
    });
  }
}
