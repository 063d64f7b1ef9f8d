import { barycentricWavelength, earthVelocityTowards } from "../spectrum/barycentric_velocity.ts";
import type { ChannelFlux } from "../spectrum/bin_spectrum.ts";
import {
  DEFAULT_TOTAL_TO_SELECTIVE,
  extinctionMagnitudes,
  type ExtinctionOptions,
} from "../spectrum/extinction.ts";
import type { TableCell, TableColumn } from "../table/table_source.ts";
import { canonicalCell, type MeasurementRow, numberCell } from "./measurement_row.ts";

/** Corrections of a spectrum; none is made unless asked for. */
export interface SpectrumCorrections {
  /** Whether wavelengths are those at the barycentre of the solar system; in vacuum they are anyway. */
  readonly barycentric?: boolean;
  /** Dust of the Milky Way whose extinction is taken out of the fluxes. */
  readonly extinction?: ExtinctionOptions;
}

const BARYCENTRIC_COLUMNS: readonly TableColumn[] = [
  {
    name: "velocity_towards_km_s",
    type: "number",
    unit: "km/s",
    ucd: "phys.veloc",
    description: "Velocity of the observatory about the barycentre of the solar system towards the target",
  },
  {
    name: "wavelength_barycentric_um",
    type: "number",
    unit: "um",
    ucd: "em.wl",
    description: "Effective vacuum wavelength at the barycentre: wavelength_um times 1 + velocity over c",
  },
];

const EXTINCTION_COLUMNS: readonly TableColumn[] = [
  {
    name: "extinction_mag",
    type: "number",
    unit: "mag",
    ucd: "phys.absorption.gal",
    description: "Extinction by the dust of the Milky Way at the wavelength",
  },
  {
    name: "flux_dereddened_uJy",
    type: "number",
    unit: "uJy",
    ucd: "phot.flux.density;em.IR",
    description: "Flux density without that extinction, signed",
  },
  {
    name: "flux_dereddened_err_uJy",
    type: "number",
    unit: "uJy",
    ucd: "stat.error;phot.flux.density;em.IR",
    description: "Standard error of flux_dereddened_uJy, that of the extinction not included",
  },
];

/** The tables that corrections can be added to, and which. */
const CORRECTED_TABLES: ReadonlyMap<string, readonly (keyof SpectrumCorrections)[]> = new Map(
  [
    ["spectra", ["barycentric", "extinction"]],
    ["measurements", ["barycentric", "extinction"]],
    ["binned", ["extinction"]],
  ] as const,
);

/** Throws RangeError for corrections that a table cannot have, and for extinction that cannot be. */
export function checkCorrections(table: string, corrections: SpectrumCorrections | undefined): void {
  for (const name of ["barycentric", "extinction"] as const) {
    const isAsked = corrections?.[name] !== undefined && corrections[name] !== false;
    if (isAsked && !(CORRECTED_TABLES.get(table) ?? []).includes(name)) {
      throw new RangeError(`The table ${table} has no column for the ${name} correction`);
    }
  }
  if (corrections?.extinction !== undefined) extinctionMagnitudes(1, corrections.extinction);
}

/** The columns that corrections add to a table. */
export function correctionColumns(corrections: SpectrumCorrections = {}): TableColumn[] {
  return [
    ...(corrections.barycentric === true ? BARYCENTRIC_COLUMNS : []),
    ...(corrections.extinction === undefined ? [] : EXTINCTION_COLUMNS),
  ];
}

