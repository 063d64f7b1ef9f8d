/** The answer to a request: its head, and a body that must be read or cancelled. */
export interface HttpResponse {
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
  readonly attempts: number;
  /** The body in pieces; leaving the loop early cancels the rest. */
  chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>;
  /** The whole body; throws `net/too-large` when it is longer than `maxBytes`. */
  bytes(maxBytes?: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The whole body as UTF-8 text. */
  text(maxBytes?: number): Promise<string>;
  /** Gives up the body. */
  cancel(): Promise<void>;
}
