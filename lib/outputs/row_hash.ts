import { canonicalJson } from "../core/canonical_json.ts";
import { sha256Hex } from "../files/sha256.ts";
import { canonicalRow, measurementIdOf, type MeasurementRow } from "./measurement_row.ts";

/** SHA-256 of one row in canonical form: the same for a fresh row and for the same row read back as JSON. */
export function rowHash(row: MeasurementRow): string {
  return sha256Hex(canonicalJson(canonicalRow(row)));
}

/** The hash of each row by its measurement id. Throws RangeError when an id occurs twice. */
export function rowHashes(rows: readonly MeasurementRow[]): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const row of rows) {
    const id = measurementIdOf(row);
    if (hashes.has(id)) throw new RangeError(`Measurement ${id} occurs twice among the rows of one source`);
    hashes.set(id, rowHash(row));
  }
  return hashes;
}

/** One hash for a set of rows, whatever their order, from the hash of each by measurement id. */
export function measurementRowsHash(hashes: ReadonlyMap<string, string>): string {
  return sha256Hex(canonicalJson(Object.fromEntries(hashes)));
}
