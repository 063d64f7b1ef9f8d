import type { Command } from "commander";
import { TaggedError } from "../core/errors.ts";
import { checkCorrections, type SpectrumCorrections } from "../outputs/corrections.ts";
import { numberOption } from "./option_values.ts";

/** Adds the options that ask for corrections of spectra. */
export function withCorrectionOptions(command: Command): Command {
  return command
    .option("--barycentric", "vacuum wavelengths at the barycentre of the solar system; off unless given")
    .option(
      "--extinction <E(B-V)>",
      "fluxes without the extinction of the Milky Way (Gordon et al. 2023); off unless given",
      numberOption,
    )
    .option(
      "--total-to-selective <R(V)>",
      "R(V) of that extinction, 2.3 to 5.6; 3.1 unless given",
      numberOption,
    );
}

/** The options that ask for corrections. */
interface CorrectionOptions {
  readonly barycentric?: boolean;
  readonly extinction?: number;
  readonly totalToSelective?: number;
}

/** The corrections of a table that were asked for; undefined for none. Throws `usage/bad-arguments` for a table or a number that they cannot have. */
export function correctionsOf(options: CorrectionOptions, table: string): SpectrumCorrections | undefined {
  const { barycentric, extinction: colorExcess, totalToSelective } = options;
  const bad = (message: string, hint: string) => new TaggedError("usage/bad-arguments", message, { hint });
  if (colorExcess === undefined && totalToSelective !== undefined) {
    throw bad(
      "--total-to-selective belongs to --extinction",
      "Add --extinction with an E(B-V), such as 0.05",
    );
  }
  if (barycentric !== true && colorExcess === undefined) return undefined;
  const corrections: SpectrumCorrections = {
    ...(barycentric === true ? { barycentric } : {}),
    ...(colorExcess === undefined
      ? {}
      : { extinction: { colorExcess, ...(totalToSelective === undefined ? {} : { totalToSelective }) } }),
  };
  try {
    checkCorrections(table, corrections);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw bad(
      error.message,
      "Tables spectra, measurements and binned can be corrected; E(B-V) is at least 0, R(V) from 2.3 to 5.6",
    );
  }
  return corrections;
}
