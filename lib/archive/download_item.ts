import type { AccessRoute } from "./access_route.ts";

/** One file to fetch: a cutout, unless `Expected` says otherwise. */
export interface DownloadItem<Expected = ExpectedCutout> {
  /** Identity of the file; unique in a plan. */
  readonly key: string;
  /** Where to fetch it. */
  readonly url: string;
  /** Where the whole, validated file goes. */
  readonly localPath: string;
  /** Where the bytes gather before that; ends in `.part`. */
  readonly partialPath: string;
  /** What the file must show, for the validator. */
  readonly expected: Expected;
  /**
   * The routes that may bring it, the one to try first first; asked when its first attempt begins. The file at `url`
   * as it is when left out.
   */
  readonly routes?: () => readonly [AccessRoute, ...AccessRoute[]];
}

/** What a cutout must show to count. */
export interface ExpectedCutout {
  /** Right ascension of the target in degrees. */
  readonly rightAscensionDeg: number;
  /** Declination of the target in degrees. */
  readonly declinationDeg: number;
  /** Length of a side in arcseconds. */
  readonly sizeArcsec: number;
}
