import { TaggedError } from "../../core/errors.ts";
import { type MeasurementRow, numberCell, textCell } from "../../outputs/measurement_row.ts";
import { PIXEL_FLAGS } from "../../spherex/pixel_flags.ts";
import type { ForeignScalar, ForeignTable, ForeignValue } from "../../table/foreign_table.ts";
import { columnByName, type SpectrumDialect, type SpectrumRole } from "./spectrum_dialect.ts";

/** One flux of a spectrum, whoever measured it. */
export interface ComparedFlux {
  /** Name of the source; empty when the table has none. */
  readonly sourceName: string;
  /** Right ascension, degrees; NaN when the table has none. */
  readonly rightAscensionDeg: number;
  /** Declination, degrees; NaN when the table has none. */
  readonly declinationDeg: number;
  /** Observation such as `2025W51_1A_0684_2`; empty when the table has none. */
  readonly observationId: string;
  /** Detector, 1 to 6; 0 when the table has none. */
  readonly detector: number;
  /** Wavelength, micron. */
  readonly wavelengthMicron: number;
  /** Flux, microjansky; signed. */
  readonly fluxMicroJy: number;
  /** Its standard error, microjansky. */
  readonly fluxErrorMicroJy: number;
  /** Whether no flag speaks against the flux; a faint one may be clean. */
  readonly isClean: boolean;
}

/**
 * Bits of the flags of the IRSA Spectrophotometry Tool that speak against a flux: image flags that do, and two of its
 * own, bit 32 (a bad pixel in the fit) and bit 33 (the fit failed).
 */
const IRSA_REJECTING_BITS = BigInt(PIXEL_FLAGS.mask(["OVERFLOW", "NONLINEAR"])) | 1n << 32n | 1n << 33n;

/** Observation, and detector if it follows, in identifiers and file names. */
const OBSERVATION = /(\d{4}W\d{2}_\d[A-Z]_\d{4}_\d)(?:\/?D([1-6]))?/;

const MICRO_JY_OF_UNIT: Readonly<Record<string, number>> = { "": 1, ujy: 1, microjy: 1, mjy: 1e3, jy: 1e6 };
const MICRON_OF_UNIT: Readonly<Record<string, number>> = {
  "": 1,
  um: 1,
  micron: 1,
  microns: 1,
  nm: 1e-3,
  angstrom: 1e-4,
  m: 1e6,
};

/** A row of one of our own spectra. */
export function fluxOfRow(row: MeasurementRow): ComparedFlux {
  return {
    sourceName: textCell(row, "source_name"),
    rightAscensionDeg: numberCell(row, "ra_deg"),
    declinationDeg: numberCell(row, "dec_deg"),
    observationId: textCell(row, "observation_id"),
    detector: numberCell(row, "detector_id") || 0,
    wavelengthMicron: numberCell(row, "wavelength_um"),
    fluxMicroJy: numberCell(row, "selected_flux_uJy"),
    fluxErrorMicroJy: numberCell(row, "selected_flux_err_uJy"),
    isClean: isCleanGrade(textCell(row, "qa_grade")),
  };
}

/**
 * The fluxes of a table, one for each row or, where cells are arrays (a row for each source), for each element; those
 * without wavelength, flux and a positive error are left out. Units of flux and wavelength are converted.
 *
 * @throws {TaggedError} `usage/unknown-unit`; `usage/not-a-spectrum` when arrays of one row differ in length.
 */
export function fluxesOfTable(table: ForeignTable, dialect: SpectrumDialect, path: string): ComparedFlux[] {
  const cells = roleReader(table, dialect, path);
  const fluxes: ComparedFlux[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const wavelengths = cells("wavelengthMicron", row);
    const count = Array.isArray(wavelengths) ? wavelengths.length : 1;
    const value = (role: SpectrumRole, element: number): ForeignScalar => {
      const cell = cells(role, row);
      if (!Array.isArray(cell)) return cell as ForeignScalar;
      if (cell.length === count) return cell[element]!;
      throw unequalArrays(path, row, role, cell.length, count);
    };
    for (let element = 0; element < count; element++) {
      const flux = fluxOf((role) => value(role, element));
      if (isUsable(flux)) fluxes.push(flux);
    }
  }
  return fluxes;
}

