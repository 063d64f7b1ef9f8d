/**
 * Messages from tasks that run side by side to the one loop that handles them in turn.
 *
 * Senders of many messages await {@linkcode Mailbox.hasRoom}, so that a slow loop slows them instead of filling memory.
 */
export class Mailbox<Message> {
  readonly #messages: Message[] = [];
  readonly #capacity: number;
  #isClosed = false;
  #wakeReader: (() => void) | undefined;
  #waitingSenders: (() => void)[] = [];

  /** A mailbox whose senders wait while `capacity` messages lie in it. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Puts a message in; never waits. What comes after the end is dropped. */
  post(message: Message): void {
    if (this.#isClosed) return;
    this.#messages.push(message);
    this.#wakeReader?.();
    this.#wakeReader = undefined;
  }

  /** Resolves once fewer than `capacity` messages lie in the box, or it is closed. */
  async hasRoom(): Promise<void> {
    while (this.#messages.length >= this.#capacity && !this.#isClosed) {
      await new Promise<void>((resolve) => this.#waitingSenders.push(resolve));
    }
  }

  /** Takes the oldest message, waiting for one if there is none. For one reader. */
  async take(): Promise<Message> {
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve) => this.#wakeReader = resolve);
    }
    const message = this.#messages.shift()!;
    this.#wakeSenders();
    return message;
  }

  /** The reader has gone: senders that wait go on, and nothing is kept any more. */
  close(): void {
    this.#isClosed = true;
    this.#messages.length = 0;
    this.#wakeSenders();
  }

  #wakeSenders(): void {
    const senders = this.#waitingSenders;
    this.#waitingSenders = [];
    for (const wake of senders) wake();
  }
}
