import { isTaggedError } from "../core/errors.ts";
import type { DatalinkResolver, ResolveOptions } from "./datalink_resolver.ts";
import type { DatasetLinks } from "./dataset_links.ts";
import type { ObsCoreRow } from "./product_row.ts";

/** Rows whose access URLs lead to files. */
export interface LinkedRows {
  /** The rows, in order. */
  readonly records: readonly ObsCoreRow[];
  /** Rows whose DataLink document names no file, and why. */
  readonly skipped: readonly string[];
}

/** Whether the access URL of a row leads to a DataLink document instead of a file. */
export function isDatalinkRow(row: ObsCoreRow): boolean {
  return typeof row["access_url"] === "string" &&
    /content=["']?datalink/i.test(String(row["access_format"] ?? ""));
}

/**
 * Puts the addresses of files in the place of those of DataLink documents, which are kept as `datalink_url`. Throws the
 * resolver's errors, but for images whose documents name no file: those are left out.
 */
export async function withFileUrls(
  records: readonly ObsCoreRow[],
  resolver: DatalinkResolver,
  options: ResolveOptions = {},
): Promise<LinkedRows> {
  if (!records.some(isDatalinkRow)) return { records, skipped: [] };
  const skipped: string[] = [];
  const linked = await Promise.all(records.map(async (row) => {
    if (!isDatalinkRow(row)) return row;
    try {
      return rowWithLinks(row, await resolver.resolve(String(row["access_url"]), options));
    } catch (error) {
      if (!isTaggedError(error, "discovery/no-links")) throw error;
      skipped.push(error.message);
      return undefined;
    }
  }));
  return { records: linked.filter((row) => row !== undefined), skipped };
}

function rowWithLinks(row: ObsCoreRow, { fileUrl, cloud }: DatasetLinks): ObsCoreRow {
  const place = cloud === null ? {} : {
    cloud_access: JSON.stringify({
      aws: { bucket_name: cloud.bucket, key: cloud.key, region: cloud.region },
    }),
  };
  return {
    ...place,
    ...row,
    access_url: fileUrl,
    access_format: "image/fits",
    datalink_url: row["access_url"]!,
  };
}
