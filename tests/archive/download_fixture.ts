import { join } from "node:path";
import type { DownloadEvent, ValidationOutcome } from "../../lib/archive/download_event.ts";
import type { DownloadItem } from "../../lib/archive/download_item.ts";
import type { DownloadOptions } from "../../lib/archive/download_options.ts";
import { createHttpClient, type HttpClient } from "../../lib/net/http_client.ts";
import type { HttpClientOptions } from "../../lib/net/http_options.ts";
import { FakeClock } from "../net/fake_clock.ts";

/** Bytes that begin like FITS and are valid to {@linkcode validateLength} when they are all there. */
export function fitsBytes(length: number, seed = 0): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + seed) % 251);
  bytes.set(new TextEncoder().encode("SIMPLE  =                    T".slice(0, length)));
  return bytes;
}

/** A stand-in for the FITS validator: a file is whole when its length is a number of blocks. */
export async function validateLength(path: string): Promise<ValidationOutcome> {
  const { size } = await Deno.stat(path);
  if (size % 2880 === 0 && size > 0) return { status: "passed" };
  return { status: "failed_invalid_fits", reason: `${size} bytes are no whole number of blocks` };
}

/** A project directory, a client and what a download needs besides. */
export class DownloadFixture implements AsyncDisposable {
  readonly root: string;
  readonly clock = new FakeClock();
  readonly client: HttpClient;

  constructor(options: HttpClientOptions = {}) {
    this.root = Deno.makeTempDirSync({ prefix: "download-test-" });
    this.client = createHttpClient({ clock: this.clock, random: () => 0, ...options });
  }

  /** An item whose file goes to `data/<key>.fits`. */
  item(key: string, url: string): DownloadItem {
    return {
      key,
      url,
      localPath: join(this.root, "data", `${key}.fits`),
      partialPath: join(this.root, "data", "partial", `${key}.fits.part`),
      expected: { rightAscensionDeg: 10, declinationDeg: 20, sizeArcsec: 60 },
    };
  }

  /** Options of a download here. */
  options(more: Partial<DownloadOptions> = {}): DownloadOptions {
    return {
      client: this.client,
      projectRoot: this.root,
      validate: validateLength,
      quarantineDirectory: join(this.root, "quarantine"),
      clock: this.clock,
      random: () => 0,
      ...more,
    };
  }

  /** All files below the project, by their path in it, sorted. */
  files(directory = this.root): string[] {
    return [...Deno.readDirSync(directory)].flatMap((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory ? this.files(path) : [path.slice(this.root.length + 1)];
    }).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await Deno.remove(this.root, { recursive: true });
  }
}

/** All events of a download. */
export async function collect<Event>(events: AsyncIterable<Event>): Promise<Event[]> {
  const all: Event[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Kinds and keys of events, without their common beginning. */
export function brief(events: readonly DownloadEvent[]): string[] {
  return events.map((event) => `${event.key} ${event.type.replace("download_", "")}`);
}
