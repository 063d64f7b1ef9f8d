import { TaggedError } from "../core/errors.ts";

const DEGREE = Math.PI / 180;
/** How far rounding may push a cosine beyond 1, or a latitude beyond the pole in degrees. */
const TOLERANCE = 1e-10;

/** What fixes the native coordinate system on the sky; angles in degrees. */
export interface NativePoleInput {
  /** Right ascension of the reference point (CRVAL of the longitude axis). */
  readonly longitudeDeg: number;
  /** Declination of the reference point (CRVAL of the latitude axis). */
  readonly latitudeDeg: number;
  /** Native longitude of the reference point, usually 0. */
  readonly referenceLongitudeDeg: number;
  /** Native latitude of the reference point: 90 for zenithal projections. */
  readonly referenceLatitudeDeg: number;
  /** LONPOLE, native longitude of the celestial pole; undefined takes the default of Paper II. */
  readonly lonpoleDeg: number | undefined;
  /** LATPOLE, chooses between two solutions; 90 when the header does not say. */
  readonly latpoleDeg: number;
}

function sine(angleDeg: number): number {
  return angleDeg % 180 === 0 ? 0 : Math.sin(angleDeg * DEGREE);
}

function cosine(angleDeg: number): number {
  return (angleDeg - 90) % 180 === 0 ? 0 : Math.cos(angleDeg * DEGREE);
}

/** An angle brought to (-180, 180]. */
function wrapDeg(angleDeg: number): number {
  const wrapped = angleDeg - 360 * Math.round(angleDeg / 360);
  return wrapped <= -180 ? wrapped + 360 : wrapped;
}

function noPole(input: NativePoleInput, lonpoleDeg: number): TaggedError {
  return new TaggedError(
    "wcs/no-pole",
    `Cannot place the native pole: no latitude fits a reference point at declination ${input.latitudeDeg} with ` +
      `native latitude ${input.referenceLatitudeDeg} and LONPOLE ${lonpoleDeg}`,
    { context: { crval: [input.longitudeDeg, input.latitudeDeg], lonpole: lonpoleDeg } },
  );
}

/** Declination of the native pole: Paper II equation 8, the solution nearer to LATPOLE. */
function poleLatitudeDeg(input: NativePoleInput, lonpoleDeg: number): number {
  const offsetDeg = lonpoleDeg - input.referenceLongitudeDeg;
  const x = cosine(input.referenceLatitudeDeg) * cosine(offsetDeg);
  const y = sine(input.referenceLatitudeDeg);
  const length = Math.sqrt(x * x + y * y);
  if (length === 0) {
    if (sine(input.latitudeDeg) !== 0) throw noPole(input, lonpoleDeg);
    return Math.max(-90, Math.min(90, input.latpoleDeg));
  }
  const ratio = sine(input.latitudeDeg) / length;
  if (Math.abs(ratio) > 1 + TOLERANCE) throw noPole(input, lonpoleDeg);
  const middle = Math.atan2(y, x) / DEGREE;
  const half = Math.acos(Math.max(-1, Math.min(1, ratio))) / DEGREE;
  const solutions = [wrapDeg(middle + half), wrapDeg(middle - half)]
    .filter((latitude) => Math.abs(latitude) <= 90 + TOLERANCE)
    .sort((p, q) => Math.abs(input.latpoleDeg - p) - Math.abs(input.latpoleDeg - q));
  const best = solutions[0];
  if (best === undefined) throw noPole(input, lonpoleDeg);
  return Math.max(-90, Math.min(90, best));
}

/** Right ascension of the native pole: Paper II equations 9 and 10 and the special cases after them. */
function poleLongitudeDeg(input: NativePoleInput, lonpoleDeg: number, latitudeDeg: number): number {
  const offsetDeg = lonpoleDeg - input.referenceLongitudeDeg;
  const referenceCosine = cosine(input.latitudeDeg);
  const product = cosine(latitudeDeg) * referenceCosine;
  if (Math.abs(product) < TOLERANCE) {
    if (Math.abs(referenceCosine) < TOLERANCE) return input.longitudeDeg;
    return latitudeDeg > 0 ? input.longitudeDeg + offsetDeg - 180 : input.longitudeDeg - offsetDeg;
  }
  const x = (sine(input.referenceLatitudeDeg) - sine(latitudeDeg) * sine(input.latitudeDeg)) / product;
  const y = sine(offsetDeg) * cosine(input.referenceLatitudeDeg) / referenceCosine;
  return input.longitudeDeg - Math.atan2(y, x) / DEGREE;
}

/**
 * The rotation from native to celestial unit vectors, nine numbers by rows (Paper II, section 2.4).
 *
 * Its transpose is the way back. Throws TaggedError `wcs/no-pole` when LONPOLE cannot belong to the reference point.
 */
export function nativeToCelestialRotation(input: NativePoleInput): Float64Array {
  const lonpoleDeg = input.lonpoleDeg ??
    (input.latitudeDeg >= input.referenceLatitudeDeg ? 0 : 180) + input.referenceLongitudeDeg;
  const atPole = input.referenceLatitudeDeg === 90;
  const latitudeDeg = atPole ? input.latitudeDeg : poleLatitudeDeg(input, lonpoleDeg);
  const longitudeDeg = atPole ? input.longitudeDeg : poleLongitudeDeg(input, lonpoleDeg, latitudeDeg);
  const [sinP, cosP] = [sine(lonpoleDeg), cosine(lonpoleDeg)];
  const [sinD, cosD] = [sine(latitudeDeg), cosine(latitudeDeg)];
  const [sinA, cosA] = [sine(longitudeDeg), cosine(longitudeDeg)];
  return Float64Array.of(
    -cosA * sinD * cosP - sinA * sinP,
    -cosA * sinD * sinP + sinA * cosP,
    cosA * cosD,
    -sinA * sinD * cosP + cosA * sinP,
    -sinA * sinD * sinP - cosA * cosP,
    sinA * cosD,
    cosD * cosP,
    cosD * sinP,
    sinD,
  );
}
