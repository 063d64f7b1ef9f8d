/** One line of the table of goals. */
export interface Goal {
  /** What was measured. */
  readonly what: string;
  /** The number with its unit. */
  readonly measured: string;
  /** The bound with its unit. */
  readonly goal: string;
  /** Whether the number keeps to the bound. */
  readonly isMet: boolean;
}

/** A number that must not be larger than a bound. */
export function atMost(what: string, value: number, bound: number, unit: string): Goal {
  return { what, measured: text(value, unit), goal: `at most ${text(bound, unit)}`, isMet: value <= bound };
}

/** A number that must not be smaller than a bound. */
export function atLeast(what: string, value: number, bound: number, unit: string): Goal {
  return { what, measured: text(value, unit), goal: `at least ${text(bound, unit)}`, isMet: value >= bound };
}

function text(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 2;
  const number = value.toLocaleString("en", { maximumFractionDigits: digits });
  return unit === "" ? number : `${number} ${unit}`;
}

/** The goals as a table. */
export function goalTable(goals: readonly Goal[]): string[] {
  return [
    "| what | measured | goal | |",
    "|---|---|---|---|",
    ...goals.map(({ what, measured, goal, isMet }) =>
      `| ${what} | ${measured} | ${goal} | ${isMet ? "met" : "MISSED"} |`
    ),
  ];
}
