/** A server on a free port of this machine that closes at the end of an `await using` block. */
export interface TestServer extends AsyncDisposable {
  /** Base URL without a slash at its end. */
  readonly url: string;
  /** Path and query of each request, in order of arrival. */
  readonly requests: readonly string[];
}

/** Serves HTTP with a handler that is told the number of the request, from 0. */
export function serveHttp(
  handler: (request: Request, index: number) => Response | Promise<Response>,
): TestServer {
  const requests: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const url = new URL(request.url);
    requests.push(url.pathname + url.search);
    return handler(request, requests.length - 1);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** What a raw server does with one connection that has sent a request. */
export type RawAnswer = (connection: RawConnection, index: number) => Promise<void>;

/** The sending side of a connection. */
export interface RawConnection {
  /** Sends text or bytes. */
  send(data: string | Uint8Array): Promise<void>;
  /** Waits until the other side goes away. */
  untilGone(): Promise<void>;
}

/**
 * Serves bytes as they are, one request a connection, so that answers can break every rule.
 * Connections that send nothing (a look whether the port is open) do not count.
 */
export function serveRaw(answer: RawAnswer): TestServer & { readonly heads: readonly string[] } {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const requests: string[] = [];
  const heads: string[] = [];
  const busy = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const work = handle(connection).finally(() => busy.delete(work));
      busy.add(work);
    }
  })();
  async function handle(connection: Deno.TcpConn): Promise<void> {
    try {
      const head = await readHead(connection);
      if (head === "") return;
      requests.push(head.split(" ")[1] ?? "");
      heads.push(head);
      await answer(rawConnection(connection), requests.length - 1);
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset)) {
        throw error;
      }
    } finally {
      connection.close();
    }
  }
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    requests,
    heads,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(busy);
    },
  };
}

async function readHead(connection: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(4096);
  let head = "";
  while (!head.includes("\r\n\r\n")) {
    const count = await connection.read(buffer);
    if (count === null) return "";
    head += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return head;
}

function rawConnection(connection: Deno.TcpConn): RawConnection {
  return {
    async send(data) {
      const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
      for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
    },
    async untilGone() {
      const buffer = new Uint8Array(1024);
      try {
        while (await connection.read(buffer) !== null) { /* nothing more is expected */ }
      } catch {
        // A reset is a way of going, too.
      }
    },
  };
}

/** A promise that is fulfilled after some real milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
