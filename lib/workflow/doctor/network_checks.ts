import { durationText } from "../../core/number_text.ts";
import type { Config } from "../../config/schema.ts";
import type { HttpClient } from "../../net/http_client.ts";
import { configuredUrls, openProjectClient } from "../project_client.ts";
import { bad, type DoctorCheck, good, messageOf, skipped } from "./check.ts";

/** A clock that is off by more makes file dates and retry times doubtful. */
const MOST_CLOCK_SECONDS = 60;
const ANSWER_MS = 10_000;

/** What a host has answered. */
interface Answer {
  readonly host: string;
  readonly milliseconds: number;
  /** The server's clock minus ours, seconds; undefined when it names no time. */
  readonly clockSeconds: number | undefined;
  readonly error: string | undefined;
}

/** Asks a host for anything: every answer will do, also a refusal. */
async function ask(client: HttpClient, url: URL, signal: AbortSignal | undefined): Promise<Answer> {
  const started = performance.now();
  const took = () => Math.round(performance.now() - started);
  try {
    const response = await client.request(new URL("/", url), {
      method: "HEAD",
      timeouts: { connectMs: ANSWER_MS, readMs: ANSWER_MS, totalMs: ANSWER_MS },
      retry: { attempts: 1 },
      acceptStatuses: Array.from({ length: 300 }, (_, index) => 300 + index),
      ...(signal === undefined ? {} : { signal }),
    });
    await response.bytes();
    const date = Date.parse(response.headers.get("date") ?? "");
    const clockSeconds = Number.isNaN(date) ? undefined : (date - Date.now()) / 1000;
    return { host: url.host, milliseconds: took(), clockSeconds, error: undefined };
  } catch (error) {
    if (signal?.aborted) throw error;
    return { host: url.host, milliseconds: took(), clockSeconds: undefined, error: messageOf(error) };
  }
}

function reachCheck({ host, milliseconds, error }: Answer): DoctorCheck {
  return error === undefined
    ? good("network", host, `answers after ${durationText(milliseconds / 1000)}`)
    : bad(
      "network",
      host,
      `does not answer: ${error}`,
      "Check the connection and the proxy variables; without it, `spxcutdb run --offline` does what can be done",
    );
}

function clockCheck(answers: readonly Answer[]): DoctorCheck {
  const name = "clock";
  const told = answers.find(({ clockSeconds }) => clockSeconds !== undefined);
  if (told === undefined) return skipped("program", name, "no server has told its time");
  const seconds = told.clockSeconds!;
  const finding = `${Math.abs(seconds).toFixed(0)} s ${
    seconds < 0 ? "before" : "behind"
  } that of ${told.host}`;
  return Math.abs(seconds) <= MOST_CLOCK_SECONDS
    ? good("program", name, finding)
    : bad("program", name, finding, "Set the clock of this machine, best by NTP", "warning");
}

/** Whether the hosts that the configuration names can be reached, and what their clocks say. */
export async function networkChecks(config: Config, signal: AbortSignal | undefined): Promise<DoctorCheck[]> {
  using client = openProjectClient(config);
  const byHost = new Map(configuredUrls(config).map((url) => [url.host, url]));
  const answers = await Promise.all([...byHost.values()].map((url) => ask(client.http, url, signal)));
  return [...answers.map(reachCheck), clockCheck(answers)];
}
