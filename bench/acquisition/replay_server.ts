/**
 * A worker that serves one recorded answer again and again, so that a benchmark measures the client: as many at once
 * as it is told, each after a pause, the others wait in a queue.
 */

/** What the server is told before it starts. */
export interface ReplaySettings {
  /** The body of every answer. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Pause before each answer, milliseconds. */
  readonly latencyMs: number;
  /** Answers at once. */
  readonly maxConcurrent: number;
}

/** Bytes that are handed to the connection at once. */
const PIECE_BYTES = 65_536;

class Gate {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  enter(): Promise<void> {
    if (this.#free-- > 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    this.#free++;
    this.#waiting.shift()?.();
  }
}

/** The body in pieces; `ended` is called once, at its end or when the client has had enough. */
function bodyStream(
  body: Uint8Array<ArrayBuffer>,
  ended: () => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= body.length) {
        controller.close();
        return ended();
      }
      controller.enqueue(body.subarray(at, at += PIECE_BYTES));
    },
    cancel: ended,
  }, { highWaterMark: 0 });
}

function serve({ body, latencyMs, maxConcurrent }: ReplaySettings): void {
  const gate = new Gate(maxConcurrent);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async () => {
    await gate.enter();
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
    let isOpen = true;
    const leave = () => {
      if (isOpen) gate.leave();
      isOpen = false;
    };
    return new Response(bodyStream(body, leave), {
      headers: { "content-type": "image/fits", "content-length": String(body.length) },
    });
  });
  (self as unknown as { postMessage(message: number): void }).postMessage((server.addr as Deno.NetAddr).port);
}

addEventListener("message", (event) => serve((event as MessageEvent<ReplaySettings>).data));
