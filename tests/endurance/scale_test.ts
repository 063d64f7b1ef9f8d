import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { summary } from "../../lib/workflow/summary.ts";
import { benchTests } from "../workflow/project_fixture.ts";
import { planScaleProject, ScaleProject } from "./scale_project.ts";

/** Tables with a row for each item, which no statement may read from end to end. */
const LARGE = ["matches", "products", "cutouts", "measurements", "work_items", "cleanup_ledger", "failures"];

/** Statements about the whole project, asked once a command: they may go through an index, never through rows. */
const WHOLE_PROJECT = /\bcount\(|\bGROUP BY\b|\bDISTINCT\b|state = 'valid'|deleted_at IS NULL|FROM sources\b/;

/** Runs `work` and returns the statements that it prepared. */
async function statementsOf(work: () => Promise<void>): Promise<Set<string>> {
  const statements = new Set<string>();
  const prepare = DatabaseSync.prototype.prepare;
  DatabaseSync.prototype.prepare = function (sql, ...rest) {
    statements.add(sql);
    return prepare.call(this, sql, ...rest);
  };
  try {
    await work();
  } finally {
    DatabaseSync.prototype.prepare = prepare;
  }
  return statements;
}

/** The steps of a statement's plan that go through a whole large table or a whole index of one. */
function scans(database: DatabaseSync, sql: string): string[] {
  return database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map((row) => String(row["detail"]))
    .filter((detail) => LARGE.some((table) => new RegExp(`^SCAN ${table}\\b`).test(detail)));
}

benchTests("A project of many measurements", {
  "is written, planned and summed up without reading a table from end to end": async (bench) => {
    const project = await ScaleProject.make(bench, 4, 5);
    const statements = await statementsOf(async () => {
      for await (const { items } of project.fill(4)) assert.equal(items, 20);
      assert.equal(await planScaleProject(project.root), 20);
      const { totals, sources } = await summary({ project: project.root });
      assert.equal(totals.measurements, 20);
      assert(sources.every(({ outputs }) => outputs === "current"), JSON.stringify(sources));
    });
    assert(statements.size > 30, `${statements.size} statements`);
    const database = new DatabaseSync(`${project.root}/db/cutoutdb.sqlite`);
    try {
      const bad: string[] = [];
      for (const sql of statements) {
        if (!/^\s*(SELECT|UPDATE|DELETE|WITH)\b/.test(sql)) continue;
        const found = scans(database, sql);
        const isAllowed = (detail: string) => WHOLE_PROJECT.test(sql) && detail.includes("COVERING INDEX");
        bad.push(...found.filter((detail) => !isAllowed(detail)).map((detail) => `${detail}: ${sql}`));
      }
      assert.deepEqual(bad, []);
    } finally {
      database.close();
    }
  },

  "tells by its records, too, when measurements have changed since their outputs were written": async (
    bench,
  ) => {
    const project = await ScaleProject.make(bench, 201, 1);
    for await (const _ of project.fill(5, 5)) { /* more sources than are hashed, few of them measured */ }
    const outputs = async () => {
      const { sources } = await summary({ project: project.root });
      return new Map(sources.map((source) => [source.sourceName, source]));
    };
    assert.deepEqual(
      Map.groupBy((await outputs()).values(), (source) => source.outputs).get("current")?.length,
      5,
    );
    const database = new DatabaseSync(`${project.root}/db/cutoutdb.sqlite`);
    database.exec("UPDATE measurements SET row_hash = 'another' WHERE source_id = 'S1'");
    database.exec("UPDATE matches SET active = 0 WHERE source_id = 'S2'");
    database.exec("UPDATE outputs SET config_hash = 'another' WHERE source_id = 'S3'");
    database.close();
    Deno.removeSync(`${project.root}/results/spectra/S4.csv`);
    const now = await outputs();
    const told = ["S0", "S1", "S2", "S3", "S4"].map((name) => {
      const { outputs, outputsReason } = now.get(name)!;
      return `${outputs}: ${(outputsReason ?? "none").replace(/ [0-9a-f]{64}$/, " HASH")}`;
    });
    assert.deepEqual(told, [
      "current: none",
      "stale: Measurements have changed since",
      "stale: Measurements have changed since",
      "stale: The configuration hash is another, expected HASH",
      "missing: There is no file results/spectra/S4.csv",
    ]);
  },
});
