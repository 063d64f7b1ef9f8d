const ROOT = new URL("../../", import.meta.url).pathname;

/** How a call of the program ended. */
export interface ProgramResult {
  /** Exit code. */
  readonly code: number;
  /** What it printed. */
  readonly stdout: string;
  /** What it said on the side. */
  readonly stderr: string;
}

/** The program as a process that is still running, with its standard streams read by the caller. */
export function startProgram(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", "--config", `${ROOT}deno.json`, `${ROOT}cli.ts`, ...args],
    cwd: options.cwd,
    env: { SPXCUTDB_PROJECT: "", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs the program to its end. */
export async function runProgram(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<ProgramResult> {
  const { code, stdout, stderr } = await startProgram(args, options).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A folder for one test, removed at the end of its block. */
export class TestFolder implements AsyncDisposable {
  /** Its path. */
  readonly path: string = Deno.makeTempDirSync({ prefix: "spxcutdb-cli-" });

  /** Writes a file into it. */
  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.path}/${name}`, text);
  }

  /** A text with what differs from one run to the next replaced: this folder, run identities, times, processes. */
  masked(text: string): string {
    return text.replaceAll(this.path, "DIR")
      .replaceAll(/\b\d{8}T\d{6}Z-[0-9a-f]{6}\b/g, "RUN")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
      .replaceAll(/process \d+( on [^ ]+)?/g, "process PID")
      .replaceAll(/"pid":\d+/g, '"pid":PID')
      .replaceAll(/"host":"[^"]*"/g, '"host":"HOST"');
  }

  /** Removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
