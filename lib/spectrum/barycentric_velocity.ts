import { dotProduct, unitVector } from "../math/sphere.ts";

/** Speed of light, km/s. */
const LIGHT_SPEED_KM_S = 299792.458;
const KM_PER_AU = 149597870.7;
const SECONDS_PER_DAY = 86400;
const DEG = Math.PI / 180;
const OBLIQUITY = 23.43928 * DEG;
const MJD_J2000 = 51544.5;
const DAYS_PER_CENTURY = 36525;
/** Step of the numerical derivative, days. */
const STEP_DAYS = 0.05;

/** A Keplerian element: its value at J2000 and its change per century. */
type Element = readonly [value: number, perCentury: number];

/** Mean elements of an orbit, ecliptic and equinox of J2000; lengths in au, angles in degrees. */
interface Orbit {
  readonly semimajorAxis: Element;
  readonly eccentricity: Element;
  readonly inclination: Element;
  readonly meanLongitude: Element;
  readonly perihelion: Element;
  readonly node: Element;
}

const EARTH: Orbit = {
  semimajorAxis: [1.00000261, 0.00000562],
  eccentricity: [0.01671123, -0.00004392],
  inclination: [-0.00001531, -0.01294668],
  meanLongitude: [100.46457166, 35999.37244981],
  perihelion: [102.93768193, 0.32327364],
  node: [0, 0],
};

/** The planets that move the Sun, with their mass over that of the Sun. */
const HEAVY: readonly (readonly [orbit: Orbit, mass: number])[] = [
  [{
    semimajorAxis: [5.202887, -0.00011607],
    eccentricity: [0.04838624, -0.00013253],
    inclination: [1.30439695, -0.00183714],
    meanLongitude: [34.39644051, 3034.74612775],
    perihelion: [14.72847983, 0.21252668],
    node: [100.47390909, 0.20469106],
  }, 1 / 1047.349],
  [{
    semimajorAxis: [9.53667594, -0.0012506],
    eccentricity: [0.05386179, -0.00050991],
    inclination: [2.48599187, 0.00193609],
    meanLongitude: [49.95424423, 1222.49362201],
    perihelion: [92.59887831, -0.41897216],
    node: [113.66242448, -0.28867794],
  }, 1 / 3497.9],
];

type Vector = readonly [x: number, y: number, z: number];

/**
 * The velocity of the Earth about the barycentre of the solar system towards a place on the sky, km/s; right to 0.02
 * km/s between 1900 and 2050.
 *
 * Source: approximate positions of the planets (Standish and Williams, Explanatory Supplement 2013, table 8.10.2), whose
 * Earth is the barycentre of Earth and Moon; the Sun's own motion follows from Jupiter and Saturn.
 *
 * @param mjd Modified Julian date; the scale (UTC, TT, TDB) does not matter at this precision.
 */
export function earthVelocityTowards(mjd: number, rightAscensionDeg: number, declinationDeg: number): number {
  const toSource = unitVector(rightAscensionDeg, declinationDeg);
  const [x, y, z] = earthVelocity(mjd);
  // From the ecliptic to the equator of J2000.
  const equatorial: Vector = [
    x,
    y * Math.cos(OBLIQUITY) - z * Math.sin(OBLIQUITY),
    y * Math.sin(OBLIQUITY) + z * Math.cos(OBLIQUITY),
  ];
  return dotProduct(equatorial, toSource);
}

/**
 * The wavelength that an observer at rest at the barycentre would see. Wavelengths of SPHEREx are those of vacuum.
 *
 * @param velocityTowardsKmS Velocity of the observatory towards the source, km/s.
 */
export function barycentricWavelength(wavelengthMicron: number, velocityTowardsKmS: number): number {
  return wavelengthMicron * (1 + velocityTowardsKmS / LIGHT_SPEED_KM_S);
}

function earthVelocity(mjd: number): Vector {
  const sum = [...velocity(EARTH, mjd)];
  for (const [orbit, mass] of HEAVY) velocity(orbit, mjd).forEach((part, axis) => sum[axis]! -= mass * part);
  return [sum[0]!, sum[1]!, sum[2]!];
}

/** Velocity about the Sun, km/s, ecliptic of J2000. */
function velocity(orbit: Orbit, mjd: number): Vector {
  const [before, after] = [position(orbit, mjd - STEP_DAYS), position(orbit, mjd + STEP_DAYS)];
  const scale = KM_PER_AU / (2 * STEP_DAYS * SECONDS_PER_DAY);
  return [scale * (after[0] - before[0]), scale * (after[1] - before[1]), scale * (after[2] - before[2])];
}

/** Place about the Sun, au, ecliptic of J2000. */
function position(orbit: Orbit, mjd: number): Vector {
  const centuries = (mjd - MJD_J2000) / DAYS_PER_CENTURY;
  const at = ([value, perCentury]: Element) => value + perCentury * centuries;
  const eccentricity = at(orbit.eccentricity);
  const longitude = at(orbit.perihelion);
  const meanAnomaly = (at(orbit.meanLongitude) - longitude) % 360 * DEG;
  const anomaly = eccentricAnomaly(meanAnomaly, eccentricity);
  const x = at(orbit.semimajorAxis) * (Math.cos(anomaly) - eccentricity);
  const y = at(orbit.semimajorAxis) * Math.sqrt(1 - eccentricity ** 2) * Math.sin(anomaly);
  const node = at(orbit.node) * DEG;
  const argument = longitude * DEG - node;
  const inclination = at(orbit.inclination) * DEG;
  const along = x * Math.cos(argument) - y * Math.sin(argument);
  const across = x * Math.sin(argument) + y * Math.cos(argument);
  return [
    along * Math.cos(node) - across * Math.sin(node) * Math.cos(inclination),
    along * Math.sin(node) + across * Math.cos(node) * Math.cos(inclination),
    across * Math.sin(inclination),
  ];
}

/** Solves Kepler's equation by Newton's method. */
function eccentricAnomaly(meanAnomaly: number, eccentricity: number): number {
  let anomaly = meanAnomaly + eccentricity * Math.sin(meanAnomaly);
  for (let round = 0; round < 6; round++) {
    anomaly -= (anomaly - eccentricity * Math.sin(anomaly) - meanAnomaly) /
      (1 - eccentricity * Math.cos(anomaly));
  }
  return anomaly;
}
