import { TaggedError } from "./errors.ts";

/** One rule of a machine: where an event leads from some states. */
export interface Transition<State extends string, Event extends string> {
  /** The states that it starts from. */
  readonly from: readonly State[];
  /** What happens. */
  readonly event: Event;
  /** The state that follows. */
  readonly to: State;
}

/** A machine as data: its states and events with their meanings, and its rules. */
export interface StateMachineTable<State extends string, Event extends string> {
  /** What goes through the states, such as `work item`. */
  readonly subject: string;
  /** The state before anything has happened. */
  readonly initial: State;
  /** Each state and what it means. */
  readonly states: Readonly<Record<State, string>>;
  /** Each event and what it means. */
  readonly events: Readonly<Record<Event, string>>;
  /** The rules, one at most for a state and an event. What no rule allows cannot happen. */
  readonly transitions: readonly Transition<State, Event>[];
}

/** States, events and the rules between them, from a table that says all of it. */
export class StateMachine<State extends string, Event extends string> {
  /** The table that the machine was made of. */
  readonly table: StateMachineTable<State, Event>;

  /** Makes a machine of its table. */
  constructor(table: StateMachineTable<State, Event>) {
    this.table = table;
  }

  /** The state before anything has happened. */
  get initial(): State {
    return this.table.initial;
  }

  /** All states, in the order of the table. */
  get states(): State[] {
    return Object.keys(this.table.states) as State[];
  }

  /** All events, in the order of the table. */
  get events(): Event[] {
    return Object.keys(this.table.events) as Event[];
  }

  /** The state that an event leads to, or undefined when it cannot happen in this state. */
  target(state: State, event: Event): State | undefined {
    return this.table.transitions.find((rule) => rule.event === event && rule.from.includes(state))?.to;
  }

  /**
   * The state that an event leads to.
   *
   * @param state The state now, as it was stored.
   * @param event What happens.
   * @param name Whose state it is, for the error.
   * @throws {TaggedError} `store/illegal-transition` when the event cannot happen in this state, or nobody knows the state.
   */
  next(state: State, event: Event, name: string): State {
    const target = this.target(state, event);
    if (target !== undefined) return target;
    const allowed = this.events.filter((candidate) => this.target(state, candidate) !== undefined);
    throw new TaggedError(
      "store/illegal-transition",
      `The ${this.table.subject} ${name} is ${state} and cannot take the event ${event}, expected ${
        allowed.join(", ") || "a state that this program knows"
      }`,
      {
        context: { subject: this.table.subject, name, state, event },
        hint:
          "Run the same command again, which plans the work anew; if it fails in the same way, report this as a bug",
      },
    );
  }
}
