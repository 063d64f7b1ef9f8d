/** How a check ended. */
export type CheckStatus = "ok" | "warning" | "failed" | "skipped";

/** What a failed check is about: decides the exit code. */
export type CheckArea = "configuration" | "database" | "disk" | "files" | "network" | "program";

/** One thing that was looked at. */
export interface DoctorCheck {
  /** What it is about. */
  readonly area: CheckArea;
  /** What was looked at, such as `free space`. */
  readonly name: string;
  /** How it ended. */
  readonly status: CheckStatus;
  /** What was found. */
  readonly finding: string;
  /** What to do; null when nothing is to be done. */
  readonly hint: string | null;
}

/** A check that found nothing to do. */
export function good(area: CheckArea, name: string, finding: string): DoctorCheck {
  return { area, name, status: "ok", finding, hint: null };
}

/** A check that found something to do. */
export function bad(
  area: CheckArea,
  name: string,
  finding: string,
  hint: string,
  status: "warning" | "failed" = "failed",
): DoctorCheck {
  return { area, name, status, finding, hint };
}

/** A check that could not be made, or was not to be. */
export function skipped(area: CheckArea, name: string, finding: string): DoctorCheck {
  return { area, name, status: "skipped", finding, hint: null };
}

/** What a caught value says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
