/** A request as it arrived. */
export interface HttpRequest {
  /** Method, upper case. */
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Header fields by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body as text; empty when there is none. */
  readonly body: string;
}

const MAX_HEAD_BYTES = 65536;
const MAX_BODY_BYTES = 1 << 20;
const HEAD_END = [13, 10, 13, 10] as const;

/**
 * One HTTP/1.1 connection of a server that must be able to misbehave: it reads requests and writes raw bytes.
 * Only what the stand-in archive needs is understood; bodies must have a Content-Length.
 */
export class HttpConnection {
  readonly #connection: Deno.TcpConn;
  readonly #encoder = new TextEncoder();
  #buffer = new Uint8Array(0);

  /** A connection that was accepted. */
  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    connection.setNoDelay(true);
  }

  /** The next request, or undefined when the client has closed the connection. */
  async readRequest(): Promise<HttpRequest | undefined> {
    let end = indexOfHeadEnd(this.#buffer);
    while (end < 0) {
      if (this.#buffer.byteLength > MAX_HEAD_BYTES || !await this.#fill()) return undefined;
      end = indexOfHeadEnd(this.#buffer);
    }
    const head = new TextDecoder().decode(this.#buffer.subarray(0, end));
    this.#buffer = this.#buffer.subarray(end + HEAD_END.length);
    const [first, ...lines] = head.split("\r\n");
    const [method, target] = first!.split(" ");
    if (method === undefined || target === undefined) return undefined;
    const headers = new Map(lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }));
    const length = Number(headers.get("content-length") ?? 0);
    if (!(length <= MAX_BODY_BYTES)) return undefined;
    while (this.#buffer.byteLength < length) if (!await this.#fill()) return undefined;
    const body = new TextDecoder().decode(this.#buffer.subarray(0, length));
    this.#buffer = this.#buffer.subarray(length);
    return { method: method.toUpperCase(), target, headers, body };
  }

  /** Writes a status line and header fields. */
  async writeHead(status: number, headers: Readonly<Record<string, string>>): Promise<void> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
    await this.write(
      this.#encoder.encode(`HTTP/1.1 ${status} ${REASONS[status] ?? "Unknown"}\r\n${lines}\r\n`),
    );
  }

  /** Writes bytes of a body. Throws when the client has gone. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength;) at += await this.#connection.write(bytes.subarray(at));
  }

  /** Closes the connection; what is under way on it fails. */
  close(): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #fill(): Promise<boolean> {
    const chunk = new Uint8Array(16384);
    const read = await this.#connection.read(chunk);
    if (read === null) return false;
    const joined = new Uint8Array(this.#buffer.byteLength + read);
    joined.set(this.#buffer);
    joined.set(chunk.subarray(0, read), this.#buffer.byteLength);
    this.#buffer = joined;
    return true;
  }
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  206: "Partial Content",
  302: "Found",
  303: "See Other",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  416: "Range Not Satisfiable",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

function indexOfHeadEnd(bytes: Uint8Array): number {
  for (let i = 0; i + 3 < bytes.byteLength; i++) {
    if (HEAD_END.every((value, k) => bytes[i + k] === value)) return i;
  }
  return -1;
}
