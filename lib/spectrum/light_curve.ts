import { channelOf, type SpectralChannel } from "./bin_spectrum.ts";

/** One flux of a source at one time. */
export interface TimedFlux {
  /** Middle of the exposure, modified Julian date. */
  readonly mjd: number;
  /** Wavelength, micron. */
  readonly wavelengthMicron: number;
  /** Flux, microjansky; signed. */
  readonly fluxMicroJy: number;
  /** Its standard error, microjansky. */
  readonly fluxErrorMicroJy: number;
  /** Detector that measured it. */
  readonly detector: number;
}

/** A time of a band: exposures without a longer pause between them. */
export interface BandEpoch {
  /** Detector, 1 to 6. */
  readonly detector: number;
  /** Number of the epoch, from 1, the same for all bands. */
  readonly epoch: number;
  /** Fluxes that were combined. */
  readonly count: number;
  /** Inverse-variance mean of the times, modified Julian date. */
  readonly mjd: number;
  /** Time of the first flux. */
  readonly firstMjd: number;
  /** Time of the last flux. */
  readonly lastMjd: number;
  /** Brightness over that of all epochs together; NaN where the band is too faint or not seen twice. */
  readonly relativeFlux: number;
  /** Its standard error, for a spectrum that is known. */
  readonly relativeFluxError: number;
  /** Chi-square of the fluxes about the spectrum times `relativeFlux`, per degree of freedom; NaN below two fluxes. */
  readonly chiSquareReduced: number;
}

/** The longest pause within an epoch, days: the survey passes a place in days and comes back after months. */
export const EPOCH_GAP_DAYS = 15;

/** Below this signal-to-noise ratio of the whole band, brightness relative to it means nothing. */
const LEAST_BAND_SIGNAL_TO_NOISE = 5;

const LARGEST_ROUNDS = 200;
const ENOUGH = 1e-12;

/** The number of the epoch of each flux, from 1, in the order of the fluxes; a pause longer than `gapDays` ends one. */
export function epochsOf(
  fluxes: readonly { readonly mjd: number }[],
  gapDays: number = EPOCH_GAP_DAYS,
): number[] {
  const order = fluxes.map((_, index) => index).sort((a, b) => fluxes[a]!.mjd - fluxes[b]!.mjd);
  const epochs = new Array<number>(fluxes.length);
  let epoch = 1;
  order.forEach((index, place) => {
    const before = order[place - 1];
    if (before !== undefined && fluxes[index]!.mjd - fluxes[before]!.mjd > gapDays) epoch++;
    epochs[index] = epoch;
  });
  return epochs;
}

/** A flux with the indices of its channel and its epoch. */
interface Member extends TimedFlux {
  readonly channel: number;
  readonly epoch: number;
}

/**
 * Brightness by band and epoch. The exposures of an epoch see different wavelengths, so that a mean of fluxes would
 * follow the spectrum; instead spectrum and brightness are fitted together: flux = brightness of the epoch times mean
 * flux of the channel, by alternating weighted least squares. Channels seen in one epoch only tell nothing and count
 * for nothing unless there is one epoch only. Fluxes without finite numbers and a positive error are left out.
 */
export function bandLightCurve(
  fluxes: readonly TimedFlux[],
  channels: readonly SpectralChannel[],
  gapDays: number = EPOCH_GAP_DAYS,
): BandEpoch[] {
  const usable = fluxes.filter(({ mjd, fluxMicroJy, fluxErrorMicroJy }) =>
    Number.isFinite(mjd) && Number.isFinite(fluxMicroJy) && fluxErrorMicroJy > 0 &&
    Number.isFinite(fluxErrorMicroJy)
  );
  const epochs = epochsOf(usable, gapDays);
  const members = usable.map((flux, index): Member => ({
    ...flux,
    channel: channelOf(flux.wavelengthMicron, channels, flux.detector),
    epoch: epochs[index]!,
  })).filter(({ channel }) => channel >= 0);
  const bands = Map.groupBy(members, ({ detector }) => detector);
  return [...bands].sort(([a], [b]) => a - b).flatMap(([detector, band]) => epochsOfBand(detector, band));
}

function epochsOfBand(detector: number, members: readonly Member[]): BandEpoch[] {
  const byEpoch = [...Map.groupBy(members, ({ epoch }) => epoch)].sort(([a], [b]) => a - b);
  const epochsOfChannel = new Map(
    [...Map.groupBy(members, ({ channel }) => channel)].map(([channel, list]) => [
      channel,
      new Set(list.map(({ epoch }) => epoch)).size,
    ]),
  );
  const tells = ({ channel }: Member) => byEpoch.length === 1 || epochsOfChannel.get(channel)! > 1;
  const fit = fitBrightness(members.filter(tells));
  return byEpoch.map(([epoch, list]) => {
    const counted = list.filter(tells);
    return { detector, epoch, ...timesOf(list), ...brightnessOf(counted, fit, epoch) };
  });
}

