import assert from "node:assert/strict";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { parse } from "csv-parse/sync";
import { standInConfig } from "../../lib/cli/commands/archive.ts";
import { editProjectFile } from "../../lib/config/project_file.ts";
import type { FaultKind } from "../../lib/simulator/stand_in_options.ts";
import { type StandInArchive, startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import { parseShellCommand } from "./shell_command.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** The permissions that the task `spxcutdb` of the project gives the program. */
const PERMISSIONS = /-P=\S+/.exec(
  JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`)).tasks.spxcutdb.command,
)![0];

/** How a command ended. */
export interface Outcome {
  /** Exit code. */
  readonly code: number;
  /** What it printed. */
  readonly stdout: string;
  /** What it said on the side. */
  readonly stderr: string;
}

/** One event of a run's log. */
export type LoggedEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** What the archive does wrong, while the walk lasts. */
interface ArchiveMood {
  fault?: FaultKind | undefined;
}

/** A working directory with a catalog and a project, walked through with commands; and the archive that they ask. */
export class TutorialWalk implements AsyncDisposable {
  /** The working directory. */
  readonly directory: string;
  /** The archive. */
  readonly archive: StandInArchive;
  readonly #mood: ArchiveMood;

  private constructor(directory: string, archive: StandInArchive, mood: ArchiveMood) {
    this.directory = directory;
    this.archive = archive;
    this.#mood = mood;
  }

  /** Makes a working directory with the given catalog and the repository's batch template. */
  static async start(catalog: string): Promise<TutorialWalk> {
    const directory = await Deno.makeTempDir({ prefix: "spxcutdb-tutorial-" });
    await Deno.writeTextFile(`${directory}/input_catalog.csv`, catalog);
    await Deno.copyFile(`${ROOT}batch_config.example.yaml`, `${directory}/batch_config.example.yaml`);
    const mood: ArchiveMood = {};
    const archive = await startStandInArchive({
      visitsPerDetector: 2,
      qr3Fraction: 1 / 2,
      faults: {
        // Level-2 files by either service: a run goes from one to the other when one fails.
        decide: ({ route, url }) =>
          route === "cutout" || (route === "s3" && url.includes("/level2/")) ? mood.fault : undefined,
        maxPerUrl: 1000,
      },
    });
    return new TutorialWalk(directory, archive, mood);
  }

  /** From now on each request for pixels goes wrong in this way; undefined for well. */
  setFault(fault: FaultKind | undefined): void {
    this.#mood.fault = fault;
  }

  /** Runs a command as it stands in the tutorial; only the name of the program is replaced. */
  async run(text: string): Promise<Outcome> {
    const { words, outputFile } = parseShellCommand(text);
    assert.equal(words[0], "spxcutdb");
    const process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--config",
        `${ROOT}deno.json`,
        PERMISSIONS,
        `${ROOT}cli.ts`,
        ...words.slice(1),
      ],
      cwd: this.directory,
      env: { NO_COLOR: "1", SPXCUTDB_PROJECT: "" },
      stdin: "null",
    });
    const { code, ...streams } = await process.output();
    const decoder = new TextDecoder();
    const [stdout, stderr] = [decoder.decode(streams.stdout), decoder.decode(streams.stderr)];
    if (outputFile !== undefined) await Deno.writeTextFile(this.path(outputFile), stderr + stdout);
    return { code, stdout, stderr };
  }

  /** Absolute path of something in the working directory. */
  path(relative: string): string {
    return `${this.directory}/${relative}`;
  }

  /** Text of a file in the working directory. */
  read(relative: string): Promise<string> {
    return Deno.readTextFile(this.path(relative));
  }

  /** Content of a JSON file in the working directory. */
  // deno-lint-ignore no-explicit-any -- the tests name the fields that they look at
  async json(relative: string): Promise<any> {
    return JSON.parse(await this.read(relative));
  }

  /** Rows of a CSV file in the working directory. */
  async rows(relative: string): Promise<Record<string, string>[]> {
    return parse(await this.read(relative), { columns: true });
  }

  /** Paths of the files below a folder of the working directory, sorted. */
  async files(relative: string): Promise<string[]> {
    const found: string[] = [];
    try {
      for await (const entry of Deno.readDir(this.path(relative))) {
        const path = `${relative}/${entry.name}`;
        if (entry.isDirectory) found.push(...await this.files(path));
        else found.push(path);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return found.sort();
  }

  /** Rows of a query on the project's database. */
  query(sql: string): Record<string, SQLOutputValue>[] {
    const database = new DatabaseSync(this.path("project/db/cutoutdb.sqlite"));
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  }

  /** Identities of the project's runs of a command, the oldest first. */
  runIds(command: string): string[] {
    return this.query("SELECT run_id, command FROM runs ORDER BY started_at").filter((row) =>
      row["command"] === command
    ).map((row) => String(row["run_id"]));
  }

  /** The events of the latest run. */
  async events(): Promise<LoggedEvent[]> {
    const text = await this.read(`project/logs/runs/${this.runIds("run").at(-1)!}.jsonl`);
    return text.trim().split("\n").map((line) => JSON.parse(line) as LoggedEvent);
  }

  /** Changes values of the project's configuration, as a user would with an editor. */
  async configure(values: Readonly<Record<string, unknown>>): Promise<void> {
    const path = this.path("project/spherex_cutoutdb.yaml");
    await Deno.writeTextFile(path, editProjectFile(await Deno.readTextFile(path), values));
  }

  /** Points the project at the stand-in archive, for one detector alone so that the walk is quick. */
  async pointAtArchive(): Promise<void> {
    await this.configure({ ...standInConfig(this.archive.urls), "spherex.detectors": [2] });
  }

  /** Requests that the archive has had since the last call, cutouts and calibration files apart. */
  requests(): { readonly sia: number; readonly cutouts: number; readonly calibration: number } {
    const counts = this.archive.counts();
    this.archive.resetCounts();
    return {
      sia: counts.sia.requests,
      cutouts: counts.cutout.requests,
      calibration: counts.s3.requests + counts.ibe.requests,
    };
  }

  /** Closes the archive and removes the working directory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.archive.close();
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** One command of the tutorial and what has to be true of it. */
export interface TutorialStep {
  /** Section and what it is about. */
  readonly about: string;
  /** The command as it stands there. */
  readonly command: string;
  /** Exit code; 0 unless given. */
  readonly code?: number;
  /** What must be printed on stdout. */
  readonly prints?: readonly RegExp[];
  /** What must be said on stderr. */
  readonly says?: readonly RegExp[];
  /** Requests for cutouts that it makes; not looked at unless given. */
  readonly cutoutRequests?: number;
  /** Done before the command. */
  readonly before?: (walk: TutorialWalk) => void | Promise<void>;
  /** What else must be true. */
  readonly check?: (walk: TutorialWalk, outcome: Outcome) => void | Promise<void>;
}

/** Does one step and checks what it promises. */
export async function takeStep(walk: TutorialWalk, step: TutorialStep): Promise<void> {
  await step.before?.(walk);
  walk.requests();
  const outcome = await walk.run(step.command);
  const shown = `${outcome.stdout}\n${outcome.stderr}`;
  assert.equal(outcome.code, step.code ?? 0, shown);
  for (const expected of step.prints ?? []) assert.match(outcome.stdout, expected);
  for (const expected of step.says ?? []) assert.match(outcome.stderr, expected);
  if (step.cutoutRequests !== undefined) assert.equal(walk.requests().cutouts, step.cutoutRequests, shown);
  await step.check?.(walk, outcome);
}
