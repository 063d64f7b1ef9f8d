import type { SimulationOptions } from "./simulation_options.ts";

/** All that can go wrong with an answer. */
export const FAULT_KINDS = [
  "status-429",
  "status-503",
  "status-503-retry-after",
  "reset",
  "stall",
  "slow-drip",
  "truncation",
  "wrong-content-length",
  "html-with-200",
  "corrupt-header",
  "corrupt-data",
  "wrong-object",
  "redirect-loop",
] as const;

/** A way in which the stand-in archive can misbehave. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** The services of the stand-in archive. */
export type ArchiveRoute =
  | "sia"
  | "cutout"
  | "ibe"
  | "ibe-listing"
  | "s3"
  | "s3-listing"
  | "tap"
  | "datalink"
  | "truth"
  | "other";

/** What a fault plan is asked about. */
export interface FaultRequest {
  /** Service that the request goes to. */
  readonly route: ArchiveRoute;
  /** Path and query of the request. */
  readonly url: string;
  /** How many times this URL has been asked for before. */
  readonly attempt: number;
}

/** When and how the stand-in archive misbehaves. */
export interface FaultPlan {
  /** Fraction of the requests that go wrong, 0 to 1; 0 unless given. */
  readonly rate?: number;
  /** The kinds to choose from; all unless given. */
  readonly kinds?: readonly FaultKind[];
  /** The routes that misbehave; cutouts and objects unless given. */
  readonly routes?: readonly ArchiveRoute[];
  /** Faults of one URL in a row after which it is answered well; 3 unless given. */
  readonly maxPerUrl?: number;
  /** Decides instead of `rate` and `kinds`: the fault of a request, or undefined for none. */
  readonly decide?: (request: FaultRequest) => FaultKind | undefined;
  /** Value of Retry-After where one is sent, seconds or an HTTP date; "1" unless given. */
  readonly retryAfter?: string;
  /** How long a stall lasts before the connection is closed, milliseconds; 30,000 unless given. */
  readonly stallMilliseconds?: number;
}

/** The line between the stand-in archive and its clients. */
export interface LinkLimits {
  /** Pause before each answer, milliseconds; 0 unless given. */
  readonly latencyMilliseconds?: number;
  /** Bytes a second of each connection; unlimited unless given. */
  readonly bytesPerSecond?: number;
  /** Number of requests that are answered at once; unlimited unless given. */
  readonly maxConcurrent?: number;
  /** What happens to more than `maxConcurrent` requests: they wait (unless given), or get status 503. */
  readonly overLimit?: "queue" | "refuse";
}

/** How the TAP service of a stand-in archive behaves. */
export interface TapBehaviour {
  /** Most rows of an answer, whatever the query asks for; 100,000 unless given. */
  readonly maxRecords?: number;
  /** How often a client finds a running job at work before it is done; 1 unless given. */
  readonly looksUntilDone?: number;
  /** Makes jobs end with this error. */
  readonly jobError?: string;
}

/** How a stand-in archive is made. */
export interface StandInArchiveOptions extends SimulationOptions {
  /** Port on 127.0.0.1; a free one unless given. */
  readonly port?: number;
  /** Misbehaviour; none unless given. */
  readonly faults?: FaultPlan;
  /** Whether the planes of cutouts carry CHECKSUM and DATASUM, by which damaged data can be told; not unless given. */
  readonly checksums?: boolean;
  /** Latency, pace and concurrency; unlimited unless given. */
  readonly link?: LinkLimits;
  /** How its TAP service behaves. */
  readonly tap?: TapBehaviour;
  /** Date of the archive, MJD: discovery services know nothing that was released later; all is released unless given. */
  readonly releasedUntilMjd?: number;
  /** Where the access URLs of SIA2 lead: to files (unless given), or to DataLink documents that name them. */
  readonly accessUrls?: "files" | "datalink";
}

/** Where the services of a stand-in archive are; the layout below each is the real archive's. */
export interface StandInUrls {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** SIA2 query endpoint; real: `https://irsa.ipac.caltech.edu/SIA`. */
  readonly siaEndpoint: string;
  /** Files and cutouts; real: `https://irsa.ipac.caltech.edu/ibe/data/spherex`. */
  readonly ibeBaseUrl: string;
  /** Directory listings, one JSON object a line; real: `https://irsa.ipac.caltech.edu/ibe/dir/list/spherex`. */
  readonly ibeListingUrl: string;
  /** Objects and `?list-type=2` listings; real: `https://nasa-irsa-spherex.s3.us-east-1.amazonaws.com`. */
  readonly s3BaseUrl: string;
  /** TAP service; real: `https://irsa.ipac.caltech.edu/TAP`. */
  readonly tapUrl: string;
  /** DataLink documents; real: `https://irsa.ipac.caltech.edu/datalink/links/spherex`. */
  readonly datalinkUrl: string;
  /** The truth of a place, `?ra=<deg>&dec=<deg>`, as CSV; the real archive has no such thing. */
  readonly truthUrl: string;
}
