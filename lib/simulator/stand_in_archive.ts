import type { ArchiveRoute, StandInArchiveOptions, StandInUrls } from "./stand_in_options.ts";
import type { SimulatedTarget } from "./simulated_target.ts";
import type { TruthRow } from "./truth.ts";

/** Requests and bytes of one service of a stand-in archive. */
export interface RouteCount {
  /** Requests received. */
  readonly requests: number;
  /** Requests that were made to go wrong. */
  readonly faults: number;
  /** Bytes of bodies handed to the network. */
  readonly bodyBytes: number;
}

/** A running stand-in archive. */
export interface StandInArchive extends AsyncDisposable {
  /** Where its services are. */
  readonly urls: StandInUrls;
  /** The targets of its sky: those it was given and those made for requests so far. */
  readonly targets: readonly SimulatedTarget[];
  /** What is true of a target, named or given by its position, in every image that covers it. */
  truth(target: string | { readonly rightAscensionDeg: number; readonly declinationDeg: number }): TruthRow[];
  /** Requests and bytes of each service since the start or the last reset. */
  counts(): Readonly<Record<ArchiveRoute, RouteCount>>;
  /** Sets all counts to zero. */
  resetCounts(): void;
  /** Stops listening and closes all connections. */
  close(): Promise<void>;
}

/** Starts a stand-in archive on 127.0.0.1. */
export declare function startStandInArchive(options?: StandInArchiveOptions): Promise<StandInArchive>;
