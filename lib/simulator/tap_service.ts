import type { ArchivePlaces } from "./archive_places.ts";
import type { ArchiveTree } from "./archive_tree.ts";
import { type AdqlQuery, type AdqlRow, compare, parseAdql } from "./adql_query.ts";
import { type OfferedImage, offersOf, offersTouching } from "./offered_image.ts";
import { type Reply, textReply } from "./reply.ts";
import { encodeSiaError, encodeVotable, type SiaRow, type TableColumn } from "./sia_table.ts";
import type { Simulation } from "./simulation.ts";
import type { TapBehaviour } from "./stand_in_options.ts";
import { TapJobs } from "./tap_jobs.ts";
import { ImageTapRow, TAP_TABLES } from "./tap_tables.ts";

/** Largest search radius around which a query counts as one for a single source, degrees. */
const SINGLE_SOURCE_DEG = 10 / 3600;
const DEFAULT_MAX_RECORDS = 100_000;
const VOTABLE = "application/x-votable+xml";

/** What a TAP service answers from. */
export interface TapContent {
  /** The images. */
  readonly simulation: Simulation;
  /** Their files. */
  readonly tree: ArchiveTree;
  /** Where URLs begin. */
  readonly places: ArchivePlaces;
  /** Images released later are unknown. */
  readonly releasedUntilMjd: number;
}

/** The archive's TAP service: `sync`, and jobs below `async`. */
export class TapService {
  readonly #content: TapContent;
  readonly #behaviour: TapBehaviour;
  readonly #jobs: TapJobs;

  /** A service; jobs are at `tapUrl`/async. */
  constructor(content: TapContent, tapUrl: string, behaviour: TapBehaviour) {
    this.#content = content;
    this.#behaviour = behaviour;
    this.#jobs = new TapJobs(`${tapUrl}/async`, behaviour, (query) => this.#answer(query));
  }

  /** Answers a request to a path below the service. */
  reply(method: string, path: string, query: URLSearchParams): Reply {
    if (path === "sync") return this.#answer(query);
    if (path === "async" || path.startsWith("async/")) {
      return this.#jobs.reply(method, path.split("/").slice(1), query);
    }
    return textReply(404, "text/plain", "Not Found\n");
  }

  #answer(parameters: URLSearchParams): Reply {
    let query: AdqlQuery;
    try {
      query = parseAdql(parameters.get("QUERY") ?? "", (table) => TAP_TABLES[table]?.map(([name]) => name));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return textReply(400, VOTABLE, encodeSiaError(`UsageFault: BAD_REQUEST: ${error.message}`));
    }
    const wanted = parameters.get("MAXREC") === null ? DEFAULT_MAX_RECORDS : Number(parameters.get("MAXREC"));
    const limit = Math.min(wanted, this.#behaviour.maxRecords ?? DEFAULT_MAX_RECORDS, query.top ?? Infinity);
    const { rows, isCut } = this.#rows(query, limit);
    const overflow = isCut && limit !== query.top;
    const answered = rows.map((row) =>
      Object.fromEntries(query.columns.map(({ name, value }) => [name, value(row) ?? ""]))
    );
    return /csv/i.test(parameters.get("FORMAT") ?? parameters.get("RESPONSEFORMAT") ?? "")
      ? textReply(200, "text/csv", encodeCsv(query, answered))
      : textReply(200, VOTABLE, encodeVotable("TAP service", columnsOf(query), answered, overflow));
  }

  #rows(query: AdqlQuery, limit: number): { rows: AdqlRow[]; isCut: boolean } {
    const rows: AdqlRow[] = [];
    for (const offered of this.#offers(query)) {
      const row = new ImageTapRow(offered, this.#content.tree, this.#content.places);
      if (!query.isWanted(row)) continue;
      rows.push(row);
      if (query.order.length === 0 && rows.length > limit) break;
    }
    const compareRows = (a: AdqlRow, b: AdqlRow) => {
      for (const { value, sense } of query.order) {
        const order = compare(value(a), value(b));
        if (order !== 0) return order * sense;
      }
      return 0;
    };
    if (query.order.length > 0) rows.sort(compareRows);
    return { rows: rows.slice(0, limit), isCut: rows.length > limit };
  }

  *#offers({ circle, timeMjd }: AdqlQuery): Generator<OfferedImage> {
    const { simulation, releasedUntilMjd } = this.#content;
    if (circle !== undefined) {
      if (circle.radiusDeg <= SINGLE_SOURCE_DEG) {
        simulation.requestTarget(circle.rightAscensionDeg, circle.declinationDeg);
      }
      yield* offersTouching(simulation.survey, circle, releasedUntilMjd);
      return;
    }
    // Times are compared as they are written, rounded.
    const rounding = 1e-6;
    for (const image of simulation.survey.imagesBetween(timeMjd[0] - rounding, timeMjd[1] + rounding)) {
      yield* offersOf(image, releasedUntilMjd);
    }
  }
}

/** The columns of an answer; what is no column of a table is a text. */
function columnsOf(query: AdqlQuery): TableColumn[] {
  const known = query.tables.flatMap((table) => TAP_TABLES[table]!);
  return query.columns.map(({ name, column }) => {
    const [, datatype = "char", unit] = known.find(([one]) => one === column) ?? [];
    return [name, datatype, ...(unit === undefined ? [] : [unit])] as unknown as TableColumn;
  });
}

function encodeCsv({ columns }: AdqlQuery, rows: readonly SiaRow[]): string {
  const names = columns.map(({ name }) => name);
  const lines = rows.map((row) => names.map((name) => quoted(String(row[name]))).join(","));
  return [names.join(","), ...lines].join("\n") + "\n";
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
