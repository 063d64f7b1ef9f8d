import { type Reply, textReply } from "./reply.ts";
import { encodeSiaError, escapeXml } from "./sia_table.ts";
import type { TapBehaviour } from "./stand_in_options.ts";

/** One job. */
interface TapJob {
  readonly id: string;
  readonly query: URLSearchParams;
  phase: "PENDING" | "QUEUED" | "EXECUTING" | "COMPLETED" | "ERROR" | "ABORTED";
  looks: number;
  result: Reply | undefined;
}

/** The jobs of a TAP service (UWS 1.1): they go on by one phase whenever somebody looks at them. */
export class TapJobs {
  readonly #listUrl: string;
  readonly #behaviour: TapBehaviour;
  readonly #answer: (query: URLSearchParams) => Reply;
  readonly #jobs = new Map<string, TapJob>();
  #made = 0;

  /** Jobs at `listUrl` whose results come from `answer`. */
  constructor(listUrl: string, behaviour: TapBehaviour, answer: (query: URLSearchParams) => Reply) {
    this.#listUrl = listUrl;
    this.#behaviour = behaviour;
    this.#answer = answer;
  }

  /** Answers a request to a path below the list of jobs. */
  reply(method: string, path: readonly string[], query: URLSearchParams): Reply {
    const [id, ...inner] = path;
    if (id === undefined) return method === "POST" ? this.#make(query) : this.#list();
    const job = this.#jobs.get(id);
    if (job === undefined) return textReply(404, "text/plain", "Not Found\n");
    if (method === "DELETE" || query.get("ACTION") === "DELETE") {
      this.#jobs.delete(id);
      return this.#seeOther(this.#listUrl);
    }
    if (method === "POST" && inner[0] === "phase") return this.#command(job, query.get("PHASE") ?? "");
    return this.#part(job, inner.join("/"));
  }

  #make(query: URLSearchParams): Reply {
    const id = `job${++this.#made}`;
    this.#jobs.set(id, { id, query, phase: "PENDING", looks: 0, result: undefined });
    return this.#seeOther(`${this.#listUrl}/${id}`);
  }

  #command(job: TapJob, phase: string): Reply {
    if (phase === "RUN" && job.phase === "PENDING") job.phase = "QUEUED";
    else if (phase === "ABORT") job.phase = "ABORTED";
    else return textReply(400, "text/plain", `A job in phase ${job.phase} cannot be told ${phase}\n`);
    return this.#seeOther(`${this.#listUrl}/${job.id}`);
  }

  #part(job: TapJob, part: string): Reply {
    switch (part) {
      case "":
        return textReply(200, "application/xml", this.#document(job));
      case "phase":
        this.#advance(job);
        return textReply(200, "text/plain", job.phase);
      case "results/result":
        return job.result !== undefined ? job.result : textReply(404, "text/plain", "Not Found\n");
      case "error":
        return textReply(200, "application/x-votable+xml", encodeSiaError(this.#behaviour.jobError ?? ""));
      default:
        return textReply(404, "text/plain", "Not Found\n");
    }
  }

  #advance(job: TapJob): void {
    if (job.phase === "QUEUED") job.phase = "EXECUTING";
    else if (job.phase === "EXECUTING" && ++job.looks >= (this.#behaviour.looksUntilDone ?? 1)) {
      if (this.#behaviour.jobError === undefined) job.result = this.#answer(job.query);
      job.phase = job.result?.status === 200 ? "COMPLETED" : "ERROR";
    }
  }

  #list(): Reply {
    const jobs = [...this.#jobs.values()].map(({ id, phase }) =>
      `<uws:jobref id="${id}"><uws:phase>${phase}</uws:phase></uws:jobref>`
    );
    return textReply(
      200,
      "application/xml",
      `<uws:jobs xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0">${jobs.join("")}</uws:jobs>\n`,
    );
  }

  #document({ id, phase, query }: TapJob): string {
    const parameters = [...query].map(([name, value]) =>
      `<uws:parameter id="${name}">${escapeXml(value)}</uws:parameter>`
    );
    return `<?xml version="1.0" encoding="utf-8"?>
<uws:job xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" version="1.1"><uws:jobId>${id}</uws:jobId>
<uws:phase>${phase}</uws:phase><uws:parameters>${parameters.join("")}</uws:parameters></uws:job>
`;
  }

  #seeOther(location: string): Reply {
    return textReply(303, "text/plain", "", { location });
  }
}
