import { parseLevel2FileName } from "../spherex/file_names.ts";
import type { DiscoveredProduct } from "./discovered_product.ts";

/** What tells the processings of an image apart. */
export type Processing = Pick<
  DiscoveredProduct,
  "processingDate" | "parentFileName" | "collection" | "productSignature"
>;

/** A product and the newer processing of the same image, if there is one. */
export interface ProcessedProduct {
  /** The product. */
  readonly product: DiscoveredProduct;
  /** Signature of the product to use in its place; null for the one to use. */
  readonly supersededBy: string | null;
}

/**
 * Finds the newest processing of each image (one observation on one detector) and marks all others.
 *
 * Newest is the latest processing date, then the highest version number; when collections hold the very same
 * file, the one of the first collection by name is kept. The order of the products is kept and does not matter.
 */
export function markSuperseded(products: readonly DiscoveredProduct[]): ProcessedProduct[] {
  const newest = new Map<string, DiscoveredProduct>();
  for (const product of products) {
    const key = imageKey(product);
    const known = newest.get(key);
    if (known === undefined || compareProcessing(product, known) > 0) newest.set(key, product);
  }
  return products.map((product) => {
    const current = newest.get(imageKey(product))!;
    const isCurrent = current.productSignature === product.productSignature;
    return { product, supersededBy: isCurrent ? null : current.productSignature };
  });
}

/** The products to measure: the newest processing of each image, once, in the order given. */
export function currentProducts(products: readonly DiscoveredProduct[]): DiscoveredProduct[] {
  const taken = new Set<string>();
  const current: DiscoveredProduct[] = [];
  for (const { product, supersededBy } of markSuperseded(products)) {
    if (supersededBy !== null || taken.has(product.productSignature)) continue;
    taken.add(product.productSignature);
    current.push(product);
  }
  return current;
}

/** Orders products of one image from the one to drop to the one to keep. */
export function compareProcessing(a: Processing, b: Processing): number {
  return compareText(a.processingDate, b.processingDate) ||
    versionNumber(a) - versionNumber(b) ||
    compareText(b.collection, a.collection) ||
    compareText(b.productSignature, a.productSignature);
}

function imageKey(product: DiscoveredProduct): string {
  return `${product.observationId}D${product.detector}`;
}

function versionNumber(product: Processing): number {
  return parseLevel2FileName(product.parentFileName)?.versionNumber ?? 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
