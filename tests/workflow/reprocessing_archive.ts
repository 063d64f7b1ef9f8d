import type { StandInArchive } from "../../lib/simulator/stand_in_archive.ts";

/** A processing version, newer than any in the survey. */
export const NEW_VERSION = "l2b-v99-2030-001";

/**
 * Stands in front of an archive and shows its images of one processing version as a newer processing, the way an
 * archive looks after a planning period was processed again.
 */
export class ReprocessingArchive implements AsyncDisposable {
  /** Requests for cutouts of the newer processing. */
  cutoutRequests = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** With `keepsOld` the older processing is offered beside the newer one. */
  constructor(archive: StandInArchive, oldVersion: string, { keepsOld = false } = {}) {
    const renewed = (text: string) => text.replaceAll(oldVersion, NEW_VERSION);
    const answered = (text: string) =>
      keepsOld
        ? text.replace(/<TR>[\s\S]*?<\/TR>/g, (row) => row.includes(oldVersion) ? row + renewed(row) : row)
        : renewed(text);
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      const { pathname, search } = new URL(request.url);
      const isQuery = pathname === "/SIA";
      if (!isQuery && pathname.includes(NEW_VERSION)) this.cutoutRequests++;
      const path = `${pathname}${search}`.replaceAll(NEW_VERSION, oldVersion);
      const answer = await fetch(`${archive.urls.origin}${path}`);
      if (isQuery) return new Response(answered(await answer.text()));
      return new Response(await answer.arrayBuffer(), { status: answer.status });
    });
  }

  /** The configuration values that point discovery and cutouts at it. */
  get config(): Record<string, unknown> {
    const origin = `http://127.0.0.1:${this.#server.addr.port}`;
    return { "discovery.sia_endpoint": `${origin}/SIA`, "cutouts.base_url": origin };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.shutdown();
  }
}
