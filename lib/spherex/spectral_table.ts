import type { Keywords } from "../core/keywords.ts";
import type { Hdu } from "../fits/hdu.ts";
import { readTable } from "../fits/read_table.ts";
import type { Table } from "../fits/table_column.ts";
import { parseTabularWcs, type TabularWcs } from "../wcs/tabular_wcs.ts";
import { spherexError } from "./spherex_error.ts";

/**
 * Reads the spectral coordinate system W of an IMAGE header with its table WCS-WAVE. The grid may have any size and
 * any spacing. Throws `spherex/bad-plane`, `wcs/*` or `fits/*` when it cannot be used.
 */
export async function readSpectralWcs(header: Keywords, hdu: Hdu): Promise<TabularWcs> {
  const table = await readTable(hdu, { columns: ["X", "Y", "VALUES"], rowCount: 1 });
  const [x, y, values] = ["X", "Y", "VALUES"].map((name) => numbersOf(table, name));
  return parseTabularWcs(withOwnOrigin(header), { x: x!, y: y!, values: values! });
}

function numbersOf(table: Table, name: string): ArrayLike<number> {
  const column = table.column(name);
  if (
    column.kind === "number" &&
    !(column.data instanceof BigInt64Array || column.data instanceof BigUint64Array)
  ) {
    return column.data;
  }
  throw spherexError("bad-plane", `Cannot use the table WCS-WAVE: column ${name} does not hold numbers`);
}

/** Cutouts that SPIFF made keep CRPIXnW of the parent and tell their origin apart. */
function withOwnOrigin(header: Keywords): Keywords {
  const origin = { CRPIX1W: header.get("SPXORX0"), CRPIX2W: header.get("SPXORY0") };
  return {
    get(name) {
      const value = header.get(name);
      const shift = name === "CRPIX1W" || name === "CRPIX2W" ? origin[name] : undefined;
      return typeof value === "number" && typeof shift === "number" ? value - shift : value;
    },
  };
}
