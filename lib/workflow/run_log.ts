import { join } from "node:path";
import { withoutSecrets } from "../core/public_text.ts";
import { eventLevel } from "./event_level.ts";
import { storageError } from "../files/storage_error.ts";
import { eventAsJson, type WorkflowEvent } from "./events.ts";
import { eventText } from "./event_text.ts";

/** The two logs of a run: `<id>.log` for people and `<id>.jsonl` for programs. */
export class RunLog implements Disposable {
  readonly #text: Deno.FsFile;
  readonly #json: Deno.FsFile;
  readonly #folder: string;
  readonly #encoder = new TextEncoder();
  #closed = false;

  /** Opens both logs; the folder is made when absent. */
  constructor(folder: string, runId: string) {
    const open = (name: string) =>
      refusing(
        "write",
        join(folder, name),
        () => Deno.openSync(join(folder, name), { create: true, append: true }),
      );
    refusing("make", folder, () => Deno.mkdirSync(folder, { recursive: true }));
    this.#folder = folder;
    this.#text = open(`${runId}.log`);
    try {
      this.#json = open(`${runId}.jsonl`);
    } catch (error) {
      this.#text.close();
      throw error;
    }
  }

  /** Writes one event with its time. Progress is left out: it is for the eye and can be told from the rest. */
  write(told: WorkflowEvent): void {
    if (told.type === "progress") return;
    const event = withoutSecrets(told);
    const now = new Date().toISOString();
    const level = eventLevel(event);
    this.#append(this.#text, `${now} ${level.padEnd(7)} ${eventText(event)}\n`);
    this.#append(this.#json, `${JSON.stringify({ time: now, level, ...eventAsJson(event) })}\n`);
  }

  /** Closes both logs. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#text.close();
    this.#json.close();
  }

  #append(file: Deno.FsFile, line: string): void {
    refusing("write", this.#folder, () => {
      let rest = this.#encoder.encode(line);
      while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
    });
  }
}

/** Does something to the disk. Throws storage/… when the disk refuses. */
function refusing<Result>(attempt: string, path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw storageError(error, attempt, path);
  }
}
