import { bytesText, clockText, countText, rateText } from "./number_text.ts";
import type { TextSink } from "./terminal.ts";

/** How far a stage of the work is. */
export interface ProgressState {
  /** What is going on: `discover`, `plan`, `measure`. */
  readonly stage: string;
  /** Items done, those that failed included. */
  readonly done: number;
  /** Items in all; undefined while that is not known. */
  readonly total?: number | undefined;
  /** Items that failed. */
  readonly failed?: number | undefined;
  /** What an item is, in the plural. */
  readonly unit?: string | undefined;
  /** Items done in a second, lately; undefined while that is not known. */
  readonly perSecond?: number | undefined;
  /** Measuring workers that are busy, and all of them. */
  readonly fit?: { readonly busy: number; readonly all: number } | undefined;
  /** Requests that are open, how many may be, and the host. */
  readonly network?: { readonly open: number; readonly limit: number; readonly host?: string } | undefined;
  /** Bytes fetched. */
  readonly bytes?: number | undefined;
}

/** Characters of the bar. */
const BAR_WIDTH = 12;

/** A bar that fills from the left: `[#####-------]`. */
function bar(done: number, total: number): string {
  const filled = total <= 0 ? BAR_WIDTH : Math.min(BAR_WIDTH, Math.floor(done / total * BAR_WIDTH));
  return `[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}]`;
}

/** Seconds until everything is done at the present rate. */
function secondsLeft({ done, total, perSecond }: ProgressState): number | undefined {
  if (total === undefined || perSecond === undefined || perSecond <= 0) return undefined;
  return Math.max(0, total - done) / perSecond;
}

/** What is said behind the counts, most important first. */
function details(state: ProgressState): string[] {
  const { perSecond, fit, network, bytes, failed } = state;
  return [
    ...(failed ? [`${countText(failed)} failed`] : []),
    ...(perSecond === undefined ? [] : [rateText(perSecond)]),
    ...(state.total === undefined ? [] : [`eta ${clockText(secondsLeft(state))}`]),
    ...(fit === undefined ? [] : [`fit ${fit.busy}/${fit.all}`]),
    ...(network === undefined
      ? []
      : [`net ${network.open}/${network.limit}${network.host ? ` (${network.host})` : ""}`]),
    ...(bytes === undefined ? [] : [bytesText(bytes)]),
  ];
}

/**
 * The state as one line for a terminal; details that do not fit into `columns` are left out from the end.
 *
 * @param state How far the work is.
 * @param columns Width of the terminal.
 */
export function progressText(state: ProgressState, columns: number): string {
  const { done, total, unit } = state;
  const counts = total === undefined ? countText(done) : `${countText(done)}/${countText(total)}`;
  let text = `${state.stage.padEnd(11)} ${total === undefined ? "" : `${bar(done, total)} `}${counts}${
    unit === undefined ? "" : ` ${unit}`
  }`;
  for (const detail of details(state)) {
    if (text.length + 2 + detail.length >= columns) break;
    text += `  ${detail}`;
  }
  return text.slice(0, Math.max(1, columns - 1));
}

