import { pathToFileURL } from "node:url";
import { backup, DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { type ErrorCode, TaggedError } from "../core/errors.ts";
import { partOfSource } from "../core/shard.ts";
import { type Migration, MIGRATIONS } from "./migrations.ts";

/** A value that a column can hold. */
export type SqlValue = SQLInputValue;

/** A row as SQLite gives it: column name to value. */
export type SqlRow = Record<string, string | number | bigint | null | Uint8Array>;

/** How many rows may wait in an open write batch. */
const BATCH_ROWS = 500;

/** How long rows may wait in an open write batch, milliseconds. */
const BATCH_MS = 2000;

/** Identities are hashes, so that indexes are written all over the file: SQLite's own 2 MB would write pages twice. */
const CACHE_KIB = 32_768;

/** How long processes that open the same new file wait for one another, milliseconds. */
const OPENING_MS = 10_000;

/** How a database is opened. */
export interface DatabaseOptions {
  /** Nothing is made, migrated or written, and folders and files that cannot be written will do. */
  readonly readOnly?: boolean;
  /** How long rows may wait for their commit, milliseconds; 2000 when left out. */
  readonly commitAfterMs?: number;
  /** The steps of its schema; the project's own when left out. */
  readonly migrations?: readonly Migration[];
}

/** The code that fits SQLite's own words for what went wrong. */
function errorCodeOf(message: string): { code: ErrorCode; hint: string } {
  if (/malformed|not a database|corrupt/i.test(message)) {
    return {
      code: "store/corrupt",
      hint: "Restore the database file from a backup, or start a new project and run it again",
    };
  }
  if (/locked|busy/i.test(message)) {
    return {
      code: "store/busy",
      hint: "Another program has the database open: wait for it to finish, then run again",
    };
  }
  if (/disk is full|disk I\/O/i.test(message)) {
    return { code: "storage/full", hint: "Free some disk space, then run the same command again" };
  }
  if (/readonly|read-only|unable to open/i.test(message)) {
    return { code: "storage/permission", hint: "Check that the project folder exists and can be written" };
  }
  return {
    code: "store/statement",
    hint: "Run `spxcutdb validate` on the project; if it passes, report this as a bug",
  };
}

/** Does something with the database at a path. Throws store/… or storage/… errors in the place of SQLite's own. */
function guarded<T>(action: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TaggedError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const { code, hint } = errorCodeOf(message);
    throw new TaggedError(code, `Cannot ${action}: ${message}`, { context: { path }, hint, cause: error });
  }
}

/** Opens a database that may not be written; where even the log's index cannot be made, as a file that does not change. */
function openReadOnly(path: string): DatabaseSync {
  const connection = new DatabaseSync(path, { readOnly: true, timeout: 60_000 });
  try {
    connection.exec("SELECT count(*) FROM sqlite_schema");
    return connection;
  } catch (error) {
    connection.close();
    // A log that was left behind holds rows that the file alone lacks: they must not be passed over.
    if (!isUnreadableLog(error) || hasRows(`${path}-wal`)) throw error;
  }
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  return new DatabaseSync(url, { readOnly: true });
}

