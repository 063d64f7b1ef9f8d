import type { JsonValue } from "../core/errors.ts";
import { queryStatus, resultTable } from "../votable/query_status.ts";
import type { VotableValue } from "../votable/votable_model.ts";
import { parseVotable } from "../votable/votable_parser.ts";
import type { ObsCoreRow } from "./product_row.ts";

/** The rows of a service's answer. */
export interface AnsweredRecords {
  /** Values by lower-case column name; empty cells are left out. */
  readonly records: ObsCoreRow[];
  /** Whether the service had more rows than it gave. */
  readonly overflow: boolean;
}

/** Reads the rows of a VOTable answer; throws `votable/...`, also for an error that the service reports in it. */
export function votableRecords(body: Uint8Array): AnsweredRecords {
  const document = parseVotable(body);
  const table = resultTable(document);
  const names = table.fields.map((field) => field.name.toLowerCase());
  const records = table.rows.map((row) => {
    const record: Record<string, JsonValue> = {};
    for (const [column, name] of names.entries()) {
      const value = jsonOf(row[column]!);
      if (value !== null && value !== "") record[name] = value;
    }
    return record;
  });
  return { records, overflow: queryStatus(document).status === "OVERFLOW" };
}

function jsonOf(value: VotableValue): JsonValue {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map((element) => jsonOf(element as VotableValue));
  return value as string | boolean | null;
}
