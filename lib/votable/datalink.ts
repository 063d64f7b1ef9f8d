import { resultTable } from "./query_status.ts";
import { columnIndex } from "./table_columns.ts";
import { votableError } from "./votable_error.ts";
import type { VotableDocument, VotableResource, VotableTable, VotableValue } from "./votable_model.ts";

/** One link of a dataset (DataLink 1.1, section 3.2). */
export interface Datalink {
  /** Identifier of the dataset. */
  readonly id: string;
  /** Where the link leads, unless it names a service or an error. */
  readonly accessUrl: string | undefined;
  /** The service that makes the product, by the identifier of its descriptor. */
  readonly serviceDef: string | undefined;
  /** Why there is no link. */
  readonly errorMessage: string | undefined;
  /** What it is, in words. */
  readonly description: string | undefined;
  /** What it is to the dataset, such as `#this` or `#cutout`. */
  readonly semantics: string;
  /** Media type. */
  readonly contentType: string | undefined;
  /** Length in bytes. */
  readonly contentLength: number | undefined;
}

/** One input of a service. */
export interface ServiceInput {
  /** Name of the query parameter. */
  readonly name: string;
  /** Value that it must or may have. */
  readonly value: VotableValue;
  /** Unit. */
  readonly unit: string | undefined;
}

/** A service that a DataLink document describes (section 4). */
export interface ServiceDescriptor {
  /** Identifier that `serviceDef` names. */
  readonly id: string | undefined;
  /** Where to ask. */
  readonly accessUrl: string | undefined;
  /** Identifier of the standard it follows. */
  readonly standardId: string | undefined;
  /** What it takes. */
  readonly inputs: readonly ServiceInput[];
}

/** Reads the links of a DataLink document; throws `votable/query-error` and `votable/missing-column`. */
export function readDatalinks(document: VotableDocument): Datalink[] {
  const table = resultTable(document);
  const column = requiredColumns(table);
  return table.rows.map((row) => {
    const text = (name: keyof typeof column) => textOf(row[column[name]]);
    const length = row[column.content_length];
    return {
      id: text("id") ?? "",
      accessUrl: text("access_url"),
      serviceDef: text("service_def"),
      errorMessage: text("error_message"),
      description: text("description"),
      semantics: text("semantics") ?? "",
      contentType: text("content_type"),
      contentLength: typeof length === "number" || typeof length === "bigint" ? Number(length) : undefined,
    };
  });
}

/** Reads the service descriptors of a document. */
export function readServiceDescriptors(document: VotableDocument): ServiceDescriptor[] {
  return document.resources.filter((resource) => resource.utype?.toLowerCase() === "adhoc:service").map(
    descriptorOf,
  );
}

function descriptorOf(resource: VotableResource): ServiceDescriptor {
  const param = (name: string) => textOf(resource.params.find((one) => one.name === name)?.value);
  const inputs = resource.params.filter((one) => one.name.startsWith("inputParams."))
    .map((one) => ({ name: one.name.slice("inputParams.".length), value: one.value, unit: one.unit }));
  return { id: resource.id, accessUrl: param("accessURL"), standardId: param("standardID"), inputs };
}

function requiredColumns(table: VotableTable): Record<
  | "id"
  | "access_url"
  | "service_def"
  | "error_message"
  | "description"
  | "semantics"
  | "content_type"
  | "content_length",
  number
> {
  const index = (name: string) => {
    const found = columnIndex(table, name);
    if (found < 0) {
      throw votableError("missing-column", `The DataLink table has no column "${name}"`, { column: name });
    }
    return found;
  };
  return {
    id: index("ID"),
    access_url: index("access_url"),
    service_def: index("service_def"),
    error_message: index("error_message"),
    semantics: index("semantics"),
    // Added or made optional over the versions of the standard.
    description: columnIndex(table, "description"),
    content_type: columnIndex(table, "content_type"),
    content_length: columnIndex(table, "content_length"),
  };
}

function textOf(value: VotableValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
