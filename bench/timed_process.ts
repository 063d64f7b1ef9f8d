/** What a process took. */
export interface ProcessCost {
  /** Seconds from its start to its end. */
  readonly seconds: number;
  /** Seconds of processor time, where the system tells; else 0. */
  readonly processorSeconds: number;
  /** Most resident memory, bytes; 0 where the system does not tell. */
  readonly bytes: number;
}

/** Largest resident memory of a process so far, bytes, and its processor time so far, seconds. */
function readCost(pid: number): { bytes: number; processorSeconds: number } {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync(`/proc/${pid}/status`));
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /, "").split(" ");
    return {
      bytes: Number(match?.[1] ?? 0) * 1024,
      // Clock ticks of the kernel's interface are hundredths of a second everywhere.
      processorSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
    };
  } catch {
    return { bytes: 0, processorSeconds: 0 };
  }
}

/** Runs Deno, watched from outside. Throws when it fails. */
export async function timedProcess(args: readonly string[]): Promise<ProcessCost> {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdout: "null",
    stderr: "null",
  }).spawn();
  let [bytes, processorSeconds] = [0, 0];
  const watch = setInterval(() => {
    const cost = readCost(child.pid);
    bytes = Math.max(bytes, cost.bytes);
    processorSeconds = Math.max(processorSeconds, cost.processorSeconds);
  }, 20);
  const { code } = await child.status;
  clearInterval(watch);
  if (code !== 0) throw new Error(`deno ${args.join(" ")} ended with ${code}`);
  return { seconds: (performance.now() - started) / 1000, processorSeconds, bytes };
}
