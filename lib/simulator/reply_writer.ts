import type { HttpConnection } from "./http_connection.ts";
import type { Reply } from "./reply.ts";
import type { RequestRecord } from "./request_log.ts";
import type { FaultKind, LinkLimits } from "./stand_in_options.ts";

/** Bytes that are written at once on a paced line. */
const PACED_BYTES = 16384;
/** Bytes that are written at once on a free line: what is small goes out with what precedes it. */
const FREE_BYTES = 1 << 18;
const DRIP_BYTES = 256;
const DRIP_MILLISECONDS = 200;

/** Waits; ends at once when `signal` is aborted. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
  });
}

/** How one reply is written. */
export interface WriteSettings {
  /** Whether the body is left out (HEAD). */
  readonly headOnly: boolean;
  /** What goes wrong while writing, if anything. */
  readonly fault: FaultKind | undefined;
  /** How long a stall or a slow drip lasts, milliseconds. */
  readonly stallMilliseconds: number;
  /** Pace of the line. */
  readonly link: LinkLimits;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
}

/**
 * Writes a reply and counts the bytes of its body in `record`. Returns whether the connection can be used again.
 */
export async function writeReply(
  connection: HttpConnection,
  reply: Reply,
  record: RequestRecord,
  settings: WriteSettings,
): Promise<boolean> {
  const { fault, signal, headOnly } = settings;
  if (fault === "reset") {
    record.status = 0;
    return false;
  }
  const cut = fault === "wrong-content-length" ? Math.min(2880, Math.ceil(reply.byteLength / 2)) : 0;
  const announced = reply.byteLength - cut;
  record.status = reply.status;
  await connection.writeHead(reply.status, {
    ...reply.headers,
    "content-length": String(announced),
    date: new Date().toUTCString(),
    server: "stand-in",
  });
  if (headOnly) return true;
  const limit = fault === "truncation" || fault === "stall" ? Math.floor(announced * 0.4) : announced;
  if (fault === "slow-drip") {
    await drip(connection, reply, record, settings);
    return false;
  }
  await writeBody(connection, reply, record, limit, settings);
  if (fault === "stall") await pause(settings.stallMilliseconds, signal);
  return limit === announced && !signal.aborted;
}

async function writeBody(
  connection: HttpConnection,
  reply: Reply,
  record: RequestRecord,
  limit: number,
  { link, signal }: WriteSettings,
): Promise<void> {
  const { bytesPerSecond } = link;
  const atOnce = bytesPerSecond === undefined
    ? FREE_BYTES
    : Math.min(PACED_BYTES, Math.ceil(bytesPerSecond / 50));
  const start = performance.now();
  let sent = 0;
  for (const piece of reply.pieces()) {
    for (let at = 0; at < piece.byteLength && sent < limit && !signal.aborted;) {
      const length = Math.min(atOnce, piece.byteLength - at, limit - sent);
      await connection.write(piece.subarray(at, at + length));
      at += length;
      sent += length;
      record.bodyBytes += length;
      if (bytesPerSecond !== undefined) {
        await pause(sent / bytesPerSecond * 1000 - (performance.now() - start), signal);
      }
    }
    if (sent >= limit || signal.aborted) return;
  }
}

/** Writes a little of the body at a time until the patience of the plan is over. */
async function drip(
  connection: HttpConnection,
  reply: Reply,
  record: RequestRecord,
  { stallMilliseconds, signal }: WriteSettings,
): Promise<void> {
  const end = performance.now() + stallMilliseconds;
  for (const piece of reply.pieces()) {
    for (let at = 0; at < piece.byteLength; at += DRIP_BYTES) {
      if (performance.now() > end || signal.aborted) return;
      const part = piece.subarray(at, at + DRIP_BYTES);
      await connection.write(part);
      record.bodyBytes += part.byteLength;
      await pause(DRIP_MILLISECONDS, signal);
    }
  }
}
