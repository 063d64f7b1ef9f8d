import assert from "node:assert/strict";
import { SeededRandom } from "../../lib/core/random.ts";
import { exists, filesBelow, type Workbench } from "../workflow/project_fixture.ts";
import { type ProjectState, projectState, recordedMeasurements } from "./project_state.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Options of runs under which a process is killed; the last sets all limits as low as they go. */
const WAYS: readonly (readonly string[])[] = [
  [],
  ["--cleanup-cutouts", "success-after-run"],
  [
    ...["--cleanup-cutouts", "success-after-measurement", "--max-live-cutout-gb", "0.0055"],
    ...["--max-download-workers", "1", "--max-fit-workers", "1", "--max-source-workers", "1"],
    ...["--max-inflight-cutouts", "1", "--max-open-fits-files", "1"],
  ],
];

/** How a process ended: at a named moment, or by itself. */
interface Ending {
  readonly killed: boolean;
  readonly code: number;
  readonly stderr: string;
}

/** The program as a child process that `die_at_operation.ts` watches. */
function startRun(project: string, way: readonly string[], env: Record<string, string>): Deno.ChildProcess {
  // Few images: what counts is the number of moments, not of measurements.
  Deno.writeTextFileSync(`${project}/../batch.yaml`, "spherex:\n  detectors: [2]\n");
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "-A", "--config", `${ROOT}deno.json`],
      ...["--preload", `${ROOT}tests/endurance/die_at_operation.ts`, `${ROOT}cli.ts`],
      ...["run", "--project", project, "--resume", "--verbose", "--qa-level", "minimal"],
      ...["--batch-config", `${project}/../batch.yaml`, ...way],
    ],
    env: { SPXCUTDB_PROJECT: "", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

/** Waits for the end of a run; with `afterMs` kills it so long after its first sign of life. */
async function ending(child: Deno.ChildProcess, afterMs?: number): Promise<Ending> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stderr = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    stderr += text;
    if (afterMs !== undefined) timer ??= setTimeout(() => child.kill("SIGKILL"), afterMs);
  }
  const { code, signal } = await child.status;
  clearTimeout(timer);
  return { killed: signal === "SIGKILL", code, stderr };
}

/** Kills runs at random moments, lets each be taken up again, and compares what comes of it with an undisturbed run. */
export class CrashTrial {
  readonly #bench: Workbench;
  readonly #random: SeededRandom;
  readonly #say: (line: string) => void;
  readonly #undisturbed = new Map<number, { state: ProjectState; operations: number; ms: number }>();
  /** How many processes were killed so far. */
  kills = 0;

  /** `say` is told each moment at which a process was killed. */
  constructor(bench: Workbench, seed: number, say: (line: string) => void) {
    this.#bench = bench;
    this.#random = new SeededRandom(seed);
    this.#say = say;
  }

  /** Takes fresh projects and kills, until so many processes were killed. */
  async run(kills: number): Promise<void> {
    for (let round = 0; this.kills < kills; round++) {
      await this.#round(round % WAYS.length, Math.min(kills - this.kills, 2 + Math.floor(this.#next() * 7)));
    }
  }

  /** One project: killed up to so many times, then finished. */
  async #round(way: number, kills: number): Promise<void> {
    const { state, operations, ms } = await this.#reference(way);
    const project = await this.#bench.project("calibrated");
    const history: string[] = [];
    let recorded = new Map<string, string>();
    for (let left = kills; left > 0; left--) {
      // Half of them where an operation is about to begin, has begun or has ended, the others at any time.
      const share = this.#next() ** (history.length === 0 ? 1 : 2);
      const isTimed = this.#next() < 0.25;
      const operation = 1 + Math.floor(share * operations);
      const afterMs = share * ms;
      const moment = isTimed
        ? `after ${afterMs.toFixed(1)} ms`
        : `at operation ${operation} of ${operations}`;
      const env: Record<string, string> = isTimed ? {} : { DIE_AT_OPERATION: String(operation) };
      const { killed, code, stderr } = await ending(
        startRun(project, WAYS[way]!, env),
        isTimed ? afterMs : undefined,
      );
      assert(killed || code === 0, `${history.join("; ")}; ${moment}: exit code ${code}\n${stderr}`);
      recorded = this.#unchanged(project, recorded, [...history, moment].join("; "));
      if (!killed) break;
      this.kills++;
      history.push(moment);
      this.#say(`kill ${this.kills}: ${moment}, way ${way}, measured ${recorded.size}`);
    }
    const { code, stderr } = await ending(startRun(project, WAYS[way]!, {}));
    assert.equal(code, 0, `${history.join("; ")}\n${stderr}`);
    this.#unchanged(project, recorded, history.join("; "));
    assert.deepEqual(await projectState(project), state, history.join("; "));
    assert.deepEqual(filesBelow(project).filter((path) => path.endsWith(".tmp")), [], history.join("; "));
  }

  /** What is recorded, after making sure that nothing of what was recorded before has been measured again. */
  #unchanged(project: string, before: ReadonlyMap<string, string>, history: string): Map<string, string> {
    const now = recordedMeasurements(project);
    for (const [id, made] of before) assert.equal(now.get(id), made, `${id} measured twice: ${history}`);
    return now;
  }

  /** What an undisturbed run leaves, and how long it takes. */
  async #reference(way: number): Promise<{ state: ProjectState; operations: number; ms: number }> {
    const known = this.#undisturbed.get(way);
    if (known !== undefined) return known;
    const project = await this.#bench.project("calibrated");
    const counter = `${project}/../operations`;
    const started = performance.now();
    const { code, stderr } = await ending(startRun(project, WAYS[way]!, { COUNT_OPERATIONS_IN: counter }));
    assert.equal(code, 0, stderr);
    const ms = performance.now() - started;
    assert(exists(counter));
    const found = {
      state: await projectState(project),
      operations: Number(Deno.readTextFileSync(counter)),
      ms,
    };
    this.#undisturbed.set(way, found);
    return found;
  }

  #next(): number {
    return this.#random.uniform();
  }
}
