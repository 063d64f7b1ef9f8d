import type { TextSink } from "../../lib/cli/terminal.ts";

/** A sink that keeps what is written to it. */
export class RecordedSink implements TextSink {
  /** All that was written. */
  text = "";

  /** A terminal of some width, or a file. */
  constructor(readonly isTerminal: boolean, readonly width: number = 80) {}

  /** The width of a terminal. */
  columns(): number | undefined {
    return this.isTerminal ? this.width : undefined;
  }

  /** Keeps a text. */
  write(text: string): void {
    this.text += text;
  }

  /** What was written since the last call. */
  take(): string {
    const { text } = this;
    this.text = "";
    return text;
  }
}
