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
