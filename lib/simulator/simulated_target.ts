/** A continuum whose flux density follows the Planck function of a temperature. */
export interface BlackbodySpectrum {
  /** Which kind of spectrum this is. */
  readonly kind: "blackbody";
  /** Flux density at 2 micron, microjansky. */
  readonly fluxAtTwoMicronMicroJy: number;
  /** Temperature, kelvin. */
  readonly temperatureKelvin: number;
}

/** A continuum whose flux density follows a power of the wavelength. */
export interface PowerLawSpectrum {
  /** Which kind of spectrum this is. */
  readonly kind: "power-law";
  /** Flux density at 2 micron, microjansky. */
  readonly fluxAtTwoMicronMicroJy: number;
  /** Exponent of the wavelength. */
  readonly slope: number;
}

/** One emission line of Gaussian shape. */
export interface EmissionLine {
  /** Wavelength of the centre, micron. */
  readonly wavelengthMicron: number;
  /** Standard deviation of the profile, micron. */
  readonly sigmaMicron: number;
  /** Flux density integrated over wavelength, microjansky micron. */
  readonly strengthMicroJyMicron: number;
}

/** A power law with emission lines. */
export interface EmissionSpectrum {
  /** Which kind of spectrum this is. */
  readonly kind: "emission-lines";
  /** The continuum. */
  readonly continuum: PowerLawSpectrum;
  /** The lines. */
  readonly lines: readonly EmissionLine[];
}

/** The spectrum of a simulated source. */
export type SimulatedSpectrum = BlackbodySpectrum | PowerLawSpectrum | EmissionSpectrum;

/** The shape of a galaxy: a Sersic profile with elliptical isophotes. */
export interface SimulatedProfile {
  /** Sersic index: 1 for an exponential disc, 4 for the law of de Vaucouleurs. */
  readonly sersicIndex: number;
  /** Semi-major axis of the ellipse that holds half of the light, arcseconds. */
  readonly effectiveRadiusArcsec: number;
  /** Minor over major axis. */
  readonly axisRatio: number;
  /** Direction of the major axis, degrees east of north. */
  readonly positionAngleDeg: number;
}

/** Proper motion of a source. */
export interface SimulatedMotion {
  /** In right ascension times cos(declination), mas per year. */
  readonly raMasPerYear: number;
  /** In declination, mas per year. */
  readonly decMasPerYear: number;
  /** Julian year at which the source is where its position says. */
  readonly epochYear: number;
}

/** A place on the sky where the simulation puts a source that a test or a user asks for. */
export interface SimulatedTarget {
  /** Name of the target. */
  readonly name: string;
  /** Right ascension, ICRS degrees. */
  readonly rightAscensionDeg: number;
  /** Declination, ICRS degrees. */
  readonly declinationDeg: number;
  /** The spectrum; without it one is drawn from the seed and the name. `null` puts no source there. */
  readonly spectrum?: SimulatedSpectrum | null;
  /** Shape of a galaxy; a star when absent. */
  readonly profile?: SimulatedProfile;
  /** Proper motion; none when absent. */
  readonly motion?: SimulatedMotion;
  /** Neighbours by name, drawn from the seed and the name when absent. */
  readonly neighbours?: readonly SimulatedNeighbour[];
}

/** A source close to a target. */
export interface SimulatedNeighbour {
  /** Direction from the target, degrees east of north. */
  readonly positionAngleDeg: number;
  /** Distance from the target, arcseconds. */
  readonly separationArcsec: number;
  /** The spectrum. */
  readonly spectrum: SimulatedSpectrum;
}
