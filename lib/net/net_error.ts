import { type JsonValue, TaggedError } from "../core/errors.ts";
import { withoutSecrets } from "../core/public_text.ts";

/** A URL as it may appear in messages and logs: without query, fragment and credentials. */
export function withoutQuery(url: string | URL): string {
  const text = withoutSecrets(String(url));
  return text.includes("://") ? text : text.replace(/[?#].*$/s, "");
}

/** Why a request was given up for taking too long. */
export type TimeoutKind = "connect" | "read" | "total";

/** Makes `net/timeout`: nothing came for too long. */
export function timeoutError(url: string, kind: TimeoutKind, limitMs: number): TaggedError {
  const what = kind === "connect"
    ? "connect to the host"
    : kind === "read"
    ? "get the next bytes"
    : "finish the request";
  return new TaggedError(
    "net/timeout",
    `Could not ${what} of ${withoutQuery(url)} within ${limitMs / 1000} s`,
    {
      context: { url: withoutQuery(url), kind, limitMs },
      hint: "Try again later, or raise the timeouts in the download section of the config",
    },
  );
}

/** Makes `net/low-speed`: bytes came, but too few. */
export function lowSpeedError(url: string, bytes: number, windowMs: number, wanted: number): TaggedError {
  const rate = Math.round(bytes / (windowMs / 1000));
  return new TaggedError(
    "net/low-speed",
    `The body of ${withoutQuery(url)} came at ${rate} bytes/s over ${
      (windowMs / 1000).toFixed(1)
    } s, expected at least ${wanted}`,
    { context: { url: withoutQuery(url), bytes, windowMs, wantedBytesPerSecond: wanted } },
  );
}

/** Makes `net/rate-limited` for 429 and `net/status` for any other status that is no success. */
export function statusError(
  url: string,
  status: number,
  retryAfterMs: number | undefined,
  excerpt: string,
): TaggedError {
  const context: Record<string, JsonValue> = { url: withoutQuery(url), status };
  if (retryAfterMs !== undefined) context.retryAfterMs = retryAfterMs;
  if (excerpt !== "") context.body = excerpt;
  const said = excerpt === "" ? "" : `: ${excerpt}`;
  const code = status === 429 ? "net/rate-limited" : "net/status";
  return new TaggedError(code, `${withoutQuery(url)} answered with status ${status}${said}`, { context });
}

/** Makes `net/connection`: the host cannot be reached, or the connection broke before the answer began. */
export function connectionError(url: string, cause: unknown): TaggedError {
  const detail = connectionDetail(cause);
  return new TaggedError("net/connection", `Could not reach ${withoutQuery(url)}: ${detail}`, {
    context: { url: withoutQuery(url), detail },
    hint: "Check the network, the proxy settings and the endpoint in the config",
  });
}

/** Makes `net/truncated`: the connection broke inside of the body. */
export function truncatedError(
  url: string,
  received: number,
  expected: number | undefined,
  cause: unknown,
): TaggedError {
  const wanted = expected === undefined ? "more" : `${expected}`;
  return new TaggedError(
    "net/truncated",
    `The body of ${withoutQuery(url)} ended after ${received} bytes, expected ${wanted}: ${
      connectionDetail(cause)
    }`,
    { context: { url: withoutQuery(url), received, expected: expected ?? null } },
  );
}

/** The platform's words without the URL, whose query is no one else's business. */
function connectionDetail(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return withoutSecrets(
    text.replace(/^error sending request (from \S+ )?for (url \()?\S+?\)?( \([^)]*\))?: /, ""),
  );
}
