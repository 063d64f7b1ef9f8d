import { setTimeout as delay } from "node:timers/promises";

/** Whether this machine has Slurm. */
export function hasSlurm(): boolean {
  return ["/usr/sbin/slurmctld", "/usr/sbin/slurmd"].every((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

function configuration(folder: string, slots: number): string {
  return `ClusterName=test
SlurmctldHost=localhost
SlurmctldPort=${freePort()}
SlurmdPort=${freePort()}
AuthType=auth/none
CredType=cred/none
SlurmUser=root
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName=localhost CPUs=${slots} RealMemory=1000
PartitionName=main Nodes=ALL Default=YES
`;
}

/** A Slurm of one node with a few job slots, all of it in one folder. */
export class OneNodeSlurm implements AsyncDisposable {
  /** What the commands of Slurm need in their environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #daemons: Deno.ChildProcess[];

  private constructor(folder: string) {
    this.#folder = folder;
    this.env = { SLURM_CONF: `${folder}/slurm.conf` };
    this.#daemons = [
      this.#start("/usr/sbin/slurmctld", "-D"),
      this.#start("/usr/sbin/slurmd", "-D", "-N", "localhost"),
    ];
  }

  /** Starts the daemons and waits until the node takes jobs. */
  static async start(folder: string, slots: number): Promise<OneNodeSlurm> {
    for (const name of ["state", "spool"]) Deno.mkdirSync(`${folder}/${name}`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/slurm.conf`, configuration(folder, slots));
    const slurm = new OneNodeSlurm(folder);
    try {
      await slurm.#until(
        "the node is idle",
        async () => (await slurm.#ask("sinfo", "-h", "-o", "%T")) === "idle",
      );
    } catch (error) {
      await slurm[Symbol.asyncDispose]();
      throw error;
    }
    return slurm;
  }

  /** Waits until no job is left. */
  async finished(): Promise<void> {
    await this.#until("all jobs have ended", async () => (await this.#ask("squeue", "-h")) === "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.#daemons) daemon.kill("SIGTERM");
    await Promise.all(this.#daemons.map((daemon) => daemon.status));
  }

  #start(program: string, ...args: string[]): Deno.ChildProcess {
    return new Deno.Command(program, { args, env: this.env, stdin: "null", stdout: "null", stderr: "null" })
      .spawn();
  }

  /** What a command prints, trimmed; undefined while the daemons do not answer. */
  async #ask(program: string, ...args: string[]): Promise<string | undefined> {
    const { success, stdout } = await new Deno.Command(program, { args, env: this.env, stderr: "null" })
      .output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  }

  async #until(what: string, isDone: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + 240_000;
    while (!await isDone()) {
      if (performance.now() > end) {
        throw new Error(
          `Waited in vain until ${what}: ${Deno.readTextFileSync(`${this.#folder}/slurmctld.log`)}`,
        );
      }
      await delay(200);
    }
  }
}