/** What corrections were made, for the metadata of a table: how, by which source, with which numbers. */
export function correctionNotes(corrections: SpectrumCorrections): Record<string, string> {
  const { barycentric, extinction } = corrections;
  return {
    ...(barycentric === true
      ? {
        barycentric_correction:
          "Velocity of the Earth from mean elements of its orbit (Standish and Williams, good to 0.02 km/s) plus that of " +
          "the spacecraft in the header of the image; without the latter it may be off by 8 km/s",
      }
      : {}),
    ...(extinction === undefined ? {} : {
      extinction_correction: `Gordon et al. 2023, ApJ 950, 86: E(B-V) = ${extinction.colorExcess}, R(V) = ${
        extinction.totalToSelective ?? DEFAULT_TOTAL_TO_SELECTIVE
      }`,
    }),
  };
}

/** Corrections that were made, in two words each, for a figure; empty when none was. */
export function correctionWords(notes: Readonly<Record<string, string>>): string {
  return [
    ...("barycentric_correction" in notes ? ["barycentric"] : []),
    ...("extinction_correction" in notes ? ["dereddened"] : []),
  ].join(", ");
}

/** The cells that corrections add to the row of a measurement, in the order of their columns. */
export function correctionCells(row: MeasurementRow, corrections: SpectrumCorrections): TableCell[] {
  const cells: number[] = [];
  if (corrections.barycentric === true) {
    const velocity = velocityTowards(row);
    cells.push(velocity, barycentricWavelength(numberCell(row, "wavelength_um"), velocity));
  }
  const flux = {
    wavelengthMicron: numberCell(row, "wavelength_um"),
    fluxMicroJy: numberCell(row, "selected_flux_uJy"),
    fluxErrorMicroJy: numberCell(row, "selected_flux_err_uJy"),
  };
  return [...cells, ...extinctionCells(flux, corrections.extinction)].map(canonicalCell);
}

/** The cells that the correction for extinction adds to a flux; none when it is not asked for. */
export function extinctionCells(
  flux: Pick<ChannelFlux, "wavelengthMicron" | "fluxMicroJy" | "fluxErrorMicroJy">,
  extinction: ExtinctionOptions | undefined,
): number[] {
  if (extinction === undefined) return [];
  if (Number.isNaN(flux.wavelengthMicron)) return [NaN, NaN, NaN];
  const magnitudes = extinctionMagnitudes(flux.wavelengthMicron, extinction);
  const factor = 10 ** (0.4 * magnitudes);
  return [magnitudes, flux.fluxMicroJy * factor, flux.fluxErrorMicroJy * factor];
}

/** Velocity of the observatory about the barycentre towards the target, km/s; NaN without date or place. */
function velocityTowards(row: MeasurementRow): number {
  const spacecraft = numberCell(row, "spacecraft_velocity_km_s");
  const [mjd, ra, dec] = ["mjd_avg", "ra_deg", "dec_deg"].map((name) => numberCell(row, name));
  return earthVelocityTowards(mjd!, ra!, dec!) + (Number.isNaN(spacecraft) ? 0 : spacecraft);
}

/** Columns that are fluxes, or errors and limits of fluxes, of the source. */
const FLUX_COLUMN = /^(point|joint|selected)_flux(_err)?_uJy$|^upper_limit_3sigma_uJy$/;

/** A measurement with corrected wavelengths and fluxes in the place of those measured. */
export function correctedRow(row: MeasurementRow, corrections: SpectrumCorrections): MeasurementRow {
  const wavelength = numberCell(row, "wavelength_um");
  if (Number.isNaN(wavelength)) return row;
  const cells: Record<string, MeasurementRow[string]> = { ...row };
  if (corrections.barycentric === true) {
    const velocity = velocityTowards(row);
    for (const name of ["wavelength_um", "wavelength_center_um"]) {
      cells[name] = canonicalCell(barycentricWavelength(numberCell(row, name), velocity));
    }
  }
  if (corrections.extinction !== undefined) {
    const factor = 10 ** (0.4 * extinctionMagnitudes(wavelength, corrections.extinction));
    for (const name of Object.keys(row)) {
      if (FLUX_COLUMN.test(name)) cells[name] = canonicalCell(numberCell(row, name) * factor);
    }
  }
  return cells;
}
