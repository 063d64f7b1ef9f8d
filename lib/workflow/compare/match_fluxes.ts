import { angularSeparationDeg } from "../../math/sphere.ts";
import type { FluxPair } from "../../spectrum/compare_fluxes.ts";
import { binSpectrum, type ChannelFlux } from "../../spectrum/bin_spectrum.ts";
import { INSTRUMENT_CHANNELS } from "../../outputs/exported_rows.ts";
import type { ComparedFlux } from "./compared_flux.ts";

/** What two fluxes have in common when they are compared. */
export type MatchKey = "observation" | "channel";

/** A pair of fluxes, and what it is about. */
export interface MatchedFlux extends FluxPair {
  /** Name of the source. */
  readonly sourceName: string;
  /** Observation; empty when channels are compared. */
  readonly observationId: string;
  /** Wavelength of the first flux, micron. */
  readonly wavelengthMicron: number;
  /** Wavelength of the second flux, micron. */
  readonly otherWavelengthMicron: number;
}

/** A source, where it is, and its fluxes. */
export interface SourceFluxes {
  /** Name of the source. */
  readonly sourceName: string;
  /** Right ascension, degrees. */
  readonly rightAscensionDeg: number;
  /** Declination, degrees. */
  readonly declinationDeg: number;
  /** Its fluxes. */
  readonly fluxes: readonly ComparedFlux[];
}

/** Fluxes of a table that stand at one place and have one name. */
export type FluxGroup = readonly ComparedFlux[];

/** Brings fluxes together that stand at one place and have one name. */
export function groupFluxes(fluxes: readonly ComparedFlux[]): FluxGroup[] {
  return [
    ...Map.groupBy(
      fluxes,
      (flux) => `${flux.rightAscensionDeg} ${flux.declinationDeg} ${flux.sourceName}`,
    ).values(),
  ];
}

/**
 * The fluxes of a table that belong to a source: those near its place where the table has positions, else those of its
 * name, else, in a table that names no source, all.
 */
export function fluxesOfSource(
  source: SourceFluxes,
  groups: readonly FluxGroup[],
  radiusArcsec: number,
): ComparedFlux[] {
  return groups.filter(([flux]) => belongsTo(source, flux!, radiusArcsec)).flat();
}

function belongsTo(source: SourceFluxes, flux: ComparedFlux, radiusArcsec: number): boolean {
  if (!Number.isFinite(flux.rightAscensionDeg) || !Number.isFinite(flux.declinationDeg)) {
    return flux.sourceName === "" || flux.sourceName === source.sourceName;
  }
  const { rightAscensionDeg, declinationDeg } = source;
  // Most groups are far off, which their declination tells at once.
  if (Math.abs(flux.declinationDeg - declinationDeg) * 3600 > radiusArcsec) return false;
  const apartDeg = angularSeparationDeg(
    rightAscensionDeg,
    declinationDeg,
    flux.rightAscensionDeg,
    flux.declinationDeg,
  );
  return apartDeg * 3600 <= radiusArcsec;
}

/** Pairs of fluxes of the same observation and detector; of several in the other table the first one counts. */
export function matchObservations(source: SourceFluxes, others: readonly ComparedFlux[]): MatchedFlux[] {
  const byKey = new Map<string, ComparedFlux>();
  for (const other of others) {
    const key = observationKey(other);
    if (other.observationId !== "" && !byKey.has(key)) byKey.set(key, other);
  }
  return source.fluxes.flatMap((flux) => {
    const other = flux.observationId === "" ? undefined : byKey.get(observationKey(flux));
    return other === undefined ? [] : [{
      sourceName: source.sourceName,
      observationId: flux.observationId,
      detector: flux.detector,
      wavelengthMicron: flux.wavelengthMicron,
      otherWavelengthMicron: other.wavelengthMicron,
      fluxMicroJy: flux.fluxMicroJy,
      fluxErrorMicroJy: flux.fluxErrorMicroJy,
      otherFluxMicroJy: other.fluxMicroJy,
      otherFluxErrorMicroJy: other.fluxErrorMicroJy,
    }];
  });
}

function observationKey({ observationId, detector }: ComparedFlux): string {
  return `${observationId}D${detector}`;
}

/** Pairs of the inverse-variance means of the channels that both have. */
export function matchChannels(source: SourceFluxes, others: readonly ComparedFlux[]): MatchedFlux[] {
  const channels = channelsOf(source.fluxes);
  return channelsOf(others).flatMap((other, index) => {
    const own = channels[index]!;
    if (own.count === 0 || other.count === 0) return [];
    return [{
      sourceName: source.sourceName,
      observationId: "",
      detector: own.channel.detector ?? 0,
      wavelengthMicron: own.wavelengthMicron,
      otherWavelengthMicron: other.wavelengthMicron,
      fluxMicroJy: own.fluxMicroJy,
      fluxErrorMicroJy: own.fluxErrorMicroJy,
      otherFluxMicroJy: other.fluxMicroJy,
      otherFluxErrorMicroJy: other.fluxErrorMicroJy,
    }];
  });
}

function channelsOf(fluxes: readonly ComparedFlux[]): readonly ChannelFlux[] {
  const points = fluxes.map(({ wavelengthMicron, fluxMicroJy, fluxErrorMicroJy, detector }) => ({
    wavelengthMicron,
    fluxMicroJy,
    fluxErrorMicroJy,
    ...(detector === 0 ? {} : { detector }),
  }));
  return binSpectrum(points, INSTRUMENT_CHANNELS).channels;
}
