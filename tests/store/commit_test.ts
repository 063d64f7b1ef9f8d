import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { Database } from "../../lib/store/database.ts";
import { SourceTable } from "../../lib/store/sources.ts";
import { TemporaryFolder } from "../files/temporary_folder.ts";
import { NOW, source } from "./store_fixture.ts";

/** Waits until something holds; the test runner's patience is the limit. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("Database commits rows that nobody commits once they have waited long enough", async () => {
  using folder = new TemporaryFolder();
  using writer = new Database(folder.at("db.sqlite"), { commitAfterMs: 5 });
  new SourceTable(writer).ingest([source("A")], { id: "c", path: "c.csv", rowCount: 1 }, NOW);
  using reader = new Database(folder.at("db.sqlite"), { readOnly: true });
  for (const name of ["first", "second"]) {
    writer.write("UPDATE sources SET source_name = ?", name);
    assert.notEqual(new SourceTable(reader).find("A")!.sourceName, name);
    await until(() => new SourceTable(reader).find("A")!.sourceName === name);
  }
});

Deno.test("Database tells whoever writes next when such a commit has failed", async () => {
  using folder = new TemporaryFolder();
  const database = new Database(folder.at("db.sqlite"), { commitAfterMs: 5 });
  database.write("PRAGMA defer_foreign_keys = ON");
  database.write("INSERT INTO matches VALUES ('nobody', 'nothing', 1, 1, ?, ?, 1)", NOW, NOW);
  const write = () => {
    try {
      database.write("UPDATE sources SET source_name = 'x'");
      return undefined;
    } catch (error) {
      return error;
    }
  };
  let error: unknown;
  await until(() => (error = write()) !== undefined);
  assert(isTaggedError(error, "store/statement"), String(error));
  assert.match(error.message, /^Cannot commit to the database: /);
  assert.throws(() => database.close(), (again) => again === error);
});
