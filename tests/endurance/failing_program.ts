const ROOT = new URL("../../", import.meta.url).pathname;

/** How a call of the program under a hostile system ended. */
export interface FailedCall {
  readonly code: number;
  /** The code in `error[…]`, or undefined when there is none. */
  readonly error: string | undefined;
  /** Whether a hint was given. */
  readonly hasHint: boolean;
  readonly stderr: string;
}

/** Runs the program behind a command that takes something away from it, such as `setpriv`; the shell's words come first. */
export async function callUnder(
  setting: { readonly shell?: string; readonly prefix?: readonly string[] },
  args: readonly string[],
): Promise<FailedCall> {
  const program = [
    ...(setting.prefix ?? []),
    ...[Deno.execPath(), "run", "--quiet", "--no-check", "-A", "--config", `${ROOT}deno.json`],
    ...[`${ROOT}cli.ts`, ...args],
  ];
  const { code, stderr } = await new Deno.Command("bash", {
    args: ["-c", `${setting.shell ?? ""} exec "$@"`, "bash", ...program],
    env: { SPXCUTDB_PROJECT: "", SPXCUTDB_NO_PROGRESS: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stderr);
  const error = /^error\[(\S+)\]/m.exec(text)?.[1];
  return { code, error, hasHint: /^hint: /m.test(text), stderr: text };
}

/** What makes root obey the permissions of files; nothing for anybody else. */
export function obeyingPermissions(): readonly string[] {
  if (Deno.uid() !== 0) return [];
  return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"];
}

/** Makes a file system of so many bytes in memory; undefined where that is not allowed. */
export async function mountMemory(path: string, bytes: number): Promise<AsyncDisposable | undefined> {
  if (!await succeeds("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path)) return undefined;
  return {
    [Symbol.asyncDispose]: async () => {
      await succeeds("umount", "--lazy", path);
    },
  };
}

/** Gives a file system made by {@linkcode mountMemory} another size. */
export function resizeMemory(path: string, bytes: number): Promise<boolean> {
  return succeeds("mount", "-o", `remount,size=${bytes}`, path);
}

async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
