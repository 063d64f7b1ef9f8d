import { TaggedError } from "../core/errors.ts";
import { votableError } from "./votable_error.ts";
import type { VotableDocument, VotableInfo, VotableResource, VotableTable } from "./votable_model.ts";

/** What a service says of the query that it answers (DALI 1.1, section 4.4). */
export interface QueryStatus {
  /** `OVERFLOW` when rows were left out because of a limit. */
  readonly status: "OK" | "ERROR" | "OVERFLOW";
  /** The service's words. */
  readonly message: string;
}

/** Reads what a service says of its query; a document that says nothing is OK. */
export function queryStatus(document: VotableDocument): QueryStatus {
  let overflow: QueryStatus | undefined;
  for (const info of allInfos(document)) {
    const name = info.name.toUpperCase();
    const value = info.value.trim().toUpperCase();
    if (name === "QUERY_STATUS" && value === "ERROR") {
      return { status: "ERROR", message: info.text || info.value };
    }
    // Before DALI, services put their errors into an INFO of that name.
    if (name === "ERROR" && document.resources.every((resource) => resource.tables.length === 0)) {
      return { status: "ERROR", message: unquoted(info.text || info.value) };
    }
    if (name === "QUERY_STATUS" && value === "OVERFLOW") {
      overflow = { status: "OVERFLOW", message: info.text };
    }
  }
  return overflow ?? { status: "OK", message: "" };
}

/** The query's table; throws `votable/query-error` when the service reports one, `votable/not-votable` without a table. */
export function resultTable(document: VotableDocument): VotableTable {
  const status = queryStatus(document);
  if (status.status === "ERROR") {
    throw new TaggedError("votable/query-error", `The service refused the query: ${status.message}`, {
      context: { message: status.message },
    });
  }
  const resources = [...allResources(document.resources)];
  const results = resources.find((resource) => resource.type === "results" && resource.tables.length > 0) ??
    resources.find((resource) => resource.tables.length > 0);
  if (results === undefined) throw votableError("not-votable", "The document has no table");
  return results.tables[0]!;
}

function* allResources(resources: readonly VotableResource[]): Generator<VotableResource> {
  for (const resource of resources) {
    yield resource;
    yield* allResources(resource.resources);
  }
}

function* allInfos(document: VotableDocument): Generator<VotableInfo> {
  yield* document.infos;
  for (const resource of allResources(document.resources)) {
    yield* resource.infos;
    for (const table of resource.tables) yield* table.infos;
  }
}

/** A text without the quotation marks around it. Not by a pattern: a long row of blanks would keep that busy. */
function unquoted(text: string): string {
  const start = text.startsWith('"') ? text.slice(1).trimStart() : text;
  return start.endsWith('"') ? start.slice(0, -1).trimEnd() : start;
}
