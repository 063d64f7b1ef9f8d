import { TaggedError } from "../core/errors.ts";
import { withoutQuery } from "./net_error.ts";
import type { ResponseBody } from "./response_body.ts";

/** The most that {@linkcode HttpResponse.bytes} takes when not told otherwise: 256 MiB. */
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

/** The head of an answer. */
export interface ResponseHead {
  /** The URL that answered, after redirects. */
  readonly url: string;
  /** The status code. */
  readonly status: number;
  /** Header fields. */
  readonly headers: Headers;
  /** The length the server announced for the body as sent, or undefined. */
  readonly contentLength: number | undefined;
  /** Milliseconds from sending to the head of the answer. */
  readonly firstByteMs: number;
}

/** The answer to a request: its head, and a body that must be read or cancelled. */
export class HttpResponse implements ResponseHead {
  /** The URL that answered, after redirects. */
  readonly url: string;
  /** The status code. */
  readonly status: number;
  /** Header fields. */
  readonly headers: Headers;
  /** The length the server announced for the body as sent, or undefined. */
  readonly contentLength: number | undefined;
  /** Milliseconds from sending to the head of the answer. */
  readonly firstByteMs: number;
  /** Attempts it took, 1 when the first one answered. */
  attempts = 1;
  readonly #body: ResponseBody;

  /** An answer whose body is still to come. */
  constructor(head: ResponseHead, body: ResponseBody) {
    this.url = head.url;
    this.status = head.status;
    this.headers = head.headers;
    this.contentLength = head.contentLength;
    this.firstByteMs = head.firstByteMs;
    this.#body = body;
  }

  /** The body in pieces; leaving the loop early cancels the rest. */
  async *chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    let ended = false;
    try {
      for (;;) {
        const chunk = await this.#body.next();
        if (chunk === undefined) break;
        yield chunk;
      }
      ended = true;
    } finally {
      if (!ended) await this.#body.cancel();
    }
  }

  /** The whole body; throws `net/too-large` when it is longer than `maxBytes`. */
  async bytes(maxBytes = DEFAULT_MAX_BYTES): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for await (const piece of this.chunks()) {
      length += piece.length;
      if (length > maxBytes) {
        throw new TaggedError(
          "net/too-large",
          `The body of ${withoutQuery(this.url)} exceeds ${maxBytes} bytes`,
          {
            context: { url: withoutQuery(this.url), maxBytes },
          },
        );
      }
      pieces.push(piece);
    }
    if (pieces.length === 1) return pieces[0]!;
    const whole = new Uint8Array(length);
    let offset = 0;
    for (const piece of pieces) {
      whole.set(piece, offset);
      offset += piece.length;
    }
    return whole;
  }

  /** The whole body as UTF-8 text. */
  async text(maxBytes = DEFAULT_MAX_BYTES): Promise<string> {
    return new TextDecoder().decode(await this.bytes(maxBytes));
  }

  /** Gives up the body. */
  async cancel(): Promise<void> {
    await this.#body.cancel();
  }
}
