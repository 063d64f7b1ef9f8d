import type { DiscoveredProduct } from "../archive/discovered_product.ts";
import { rowOfFootprint } from "../archive/footprint_rows.ts";
import { productOfTapRow } from "../archive/tap_images.ts";
import type { FootprintTable } from "../store/footprints.ts";
import type { SourceRecord } from "../store/sources.ts";
import type { SourceAnswer } from "./ask_archive.ts";

/** How many products are kept in memory for sources nearby, about 3 kB each. */
const KEPT_PRODUCTS = 5000;
/** Height of the bands of the sky in which sources are asked for, one after the other in right ascension. */
const BAND_DEG = 30;

/** Answers discovery from the local index of footprints, without a service. */
export class IndexAnswers {
  readonly #footprints: FootprintTable;
  readonly #endpoint: string;
  readonly #radiusDeg: number;
  readonly #products = new Map<number, DiscoveredProduct>();

  /** Answers from footprints whose files are on the host of the TAP service at `endpoint`. */
  constructor(footprints: FootprintTable, endpoint: string, radiusDeg: number) {
    this.#footprints = footprints;
    this.#endpoint = endpoint;
    this.#radiusDeg = radiusDeg;
  }

  /** The images of collections that touch the search circle of a source, in order of time. */
  answer(source: SourceRecord, collections: readonly string[]): SourceAnswer {
    if (collections.length === 0) return { source, collections };
    const { rightAscensionDeg, declinationDeg } = source;
    const wanted = new Set(collections);
    const rows = this.#footprints.find(rightAscensionDeg, declinationDeg, this.#radiusDeg, wanted)
      .flatMap((id) => this.#product(id) ?? [])
      .sort((a, b) => (a.tMinMjd ?? 0) - (b.tMinMjd ?? 0) || a.detector - b.detector);
    return { source, collections, answer: { rows, overflow: false, skipped: [] } };
  }

  /** The product of a footprint; undefined for a file that is no Level-2 image. */
  #product(footprintId: number): DiscoveredProduct | undefined {
    const known = this.#products.get(footprintId);
    if (known !== undefined) return known;
    const product = productOfTapRow(rowOfFootprint(this.#footprints.record(footprintId)), this.#endpoint);
    if (typeof product === "string") return undefined;
    if (this.#products.size >= KEPT_PRODUCTS) this.#products.delete(this.#products.keys().next().value!);
    this.#products.set(footprintId, product);
    return product;
  }
}

/** Sources in an order in which neighbours on the sky follow each other. */
export function inSkyOrder(sources: readonly SourceRecord[]): SourceRecord[] {
  const bandOf = ({ declinationDeg }: SourceRecord) => Math.floor(declinationDeg / BAND_DEG);
  return [...sources].sort((a, b) => bandOf(a) - bandOf(b) || a.rightAscensionDeg - b.rightAscensionDeg);
}
