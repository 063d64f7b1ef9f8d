import { isTaggedError } from "../core/errors.ts";
import type { RetryPolicy } from "./http_options.ts";

/** Tells whether a failure may pass by itself, so that the same request is worth sending again. */
export function isRetryable(error: unknown, policy: RetryPolicy): boolean {
  if (!isTaggedError(error, "net")) return false;
  switch (error.code) {
    case "net/timeout":
    case "net/low-speed":
    case "net/connection":
    case "net/truncated":
      return true;
    case "net/rate-limited":
    case "net/status":
      return policy.statuses.includes(Number(error.context.status));
    default:
      return false;
  }
}

/**
 * The wait before the attempt after `attempt` (from 1), in milliseconds.
 *
 * `Retry-After`, when the server sent one, replaces the backoff up to `maxRetryAfterMs`; a random part up to
 * `jitterMs` is added to either, so that many clients do not come back in the same instant.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  attempt: number,
  error: unknown,
  random: () => number,
): number {
  const last = policy.backoffMs.length - 1;
  const backoff = last < 0 ? 0 : policy.backoffMs[Math.min(attempt - 1, last)]!;
  const retryAfter = isTaggedError(error) ? error.context.retryAfterMs : undefined;
  const base = policy.honorRetryAfter && typeof retryAfter === "number"
    ? Math.min(retryAfter, policy.maxRetryAfterMs)
    : backoff;
  return Math.round(base + random() * policy.jitterMs);
}
