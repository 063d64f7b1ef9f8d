/**
 * The tables of docs/aperture.md as the code has them. `deno task docs:aperture` writes them into the chapter; a test
 * compares.
 */
import { LIGHT_CURVE_COLUMNS } from "../lib/workflow/pipeline/light_curve_csv.ts";
import { parameterKeys } from "../lib/workflow/pipeline/parameter_file.ts";
import { type ChapterTable, renewed, valueText } from "./kernel_tables.ts";

/** The chapter. */
export const APERTURE_CHAPTER = new URL("aperture.md", import.meta.url);

/** The tables by the names of their places in the chapter. */
export function apertureTables(): ReadonlyMap<string, ChapterTable> {
  const sections = Map.groupBy(parameterKeys(), ({ section }) => section);
  return new Map<string, ChapterTable>([
    ["columns", [
      ["column", "unit", "meaning"],
      ...LIGHT_CURVE_COLUMNS.map(([name, unit, meaning]) => [`\`${name}\``, unit, meaning]),
    ]],
    ...[...sections].map(([section, keys]): [string, ChapterTable] => [section, [
      ["key", "default", "meaning"],
      ...keys.map((
        { key, defaultValue, description },
      ) => [`\`${key}\``, valueText(defaultValue), description]),
    ]]),
  ]);
}

if (import.meta.main) {
  const chapter = await Deno.readTextFile(APERTURE_CHAPTER);
  await Deno.writeTextFile(APERTURE_CHAPTER, renewed(chapter, apertureTables()));
}
