/**
 * Loaded before the program: counts what it does to the disk and to its database, and kills the process with SIGKILL at
 * the operation whose number stands in `DIE_AT_OPERATION`. A write that is cut off has written half of its bytes. With
 * `COUNT_OPERATIONS_IN` the number of operations of a whole run is written to that file.
 */
import { DatabaseSync, StatementSync } from "node:sqlite";

const dieAt = Number(Deno.env.get("DIE_AT_OPERATION") ?? 0);
const countPath = Deno.env.get("COUNT_OPERATIONS_IN");
const writeTextFileSync = Deno.writeTextFileSync;
let operations = 0;

/** Counts a moment at which the process can die; `last` is what it still does of the operation that is cut off. */
function moment(last: () => void = () => {}): void {
  if (++operations !== dieAt) return;
  last();
  Deno.kill(Deno.pid, "SIGKILL");
  // Nothing may happen between the signal and its effect.
  for (;;) { /* wait for the end */ }
}

type Methods = Record<string, (...values: unknown[]) => unknown>;

/** Puts a moment before and one after an operation. */
function count(owner: object, names: readonly string[]): void {
  const methods = owner as Methods;
  for (const name of names) {
    const original = methods[name]!;
    methods[name] = function (this: unknown, ...values: unknown[]): unknown {
      moment();
      const result = original.apply(this, values);
      if (!(result instanceof Promise)) {
        moment();
        return result;
      }
      return result.then((value) => {
        moment();
        return value;
      });
    };
  }
}

/** Puts a moment before a write and one in its middle. */
function countWrites(names: readonly string[]): void {
  const methods = Deno.FsFile.prototype as unknown as Methods;
  const writeHalf = Deno.FsFile.prototype.writeSync;
  for (const name of names) {
    const original = methods[name]!;
    methods[name] = function (this: unknown, ...values: unknown[]): unknown {
      const bytes = values[0] as Uint8Array;
      moment();
      moment(() => writeHalf.call(this as Deno.FsFile, bytes.subarray(0, bytes.length >> 1)));
      return original.apply(this, values);
    };
  }
}

count(Deno, ["rename", "remove", "mkdir", "mkdirSync", "open", "openSync", "writeTextFile"]);
count(Deno.FsFile.prototype, ["sync"]);
countWrites(["write", "writeSync"]);
count(DatabaseSync.prototype, ["exec"]);
count(StatementSync.prototype, ["run"]);
if (countPath !== undefined) {
  addEventListener("unload", () => writeTextFileSync(countPath, String(operations)));
}
