import { TaggedError } from "../core/errors.ts";
import { ArchiveRouter, type RoutedRequest, routeRequest } from "./archive_router.ts";
import { ConcurrencyGate } from "./concurrency_gate.ts";
import { FaultInjector, faultReply } from "./fault_injector.ts";
import { HttpConnection, type HttpRequest } from "./http_connection.ts";
import { pause, writeReply } from "./reply_writer.ts";
import { type Reply, textReply } from "./reply.ts";
import { RequestLog, type RequestRecord, type RouteCount } from "./request_log.ts";
import type { SimulatedTarget } from "./simulated_target.ts";
import { Simulation } from "./simulation.ts";
import type { ArchiveRoute, StandInArchiveOptions, StandInUrls } from "./stand_in_options.ts";
import type { TruthRow } from "./truth.ts";

const HOST = "127.0.0.1";
const DEFAULT_STALL_MILLISECONDS = 30_000;

/** A running stand-in archive. */
export interface StandInArchive extends AsyncDisposable {
  /** Where its services are. */
  readonly urls: StandInUrls;
  /** What it serves; its renderer gives the pixels without HTTP. */
  readonly simulation: Simulation;
  /** The targets of its sky: those it was given and those made for requests so far. */
  readonly targets: readonly SimulatedTarget[];
  /** The requests since the start or the last reset, the last 20,000 of them. */
  readonly requests: readonly RequestRecord[];
  /** The largest number of requests that were being answered at once. */
  readonly mostConcurrent: number;
  /**
   * What is true of a target, named or given by its position, in every image that covers it. Throws RangeError for a
   * target that the sky does not have.
   */
  truth(target: string | { readonly rightAscensionDeg: number; readonly declinationDeg: number }): TruthRow[];
  /** Requests and bytes of each service since the start or the last reset. */
  counts(): Readonly<Record<ArchiveRoute, RouteCount>>;
  /** Forgets all requests; faults go on as they were. */
  resetCounts(): void;
  /** Stops listening and closes all connections. */
  close(): Promise<void>;
}

/**
 * Starts a stand-in archive on 127.0.0.1: a simulated sky behind the services, URLs and quirks of the real archive.
 *
 * All is made on demand; nothing is read from or written to the disk. Close it when done.
 *
 * @example
 * ```ts
 * import { startStandInArchive } from "./stand_in_archive.ts";
 * import assert from "node:assert/strict";
 * await using archive = await startStandInArchive({ seed: 7 });
 * const answer = await fetch(`${archive.urls.siaEndpoint}?POS=circle+10.5+-20.25+0.001&RESPONSEFORMAT=CSV`);
 * assert((await answer.text()).includes("SPHEREx-D1"));
 * ```
 */
export function startStandInArchive(options: StandInArchiveOptions = {}): Promise<StandInArchive> {
  const simulation = new Simulation(options);
  const server = new ArchiveServer(simulation, listen(options.port ?? 0), options);
  return Promise.resolve(server);
}

function listen(port: number): Deno.TcpListener {
  try {
    return Deno.listen({ hostname: HOST, port });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied)) {
      throw error;
    }
    throw new TaggedError("usage/port-in-use", `Cannot serve on port ${port}: ${error.message}`, {
      context: { port },
      hint: "Leave --port out to get a free one, or name another",
      cause: error,
    });
  }
}

function urlsOf(origin: string): StandInUrls {
  return {
    origin,
    siaEndpoint: `${origin}/SIA`,
    ibeBaseUrl: `${origin}/ibe/data/spherex`,
    ibeListingUrl: `${origin}/ibe/dir/list/spherex`,
    s3BaseUrl: `${origin}/s3`,
    tapUrl: `${origin}/TAP`,
    datalinkUrl: `${origin}/datalink/links/spherex`,
    truthUrl: `${origin}/truth`,
  };
}