function timesOf(members: readonly Member[]): Pick<BandEpoch, "count" | "mjd" | "firstMjd" | "lastMjd"> {
  let weights = 0, sum = 0;
  for (const { mjd, fluxErrorMicroJy } of members) {
    weights += fluxErrorMicroJy ** -2;
    sum += mjd * fluxErrorMicroJy ** -2;
  }
  const times = members.map(({ mjd }) => mjd).sort((a, b) => a - b);
  return { count: members.length, mjd: sum / weights, firstMjd: times[0]!, lastMjd: times.at(-1)! };
}

/** The fitted spectrum and brightness of a band. */
interface BrightnessFit {
  /** Mean flux by channel. */
  readonly spectrum: ReadonlyMap<number, number>;
  /** Brightness by epoch; 1 on average, weighted. */
  readonly brightness: ReadonlyMap<number, number>;
  /** Signal-to-noise ratio of the whole band. */
  readonly signalToNoise: number;
}

function fitBrightness(members: readonly Member[]): BrightnessFit {
  let brightness = new Map(members.map(({ epoch }) => [epoch, 1]));
  let spectrum = new Map<number, number>();
  for (let round = 0; round < LARGEST_ROUNDS; round++) {
    spectrum = scales(members, ({ channel }) => channel, ({ epoch }) => brightness.get(epoch)!);
    const next = normalized(
      scales(members, ({ epoch }) => epoch, ({ channel }) => spectrum.get(channel)!),
      members,
    );
    const change = Math.max(
      0,
      ...[...next].map(([epoch, value]) => Math.abs(value - brightness.get(epoch)!)),
    );
    brightness = next;
    if (!(change > ENOUGH)) break;
  }
  const information = members.reduce(
    (sum, { channel, fluxErrorMicroJy }) => sum + (spectrum.get(channel)! / fluxErrorMicroJy) ** 2,
    0,
  );
  return { spectrum, brightness, signalToNoise: Math.sqrt(information) };
}

/** The factor of each group that brings a model nearest to its fluxes. */
function scales(
  members: readonly Member[],
  groupOf: (member: Member) => number,
  modelOf: (member: Member) => number,
): Map<number, number> {
  const sums = new Map<number, [product: number, square: number]>();
  for (const member of members) {
    const weight = member.fluxErrorMicroJy ** -2;
    const sum = sums.get(groupOf(member)) ?? [0, 0];
    const model = modelOf(member);
    sums.set(groupOf(member), [
      sum[0] + weight * model * member.fluxMicroJy,
      sum[1] + weight * model * model,
    ]);
  }
  return new Map([...sums].map(([group, [product, square]]) => [group, square > 0 ? product / square : 0]));
}

/** Brightness with a mean of one over the fluxes. */
function normalized(
  brightness: ReadonlyMap<number, number>,
  members: readonly Member[],
): Map<number, number> {
  const mean = members.reduce((sum, { epoch }) => sum + brightness.get(epoch)!, 0) / members.length;
  return new Map([...brightness].map(([epoch, value]) => [epoch, mean === 0 ? 1 : value / mean]));
}

function brightnessOf(
  members: readonly Member[],
  { spectrum, brightness, signalToNoise }: BrightnessFit,
  epoch: number,
): Pick<BandEpoch, "relativeFlux" | "relativeFluxError" | "chiSquareReduced"> {
  if (members.length === 0 || signalToNoise < LEAST_BAND_SIGNAL_TO_NOISE) {
    return { relativeFlux: NaN, relativeFluxError: NaN, chiSquareReduced: NaN };
  }
  const relativeFlux = brightness.get(epoch)!;
  let information = 0, chiSquare = 0;
  for (const { channel, fluxMicroJy, fluxErrorMicroJy } of members) {
    const model = spectrum.get(channel)!;
    information += (model / fluxErrorMicroJy) ** 2;
    chiSquare += ((fluxMicroJy - relativeFlux * model) / fluxErrorMicroJy) ** 2;
  }
  const freedom = members.length - 1;
  return {
    relativeFlux,
    relativeFluxError: 1 / Math.sqrt(information),
    chiSquareReduced: freedom > 0 ? chiSquare / freedom : NaN,
  };
}
