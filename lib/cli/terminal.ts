/** When text is coloured. */
export type ColorChoice = "auto" | "always" | "never";

/** Ways to make text stand out; all of them hand the text back unchanged when colours are off. */
export interface TextStyle {
  /** Bold. */
  readonly bold: (text: string) => string;
  /** Faint, for what is beside the point. */
  readonly dim: (text: string) => string;
  /** For errors. */
  readonly red: (text: string) => string;
  /** For success. */
  readonly green: (text: string) => string;
  /** For warnings. */
  readonly yellow: (text: string) => string;
  /** For hints and paths. */
  readonly cyan: (text: string) => string;
}

/** A stream that text is written to. */
export interface TextSink {
  /** Whether a person looks at it. */
  readonly isTerminal: boolean;
  /** Characters in a line; undefined when it has no lines of a fixed width. */
  columns(): number | undefined;
  /** Writes a text as it is. */
  write(text: string): void;
}

/** Wraps text in an escape sequence of ECMA-48. */
function painter(isOn: boolean, on: number, off: number): (text: string) => string {
  return (text) => isOn && text !== "" ? `\x1b[${on}m${text}\x1b[${off}m` : text;
}

/** A style with or without colours. */
export function textStyle(hasColor: boolean): TextStyle {
  return {
    bold: painter(hasColor, 1, 22),
    dim: painter(hasColor, 2, 22),
    red: painter(hasColor, 31, 39),
    green: painter(hasColor, 32, 39),
    yellow: painter(hasColor, 33, 39),
    cyan: painter(hasColor, 36, 39),
  };
}

/**
 * Whether to colour text for a sink: `always` and `never` as they say; `auto` on a terminal, unless NO_COLOR is set.
 *
 * @param choice What the user asked for.
 * @param sink Where the text goes.
 * @param noColor Whether NO_COLOR is set to anything but an empty text (https://no-color.org).
 */
export function wantsColor(choice: ColorChoice, sink: TextSink, noColor: boolean): boolean {
  return choice === "always" || (choice === "auto" && sink.isTerminal && !noColor);
}

/** What a terminal is made of; tests pass their own sinks. */
export interface TerminalOptions {
  /** Where data go: what another program may read. */
  readonly stdout: TextSink;
  /** Where everything else goes. */
  readonly stderr: TextSink;
  /** When text is coloured. */
  readonly color?: ColorChoice;
  /** Whether NO_COLOR is set. */
  readonly noColor?: boolean;
  /** 0 as usual; 1 leaves out messages and hints; 2 leaves out warnings too. Errors always show. */
  readonly quietness?: number;
}

/** The two streams of the program: data on the one, everything said to people on the other. */
export class Terminal {
  /** Colours for stdout. */
  readonly outStyle: TextStyle;
  /** Colours for stderr. */
  readonly style: TextStyle;
  /** The stream of messages, for the progress line. */
  readonly stderr: TextSink;
  readonly #stdout: TextSink;
  readonly #quietness: number;
  #beforeMessage: () => void = () => {};

  /** Makes a terminal of two sinks. */
  constructor(options: TerminalOptions) {
    const { stdout, stderr, color = "auto", noColor = false } = options;
    this.#stdout = stdout;
    this.stderr = stderr;
    this.outStyle = textStyle(wantsColor(color, stdout, noColor));
    this.style = textStyle(wantsColor(color, stderr, noColor));
    this.#quietness = options.quietness ?? 0;
  }

  /** Writes data to stdout; a line break is added when there is none. */
  data(text: string): void {
    this.#beforeMessage();
    this.#stdout.write(text.endsWith("\n") || text === "" ? text : `${text}\n`);
  }

  /** Writes one JSON document to stdout, indented when a person looks at it. */
  json(value: unknown): void {
    this.data(JSON.stringify(value, null, this.#stdout.isTerminal ? 2 : undefined));
  }

  /** Tells something on stderr, unless the program is to be quiet. */
  message(text: string): void {
    if (this.#quietness < 1) this.#say(text);
  }

  /** Warns on stderr, unless the program is to be very quiet. */
  warning(text: string): void {
    if (this.#quietness < 2) this.#say(`${this.style.bold(this.style.yellow("warning"))}: ${text}`);
  }

  /** Writes an error to stderr. */
  error(text: string): void {
    this.#say(text);
  }

  /** Calls `clear` before each text from now on, so that a progress line can step aside; returns what ends that. */
  interceptMessages(clear: () => void): () => void {
    this.#beforeMessage = clear;
    return () => {
      this.#beforeMessage = () => {};
    };
  }

  #say(text: string): void {
    this.#beforeMessage();
    this.stderr.write(text.endsWith("\n") ? text : `${text}\n`);
  }
}

/** Writes all of a text to a stream of the process; a reader that has gone away is no error. */
function writeAll(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** A sink for a stream of the process. */
function processSink(stream: typeof Deno.stdout | typeof Deno.stderr): TextSink {
  const isTerminal = stream.isTerminal();
  return {
    isTerminal,
    columns() {
      try {
        // A terminal that does not know its size says 0.
        return isTerminal ? Deno.consoleSize().columns || undefined : undefined;
      } catch {
        return undefined;
      }
    },
    write: (text) => writeAll(stream, text),
  };
}

/** The terminal of this process. */
export function processTerminal(options: { color?: ColorChoice; quietness?: number } = {}): Terminal {
  return new Terminal({
    stdout: processSink(Deno.stdout),
    stderr: processSink(Deno.stderr),
    noColor: Deno.noColor,
    ...options,
  });
}