/** The state as one line for a log: `stage=measure done=12 total=40 ...`. */
export function progressFields(state: ProgressState): string {
  const { perSecond, fit, network, bytes } = state;
  const left = secondsLeft(state);
  const fields: [string, string | number | undefined][] = [
    ["stage", state.stage],
    ["done", state.done],
    ["total", state.total],
    ["failed", state.failed ?? 0],
    ["per_second", perSecond === undefined ? undefined : Number(perSecond.toPrecision(3))],
    ["eta_seconds", left === undefined ? undefined : Math.round(left)],
    ["fit_busy", fit === undefined ? undefined : `${fit.busy}/${fit.all}`],
    ["network", network === undefined ? undefined : `${network.open}/${network.limit}`],
    ["bytes", bytes],
  ];
  return fields.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}`).join(
    " ",
  );
}

/** How progress is shown. */
export interface ProgressOptions {
  /** The stream of messages. */
  readonly sink: TextSink;
  /** Show nothing. */
  readonly isOff?: boolean;
  /** Time in milliseconds; tests pass their own. */
  readonly now?: () => number;
  /** The least time between two paintings on a terminal. */
  readonly paintIntervalMs?: number;
  /** The least time between two lines of a log. */
  readonly logIntervalMs?: number;
}

/** Time over which the rate is averaged. */
const RATE_TIME_MS = 10_000;

/**
 * Shows how far the work is: one line that is painted over on a terminal; elsewhere a line every 30 s and one when a
 * stage ends. It is told the state whenever that changes and keeps no timer.
 */
export class ProgressLine {
  readonly #sink: TextSink;
  readonly #isOff: boolean;
  readonly #now: () => number;
  readonly #intervalMs: number;
  #shownAt: number | undefined;
  #isPainted = false;
  #state: ProgressState | undefined;
  #isShown = true;
  #rate: number | undefined;
  #rateAt = 0;
  #rateDone = 0;

  /** Shows nothing until it is told a state. */
  constructor(options: ProgressOptions) {
    this.#sink = options.sink;
    this.#isOff = options.isOff ?? false;
    this.#now = options.now ?? (() => performance.now());
    this.#intervalMs = options.sink.isTerminal
      ? options.paintIntervalMs ?? 100
      : options.logIntervalMs ?? 30_000;
  }

  /** Takes the new state and shows it when it is time; a rate that it does not name is estimated. */
  update(state: ProgressState): void {
    if (this.#isOff) return;
    const now = this.#now();
    if (state.stage !== this.#state?.stage) this.#beginStage(state, now);
    this.#measureRate(state.done, now);
    this.#state = { ...state, perSecond: state.perSecond ?? this.#rate };
    this.#isShown = false;
    if (this.#shownAt === undefined || now - this.#shownAt >= this.#intervalMs) this.#show(now);
  }

  /** Removes the line from a terminal, so that something else can be written; the next update paints it again. */
  clear(): void {
    if (!this.#isPainted) return;
    this.#sink.write("\r\x1b[K");
    this.#isPainted = false;
    this.#shownAt = undefined;
  }

  /** Shows the last state of a log that has not been shown, and removes the line of a terminal. */
  end(): void {
    if (!this.#sink.isTerminal) this.#showUnshown();
    this.clear();
    this.#state = undefined;
  }

  /** A stage begins: the log gets the end of the one before. */
  #beginStage(state: ProgressState, now: number): void {
    if (this.#state !== undefined && !this.#sink.isTerminal) this.#showUnshown();
    // A log waits for its first line, so that short stages give one line, at their end.
    this.#shownAt = this.#sink.isTerminal ? undefined : now;
    this.#rate = undefined;
    this.#rateAt = now;
    this.#rateDone = state.done;
  }

  #showUnshown(): void {
    if (this.#state !== undefined && !this.#isShown) this.#show(this.#now());
  }

  #show(now: number): void {
    const state = this.#state!;
    this.#shownAt = now;
    this.#isShown = true;
    if (!this.#sink.isTerminal) {
      this.#sink.write(`${progressFields(state)}\n`);
      return;
    }
    this.#sink.write(`\r\x1b[K${progressText(state, this.#sink.columns() ?? 80)}`);
    this.#isPainted = true;
  }

  /** Averages the rate with weights that fall off over ten seconds. */
  #measureRate(done: number, now: number): void {
    const elapsedMs = now - this.#rateAt;
    if (elapsedMs < 250) return;
    const rate = Math.max(0, done - this.#rateDone) / elapsedMs * 1000;
    const weight = this.#rate === undefined ? 1 : 1 - Math.exp(-elapsedMs / RATE_TIME_MS);
    this.#rate = (this.#rate ?? 0) * (1 - weight) + rate * weight;
    this.#rateAt = now;
    this.#rateDone = done;
  }
}
