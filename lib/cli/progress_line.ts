import { bytesText, clockText, countText, rateText } from "../core/number_text.ts";
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
  /** Seconds an item cost in earlier runs: the time left until this run has a rate of its own. */
  readonly expectedSecondsPerItem?: number | undefined;
}

/** Characters of the bar. */
const BAR_WIDTH = 12;

/** A bar that fills from the left: `[#####-------]`. */
function bar(done: number, total: number): string {
  const filled = total <= 0 ? BAR_WIDTH : Math.min(BAR_WIDTH, Math.floor(done / total * BAR_WIDTH));
  return `[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}]`;
}

/** Seconds until everything is done at the present rate, or before there is one at that of earlier runs. */
function secondsLeft({ done, total, perSecond, expectedSecondsPerItem }: ProgressState): number | undefined {
  const secondsPerItem = perSecond === undefined || perSecond <= 0 ? expectedSecondsPerItem : 1 / perSecond;
  if (total === undefined || secondsPerItem === undefined) return undefined;
  return Math.max(0, total - done) * secondsPerItem;
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

/** Items done of items in all. */
function countsText({ done, total }: ProgressState): string {
  return total === undefined ? countText(done) : `${countText(done)}/${countText(total)}`;
}

/**
 * The state as one line for a terminal; details that do not fit into `columns` are left out from the end.
 *
 * @param state How far the work is.
 * @param columns Width of the terminal.
 * @param others Stages that go on at the same time, told by their counts.
 */
export function progressText(
  state: ProgressState,
  columns: number,
  others: readonly ProgressState[] = [],
): string {
  const { done, total, unit } = state;
  let text = `${state.stage.padEnd(11)} ${total === undefined ? "" : `${bar(done, total)} `}${
    countsText(state)
  }${unit === undefined ? "" : ` ${unit}`}`;
  for (const detail of [...details(state), ...others.map((other) => `${other.stage} ${countsText(other)}`)]) {
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

/** One stage as it was told last. */
class StageRecord {
  state: ProgressState;
  isShown = false;
  #rate: number | undefined;
  #rateAt: number;
  #rateDone: number;

  constructor(state: ProgressState, now: number) {
    this.state = state;
    this.#rateAt = now;
    this.#rateDone = state.done;
  }

  /** Takes a new state; a rate that it does not name is averaged with weights that fall off over ten seconds. */
  update(state: ProgressState, now: number): void {
    const elapsedMs = now - this.#rateAt;
    if (elapsedMs >= 250) {
      const rate = Math.max(0, state.done - this.#rateDone) / elapsedMs * 1000;
      const weight = this.#rate === undefined ? 1 : 1 - Math.exp(-elapsedMs / RATE_TIME_MS);
      this.#rate = (this.#rate ?? 0) * (1 - weight) + rate * weight;
      this.#rateAt = now;
      this.#rateDone = state.done;
    }
    this.state = { ...state, perSecond: state.perSecond ?? this.#rate };
    this.isShown = false;
  }

  /** Items still to do; infinite while that is not known. */
  get itemsLeft(): number {
    return this.state.total === undefined ? Infinity : Math.max(0, this.state.total - this.state.done);
  }

  /** Whether there is more to do, as far as is known. */
  get isGoingOn(): boolean {
    return this.itemsLeft > 0;
  }
}

/**
 * Shows how far the work is: one line that is painted over on a terminal; elsewhere every 30 s a line for each stage
 * that has moved, and at the end. It is told the states whenever they change and keeps no timer.
 *
 * Stages may go on at the same time: the line shows the one with the most left to do and the counts of the others.
 */
export class ProgressLine {
  readonly #sink: TextSink;
  readonly #isOff: boolean;
  readonly #now: () => number;
  readonly #intervalMs: number;
  readonly #stages = new Map<string, StageRecord>();
  #shownAt: number | undefined;
  #isPainted = false;

  /** Shows nothing until it is told a state. */
  constructor(options: ProgressOptions) {
    this.#sink = options.sink;
    this.#isOff = options.isOff ?? false;
    this.#now = options.now ?? (() => performance.now());
    this.#intervalMs = options.sink.isTerminal
      ? options.paintIntervalMs ?? 100
      : options.logIntervalMs ?? 30_000;
  }

  /** Takes the new state of a stage and shows it when it is time. */
  update(state: ProgressState): void {
    if (this.#isOff) return;
    const now = this.#now();
    const known = this.#stages.get(state.stage);
    if (known === undefined) this.#stages.set(state.stage, new StageRecord(state, now));
    else known.update(state, now);
    // A terminal sees the first state at once; a log waits, so that short work gives one line, at its end.
    this.#shownAt ??= this.#sink.isTerminal ? -Infinity : now;
    if (now - this.#shownAt >= this.#intervalMs) this.#show(now);
  }

  /** Removes the line from a terminal, so that something else can be written; the next update paints it again. */
  clear(): void {
    if (!this.#isPainted) return;
    this.#sink.write("\r\x1b[K");
    this.#isPainted = false;
    this.#shownAt = undefined;
  }

  /** Ends the line: a log gets what it has not been shown yet, a terminal loses it. */
  end(): void {
    if (!this.#sink.isTerminal) this.#show(this.#now());
    this.clear();
    this.#stages.clear();
  }

  #show(now: number): void {
    this.#shownAt = now;
    if (this.#sink.isTerminal) return this.#paint();
    for (const stage of this.#stages.values()) {
      if (!stage.isShown) this.#sink.write(`${progressFields(stage.state)}\n`);
      stage.isShown = true;
    }
  }

  #paint(): void {
    const stages = [...this.#stages.values()];
    const main = stages.reduce((most, stage) => stage.itemsLeft >= most.itemsLeft ? stage : most);
    const others = stages.filter((stage) => stage !== main && stage.isGoingOn).map((stage) => stage.state);
    this.#sink.write(`\r\x1b[K${progressText(main.state, this.#sink.columns() ?? 80, others)}`);
    this.#isPainted = true;
  }
}