class ArchiveServer implements StandInArchive {
  readonly urls: StandInUrls;
  readonly simulation: Simulation;
  readonly #options: StandInArchiveOptions;
  readonly #listener: Deno.TcpListener;
  readonly #router: ArchiveRouter;
  readonly #log = new RequestLog();
  readonly #faults: FaultInjector;
  readonly #gate: ConcurrencyGate;
  readonly #connections = new Set<HttpConnection>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(simulation: Simulation, listener: Deno.TcpListener, options: StandInArchiveOptions) {
    const { port } = listener.addr;
    this.urls = urlsOf(`http://${HOST}:${port}`);
    this.simulation = simulation;
    this.#options = options;
    this.#listener = listener;
    this.#router = new ArchiveRouter(simulation, this.urls, options);
    this.#faults = new FaultInjector(simulation.seed, options.faults);
    this.#gate = new ConcurrencyGate(
      options.link?.maxConcurrent ?? Infinity,
      options.link?.overLimit ?? "queue",
    );
    this.#run(this.#accept());
  }

  get targets(): readonly SimulatedTarget[] {
    return this.simulation.sky.targets;
  }

  get requests(): readonly RequestRecord[] {
    return this.#log.records;
  }

  get mostConcurrent(): number {
    return this.#log.mostConcurrent;
  }

  truth(
    target: string | { readonly rightAscensionDeg: number; readonly declinationDeg: number },
  ): TruthRow[] {
    return this.simulation.truth(target);
  }

  counts(): Record<ArchiveRoute, RouteCount> {
    return this.#log.counts();
  }

  resetCounts(): void {
    this.#log.reset();
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#listener.close();
    this.#gate.open();
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#tasks);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run(task: Promise<void>): void {
    this.#tasks.add(task);
    task.finally(() => this.#tasks.delete(task));
  }

  async #accept(): Promise<void> {
    for (;;) {
      let accepted: Deno.TcpConn;
      try {
        accepted = await this.#listener.accept();
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        if (isConnectionError(error)) continue;
        throw error;
      }
      this.#run(this.#serve(new HttpConnection(accepted)));
    }
  }

  async #serve(connection: HttpConnection): Promise<void> {
    this.#connections.add(connection);
    try {
      for (;;) {
        const request = await connection.readRequest();
        if (request === undefined || !await this.#answer(connection, request)) return;
        if (request.headers.get("connection")?.toLowerCase() === "close") return;
      }
    } catch (error) {
      if (!this.#closing.signal.aborted && !isConnectionError(error)) throw error;
    } finally {
      this.#connections.delete(connection);
      connection.close();
    }
  }

  /** Answers one request; false when the connection has to be closed behind it. */
  async #answer(connection: HttpConnection, request: HttpRequest): Promise<boolean> {
    const { link = {}, faults = {} } = this.#options;
    const { signal } = this.#closing;
    const routed = routeRequest(request);
    const record: RequestRecord = {
      route: routed.route,
      method: request.method,
      url: request.target,
      range: request.headers.get("range"),
      status: 0,
      fault: this.#faults.next(routed.route, request.target),
      bodyBytes: 0,
    };
    this.#log.start(record);
    const hasPlace = await this.#gate.enter();
    try {
      await pause(link.latencyMilliseconds ?? 0, signal);
      const reply = hasPlace
        ? this.#reply(request, routed, record)
        : textReply(503, "text/plain", "Service Unavailable\n", { "retry-after": faults.retryAfter ?? "1" });
      return await writeReply(connection, reply, record, {
        headOnly: request.method === "HEAD",
        fault: record.fault,
        stallMilliseconds: faults.stallMilliseconds ?? DEFAULT_STALL_MILLISECONDS,
        link,
        signal,
      });
    } finally {
      if (hasPlace) this.#gate.leave();
      this.#log.finish();
    }
  }

  #reply(request: HttpRequest, routed: RoutedRequest, record: RequestRecord): Reply {
    if (!["GET", "HEAD", "POST", "DELETE"].includes(request.method)) {
      return textReply(405, "text/plain", "Method Not Allowed\n");
    }
    const retryAfter = this.#options.faults?.retryAfter ?? "1";
    const instead = record.fault === undefined
      ? undefined
      : faultReply(record.fault, request.target, retryAfter);
    return instead ?? this.#router.reply(request, routed, record.fault);
  }
}

/** Whether an error says that the other side has gone. */
function isConnectionError(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.UnexpectedEof ||
    error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted;
}