/**
 * Writes a copy of the database at `from`, whole whoever writes to it meanwhile, to the new file `to`; the original is
 * only read. Throws store/… or storage/… errors.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  try {
    using connection = openToCopy(from);
    await backup(connection, to);
  } catch (error) {
    guarded("copy the database", from, () => {
      throw error;
    });
  }
}

/** Opens a database that is only read, in a way that leaves no file of the log behind where that is allowed. */
function openToCopy(path: string): DatabaseSync {
  try {
    const connection = new DatabaseSync(path, { timeout: 60_000 });
    try {
      connection.exec("SELECT count(*) FROM sqlite_schema");
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  } catch (error) {
    if (isUnreadableLog(error)) return openReadOnly(path);
    throw error;
  }
}

/** Whether SQLite could not open the files beside the database; a file that is no database is another matter. */
function isUnreadableLog(error: unknown): boolean {
  return /unable to open|readonly|read-only/i.test(error instanceof Error ? error.message : "");
}

function hasRows(path: string): boolean {
  try {
    return Deno.statSync(path).size > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * The project's SQLite database: write-ahead log, foreign keys, strict tables, migrated on opening.
 *
 * Only the main thread writes. Writes between {@linkcode Database.flush} calls share one transaction that
 * ends by itself after 500 rows or 2 seconds, so that a crash loses little and a row costs little. What is committed is
 * on the disk, even when the power fails.
 */
export class Database implements Disposable {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #path: string;
  readonly #migrations: readonly Migration[];
  readonly #commitAfterMs: number;
  #rowsInBatch = 0;
  #isAtomic = false;
  #batchTimer: ReturnType<typeof setTimeout> | undefined;
  #lateError: unknown;

  /** Opens or makes the database at `path` (`:memory:` for tests). Throws store/… or storage/… errors. */
  constructor(path: string, options: DatabaseOptions = {}) {
    this.#path = path;
    this.#commitAfterMs = options.commitAfterMs ?? BATCH_MS;
    this.#migrations = options.migrations ?? MIGRATIONS;
    if (options.readOnly === true) {
      this.#connection = this.#guard("open the database", () => openReadOnly(path));
      try {
        this.#defineFunctions();
        this.#requireNewestSchema();
      } catch (error) {
        this.#connection.close();
        throw error;
      }
      return;
    }
    this.#connection = this.#guard("open the database", () => new DatabaseSync(path));
    try {
      this.#guard("prepare the database", () => {
        this.#connection.exec("PRAGMA busy_timeout = 60000");
        this.#useWriteAheadLog();
        this.#connection.exec(
          `PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -${CACHE_KIB}`,
        );
      });
      this.#defineFunctions();
      this.#migrate();
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  /** Runs a statement that changes rows, inside the current write batch. Returns the number of changed rows. */
  write(sql: string, ...values: SqlValue[]): number {
    return this.#guard("write to the database", () => {
      this.#countRow();
      const { changes } = this.#statement(sql).run(...values);
      if (this.#rowsInBatch >= BATCH_ROWS) this.flush();
      return Number(changes);
    });
  }

  /** Does writes that belong together: no commit falls between them, and none of them stays when `work` throws. */
  atomic<T>(work: () => T): T {
    if (this.#isAtomic) return work();
    this.#guard("write to the database", () => {
      this.#countRow();
      this.#connection.exec("SAVEPOINT unit");
    });
    this.#isAtomic = true;
    try {
      const result = work();
      this.#guard("write to the database", () => this.#connection.exec("RELEASE unit"));
      return result;
    } catch (error) {
      if (this.#connection.isTransaction) this.#connection.exec("ROLLBACK TO unit; RELEASE unit");
      throw error;
    } finally {
      this.#isAtomic = false;
      if (!this.#connection.isTransaction) {
        this.#rowsInBatch = 0;
        clearTimeout(this.#batchTimer);
      }
    }
  }

  /** Commits what has been written since the last commit. */
  flush(): void {
    if (this.#rowsInBatch === 0 || this.#isAtomic) return;
    this.#rowsInBatch = 0;
    clearTimeout(this.#batchTimer);
    // After some errors, such as a full disk, SQLite has ended the transaction by itself.
    if (this.#connection.isTransaction) {
      this.#guard("commit to the database", () => this.#connection.exec("COMMIT"));
    }
  }

  /** All rows of a query. Use {@linkcode Database.iterate} where there can be many. */
  all<Row extends object = SqlRow>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#guard("read the database", () => this.#statement(sql).all(...values) as unknown as Row[]);
  }

  /** The first row of a query, or undefined. */
  first<Row extends object = SqlRow>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#guard(
      "read the database",
      () => this.#statement(sql).get(...values) as unknown as Row | undefined,
    );
  }

  /** The rows of a query one by one, in constant memory. */
  iterate<Row extends object = SqlRow>(sql: string, ...values: SqlValue[]): IterableIterator<Row> {
    // A statement of its own: a shared one would be reset when the same query is asked inside the loop.
    return this.#guard(
      "read the database",
      () => this.#connection.prepare(sql).iterate(...values) as unknown as IterableIterator<Row>,
    );
  }

  /** Makes all reading until the disposal see one state of the database, whatever others write meanwhile. */
  snapshot(): Disposable {
    this.flush();
    this.#guard("read the database", () => this.#connection.exec("BEGIN"));
    return {
      [Symbol.dispose]: () => {
        if (this.#connection.isOpen && this.#connection.isTransaction) this.#connection.exec("COMMIT");
      },
    };
  }

  /** Writes all of the database, as it is now, into a new file. */
  copyTo(path: string): void {
    this.flush();
    this.#guard("copy the database", () => this.#connection.prepare("VACUUM INTO ?").run(path));
  }

  /** Makes the tables of another database file readable as `name.table` until the disposal. */
  attach(path: string, name: string): Disposable {
    this.flush();
    this.#guard("open a second database", () => this.#connection.prepare(`ATTACH ? AS ${name}`).run(path));
    return {
      [Symbol.dispose]: () => {
        this.flush();
        this.#statements.clear();
        this.#guard("close a second database", () => this.#connection.exec(`DETACH ${name}`));
      },
    };
  }

  /** Checks every page and reference of the file; returns the problems found, none for a sound file. */
  integrityProblems(): string[] {
    this.flush();
    const pages = this.all<{ integrity_check: string }>("PRAGMA integrity_check(20)").map((row) =>
      row.integrity_check
    );
    const references = this.all<{ table: string; rowid: number }>("PRAGMA foreign_key_check")
      .map((row) => `Row ${row.rowid} of table ${row.table} refers to a row that is absent`);
    return [...pages.filter((text) => text !== "ok"), ...references];
  }

  /** Commits and closes the file. */
  close(): void {
    if (!this.#connection.isOpen) return;
    try {
      this.flush();
      if (this.#lateError !== undefined) throw this.#lateError;
    } finally {
      clearTimeout(this.#batchTimer);
      this.#statements.clear();
      this.#connection.close();
    }
  }

  /** Commits and closes the file at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Changes to the write-ahead log; SQLite does not wait by itself while another process does so with the same new file. */
  #useWriteAheadLog(): void {
    const end = performance.now() + OPENING_MS;
    for (;;) {
      try {
        this.#connection.exec("PRAGMA journal_mode = WAL");
        return;
      } catch (error) {
        if (!/locked|busy/i.test(String(error)) || performance.now() > end) throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }

  /** What statements can use besides SQLite's own functions: `part_of_source(source_id, parts)`. */
  #defineFunctions(): void {
    this.#connection.function(
      "part_of_source",
      { deterministic: true },
      (sourceId, parts) => partOfSource(String(sourceId), Number(parts)),
    );
  }

  #countRow(): void {
    if (this.#lateError !== undefined) throw this.#lateError;
    if (this.#rowsInBatch === 0) {
      this.#connection.exec("BEGIN IMMEDIATE");
      this.#batchTimer = setTimeout(() => this.#flushLate(), this.#commitAfterMs);
    }
    this.#rowsInBatch++;
  }

  /** Commits rows that have waited long enough; a failure is told to whoever writes next. */
  #flushLate(): void {
    try {
      this.flush();
    } catch (error) {
      this.#lateError = error;
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #migrate(): void {
    this.#guard("migrate the database", () => {
      this.#connection.exec(
        "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, description TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT",
      );
    });
    const applied = this.#schemaVersion();
    for (const migration of this.#migrations.filter((step) => step.version > applied)) {
      this.#guard(`migrate the database to version ${migration.version}`, () => {
        this.#connection.exec("BEGIN IMMEDIATE");
        // Another process may have opened the same new file, and done it in between.
        if (this.#schemaVersion() < migration.version) {
          this.#connection.exec(migration.sql);
          this.#connection.prepare("INSERT INTO schema_migrations VALUES (?, ?, ?)")
            .run(migration.version, migration.description, new Date().toISOString());
        }
        this.#connection.exec("COMMIT");
      });
    }
  }

  /** Throws store/too-old for a database that would have to be migrated before it can be read. */
  #requireNewestSchema(): void {
    const applied = this.#schemaVersion();
    const newest = this.#migrations.at(-1)!.version;
    if (applied === newest) return;
    throw new TaggedError(
      "store/too-old",
      `Cannot read the database: its schema is version ${applied}, this program needs ${newest}`,
      {
        context: { path: this.#path, found: applied, needed: newest },
        hint:
          "Run `spxcutdb run` on the project as someone who may write to it: that brings its database up to date",
      },
    );
  }

  /** The version of the schema that the file has. Throws store/too-new for one that this program does not know. */
  #schemaVersion(): number {
    const applied =
      this.first<{ version: number | null }>("SELECT max(version) AS version FROM schema_migrations")
        ?.version ?? 0;
    const newest = this.#migrations.at(-1)!.version;
    if (applied > newest) {
      throw new TaggedError(
        "store/too-new",
        `Cannot use the database: its schema is version ${applied}, this program knows up to ${newest}`,
        {
          context: { path: this.#path, found: applied, supported: newest },
          hint: "Update spxcutdb to the version that last ran this project",
        },
      );
    }
    return applied;
  }

  #guard<T>(action: string, work: () => T): T {
    return guarded(action, this.#path, work);
  }
}
