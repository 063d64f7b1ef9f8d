import { parse } from "csv-parse/sync";

/** The rows of a spectrum's CSV file by column name. */
export function readCsvRecords(path: string): Record<string, string>[] {
  return parse(Deno.readTextFileSync(path), { columns: true, comment: "#" });
}
