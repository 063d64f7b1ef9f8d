import type { MeasurementInputs, StoredInputs } from "../store/measurements.ts";

/** An input of a measurement. */
export type InputName = keyof MeasurementInputs;

/** An input that is no longer what a stored measurement was made from. */
export interface ChangedInput {
  /** The input. */
  readonly input: InputName;
  /** What it is called. */
  readonly name: string;
  /** Its hash, identity or version when it was measured; null for none. */
  readonly before: string | null;
  /** Its hash, identity or version now; null for none. */
  readonly now: string | null;
}

/** What each input is called, in the order in which changes are told. */
export const INPUT_NAMES: Readonly<Record<InputName, string>> = {
  sourceId: "the source",
  productId: "the image",
  codeVersion: "the photometry code",
  photometryConfigHash: "the photometry configuration",
  schemaVersion: "the output columns",
  sourceRowHash: "the catalog row",
  targetHash: "the target's profile or neighbours",
  spectralWcsCalibrationId: "the wavelength calibration",
  solidAngleCalibrationId: "the solid-angle calibration",
  psfCalibrationId: "the PSF product",
  fluxCorrectionCalibrationId: "the flux correction",
  cutoutKey: "the place or size of the cutout",
  cutoutSha256: "the pixels of the cutout",
};

/**
 * The inputs of a measurement that have changed since it was stored. A hash of the target that follows from its
 * changed row is left out, and so is what an older program did not record.
 */
export function changedInputs(stored: StoredInputs, now: MeasurementInputs): ChangedInput[] {
  const changed = (Object.keys(INPUT_NAMES) as InputName[]).filter((input) => {
    const isUnknown = (input === "sourceRowHash" || input === "targetHash") && stored[input] === null;
    return !isUnknown && stored[input] !== now[input];
  });
  return changed
    .filter((input) => input !== "targetHash" || !changed.includes("sourceRowHash"))
    .map((input) => ({ input, name: INPUT_NAMES[input], before: stored[input], now: now[input] }));
}

/** The changed inputs in words; without any, it is the target, which older programs did not record. */
export function changedInputsText(changes: readonly ChangedInput[]): string {
  return changes.length === 0
    ? "the target or its neighbours"
    : changes.map((change) => change.name).join(", ");
}