/** Cells by meaning, converted to our units. */
function roleReader(table: ForeignTable, dialect: SpectrumDialect, path: string) {
  const scale = (role: SpectrumRole, unit: string) =>
    role.endsWith("MicroJy")
      ? scaleOf(MICRO_JY_OF_UNIT, unit, path)
      : role.endsWith("Micron")
      ? scaleOf(MICRON_OF_UNIT, unit, path)
      : 1;
  const columns = new Map(
    (Object.entries(dialect.columns) as [SpectrumRole, string][]).map(([role, name]) => {
      const column = columnByName(table, name);
      return [role, column && { values: column.values, factor: scale(role, column.unit) }] as const;
    }),
  );
  return (role: SpectrumRole, row: number): ForeignValue => {
    const column = columns.get(role);
    const cell = column?.values[row] ?? null;
    if (column === undefined || column.factor === 1) return cell;
    const convert = (value: ForeignScalar) => value === null ? null : Number(value) * column.factor;
    return Array.isArray(cell) ? cell.map(convert) : convert(cell as ForeignScalar);
  };
}

function scaleOf(factors: Readonly<Record<string, number>>, unit: string, path: string): number {
  const factor = factors[unit.trim().toLowerCase().replace(/[\u00b5\u03bc]/, "u")];
  if (factor !== undefined) return factor;
  throw new TaggedError("usage/unknown-unit", `Cannot convert the unit "${unit}" of ${path}`, {
    context: { path, unit },
    hint: "Fluxes may be in uJy, mJy or Jy, wavelengths in um, nm, Angstrom or m",
  });
}

function unequalArrays(
  path: string,
  row: number,
  role: string,
  found: number,
  expected: number,
): TaggedError {
  return new TaggedError(
    "usage/not-a-spectrum",
    `Row ${row + 1} of ${path} has ${found} values of ${role} for ${expected} wavelengths`,
    {
      context: { path, row, role, found, expected },
      hint: "Download the table again: arrays of a row belong together",
    },
  );
}

function fluxOf(value: (role: SpectrumRole) => ForeignScalar): ComparedFlux {
  const [, observationId = "", detector] = OBSERVATION.exec(String(value("observation") ?? "")) ?? [];
  return {
    sourceName: String(value("sourceName") ?? ""),
    rightAscensionDeg: numberOf(value("rightAscensionDeg")),
    declinationDeg: numberOf(value("declinationDeg")),
    observationId,
    detector: Number(String(value("detector") ?? "").replace(/^D/i, "")) || Number(detector ?? 0),
    wavelengthMicron: numberOf(value("wavelengthMicron")),
    fluxMicroJy: numberOf(value("fluxMicroJy")),
    fluxErrorMicroJy: numberOf(value("fluxErrorMicroJy")),
    isClean: areCleanFlags(value("flags")) && isCleanGrade(String(value("isClean") ?? "A")),
  };
}

function numberOf(value: ForeignScalar): number {
  return value === null ? NaN : Number(value);
}

function areCleanFlags(flags: ForeignScalar): boolean {
  if (flags === null || typeof flags === "boolean") return true;
  const whole = typeof flags === "bigint" ? flags : BigInt(Math.trunc(Number(flags)) || 0);
  return (whole & IRSA_REJECTING_BITS) === 0n;
}

function isCleanGrade(grade: string): boolean {
  return grade === "A" || grade === "non_detection";
}

function isUsable({ wavelengthMicron, fluxMicroJy, fluxErrorMicroJy }: ComparedFlux): boolean {
  return wavelengthMicron > 0 && Number.isFinite(fluxMicroJy) && fluxErrorMicroJy > 0 &&
    Number.isFinite(fluxErrorMicroJy);
}
