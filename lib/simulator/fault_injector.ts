import { hashText } from "../core/random.ts";
import { FIELD, uniformAt } from "./pixel_noise.ts";
import { type Reply, textReply } from "./reply.ts";
import { type ArchiveRoute, FAULT_KINDS, type FaultKind, type FaultPlan } from "./stand_in_options.ts";

const DEFAULT_ROUTES: readonly ArchiveRoute[] = ["cutout", "ibe", "s3"];

/** Decides which requests go wrong, and how: a function of seed, URL and attempt, not of the order of requests. */
export class FaultInjector {
  readonly #seed: number;
  readonly #plan: FaultPlan;
  readonly #attempts = new Map<string, number>();
  readonly #faults = new Map<string, number>();

  /** An injector for a plan. Throws RangeError for a rate outside 0 to 1. */
  constructor(seed: number, plan: FaultPlan = {}) {
    const rate = plan.rate ?? 0;
    if (!(rate >= 0 && rate <= 1)) {
      throw new RangeError(`The rate of faults must be from 0 to 1, not ${rate}`);
    }
    this.#seed = seed;
    this.#plan = plan;
  }

  /** What goes wrong with this request; undefined for nothing. Every call counts as an attempt. */
  next(route: ArchiveRoute, url: string): FaultKind | undefined {
    const attempt = this.#attempts.get(url) ?? 0;
    this.#attempts.set(url, attempt + 1);
    const fault = this.#decide(route, url, attempt);
    if (fault !== undefined) this.#faults.set(url, (this.#faults.get(url) ?? 0) + 1);
    return fault;
  }

  #decide(route: ArchiveRoute, url: string, attempt: number): FaultKind | undefined {
    const { decide, rate = 0, kinds = FAULT_KINDS, routes = DEFAULT_ROUTES, maxPerUrl = 3 } = this.#plan;
    if (decide !== undefined) return decide({ route, url, attempt });
    if (rate === 0 || !routes.includes(route) || (this.#faults.get(url) ?? 0) >= maxPerUrl) return undefined;
    const identity = hashText(url.replace(/^https?:\/\/[^/]*/, ""));
    if (uniformAt(this.#seed, FIELD.faults, identity, attempt, 1) >= rate) return undefined;
    return kinds[Math.floor(uniformAt(this.#seed, FIELD.faults, identity, attempt, 2) * kinds.length)];
  }
}

/** The answer that a fault puts in place of a good one, for the faults that are answers; undefined for the others. */
export function faultReply(fault: FaultKind, target: string, retryAfter: string): Reply | undefined {
  switch (fault) {
    case "status-429":
      return textReply(429, "text/plain", "Too Many Requests\n", { "retry-after": retryAfter });
    case "status-503":
      return textReply(503, "text/html", "<html><body><h1>503 Service Unavailable</h1></body></html>\n");
    case "status-503-retry-after":
      return textReply(503, "text/plain", "Service Unavailable\n", { "retry-after": retryAfter });
    case "html-with-200":
      return textReply(
        200,
        "text/html",
        "<html><head><title>IRSA</title></head><body><p>The service is down for maintenance.</p></body></html>\n",
      );
    case "redirect-loop":
      return textReply(302, "text/plain", "", { location: target });
    default:
      return undefined;
  }
}

/** A reply in which `damage` makes `length` bytes from `offset` on, counted from there, other ones. */
export function damagedReply(
  reply: Reply,
  offset: number,
  length: number,
  damage: (byte: number, index: number) => number,
): Reply {
  return { ...reply, pieces: () => damagedPieces(reply, offset, length, damage) };
}

function* damagedPieces(
  reply: Reply,
  offset: number,
  length: number,
  damage: (byte: number, index: number) => number,
): Generator<Uint8Array> {
  let start = 0;
  for (const piece of reply.pieces()) {
    const from = Math.max(offset, start);
    const to = Math.min(offset + length, start + piece.byteLength);
    if (from < to) {
      const copy = piece.slice();
      for (let at = from; at < to; at++) copy[at - start] = damage(copy[at - start]!, at - offset);
      yield copy;
    } else {
      yield piece;
    }
    start += piece.byteLength;
  }
}
