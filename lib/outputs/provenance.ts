import type { JsonValue } from "../core/errors.ts";
import { measurementIdOf, sortRows } from "./measurement_row.ts";
import type { PublishSourceInput } from "./published_source.ts";

/**
 * The provenance of a source: what it is, what each measurement was made from and with, and what failed.
 *
 * It holds nothing of the moment of publication, so that outputs rebuilt from the same rows are the same bytes.
 * Measurements stand in the order of the CSV; one without a record of its own gets null.
 */
export function sourceProvenance(input: PublishSourceInput): JsonValue {
  const { source, versions, provenance } = input;
  const ids = sortRows(input.rows).map(measurementIdOf);
  return {
    source: {
      source_id: source.sourceId,
      source_name: source.sourceName,
      file_name_part: source.slug,
      ra_deg: source.rightAscensionDeg,
      dec_deg: source.declinationDeg,
    },
    output_schema_version: versions.outputSchemaVersion,
    photometry_code_version: versions.photometryCodeVersion,
    config_hash: input.configHash,
    project: provenance.project ?? {},
    measurement_count: ids.length,
    measurements: Object.fromEntries(ids.map((id) => [id, provenance.measurements[id] ?? null])),
    failure_count: input.failures.length,
    failures: input.failures,
  };
}
