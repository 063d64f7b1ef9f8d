import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { queryStatus, resultTable } from "../../lib/votable/query_status.ts";
import { columnIndex, columnValues } from "../../lib/votable/table_columns.ts";
import { parseVotable } from "../../lib/votable/votable_parser.ts";

function fixture(name: string) {
  return parseVotable(Deno.readFileSync(new URL(`../fixtures/votable/${name}`, import.meta.url)));
}

Deno.test("queryStatus() reads errors and overflow of real services", () => {
  assert.deepEqual(queryStatus(fixture("pyvo_errorstatus.xml")), { status: "ERROR", message: "ERROR" });
  assert.deepEqual(queryStatus(fixture("irsa-nph-error.xml")), {
    status: "ERROR",
    message: "Either wrong or missing coordinate/object name.",
  });
  assert.equal(queryStatus(fixture("vizier_b2_votable.xml")).status, "OVERFLOW");
  assert.equal(queryStatus(fixture("pyvo_sia2_dataset.xml")).status, "OK");
  assert.equal(queryStatus(fixture("empty_table.xml")).status, "OK");
});

Deno.test("resultTable() refuses what the service refused and what has no table", () => {
  assert.throws(
    () => resultTable(fixture("pyvo_errorstatus.xml")),
    (error) => isTaggedError(error, "votable/query-error"),
  );
  assert.throws(
    () => resultTable(fixture("no_resource.xml")),
    (error) => isTaggedError(error, "votable/not-votable"),
  );
  assert.equal(resultTable(fixture("empty_table.xml")).rows.length, 0);
});

Deno.test("columnValues() finds columns by name before identifier, in any case", () => {
  const table = resultTable(parseVotable(
    `<VOTABLE><RESOURCE><TABLE><FIELD ID="col_1" name="access_url" datatype="char" arraysize="*"/>
     <FIELD ID="access_url" name="S_RA" datatype="double"/><DATA><TABLEDATA>
     <TR><TD>u</TD><TD>1</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>`,
  ));
  assert.deepEqual(columnValues(table, "access_url"), ["u"]);
  assert.deepEqual(columnValues(table, "s_ra"), [1]);
  assert.equal(columnIndex(table, "col_1"), 0);
  assert.throws(
    () => columnValues(table, "em_min"),
    (error) => isTaggedError(error, "votable/missing-column"),
  );
});
