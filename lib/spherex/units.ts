/** Steradians in one square arcsecond: (pi / 648000)^2, exact. */
export const STERADIAN_PER_ARCSEC2: number = (Math.PI / 648000) ** 2;

/** Microjansky per square arcsecond in one MJy/sr: 1e12 (pi / 648000)^2, about 23.50443. */
export const MICRO_JY_PER_ARCSEC2_PER_MJY_SR: number = 1e12 * STERADIAN_PER_ARCSEC2;

/** AB magnitude of a source of one microjansky: 8.9 mag is one jansky (Oke & Gunn 1983). */
export const AB_ZERO_POINT_MICRO_JY = 23.9;

/** Speed of light in angstrom per second, exact. */
const LIGHT_ANGSTROM_PER_SECOND = 2.99792458e18;

/** Flux in microjansky of a pixel with the given surface brightness (MJy/sr) and solid angle (square arcseconds). */
export function pixelFluxMicroJy(surfaceBrightnessMJySr: number, solidAngleArcsec2: number): number {
  return surfaceBrightnessMJySr * solidAngleArcsec2 * MICRO_JY_PER_ARCSEC2_PER_MJY_SR;
}

/** Surface brightness in MJy/sr of a pixel with the given flux (microjansky) and solid angle (square arcseconds). */
export function surfaceBrightnessMJySr(fluxMicroJy: number, solidAngleArcsec2: number): number {
  return fluxMicroJy / (solidAngleArcsec2 * MICRO_JY_PER_ARCSEC2_PER_MJY_SR);
}

/** AB magnitude of a flux in microjansky; NaN for a flux that is not positive. */
export function abMagnitude(fluxMicroJy: number): number {
  return fluxMicroJy > 0 ? AB_ZERO_POINT_MICRO_JY - 2.5 * Math.log10(fluxMicroJy) : NaN;
}

/** Uncertainty of an AB magnitude from a flux and its standard deviation; NaN for a flux that is not positive. */
export function abMagnitudeError(fluxMicroJy: number, sigmaMicroJy: number): number {
  return fluxMicroJy > 0 ? (2.5 / Math.LN10) * sigmaMicroJy / fluxMicroJy : NaN;
}

/** Flux in microjansky of an AB magnitude. */
export function fluxMicroJyOfAbMagnitude(magnitude: number): number {
  return 10 ** ((AB_ZERO_POINT_MICRO_JY - magnitude) / 2.5);
}

/** Flux density per unit wavelength, erg/s/cm2/angstrom, of a flux in microjansky at a wavelength in micron. */
export function fluxPerAngstrom(fluxMicroJy: number, wavelengthMicron: number): number {
  const wavelengthAngstrom = wavelengthMicron * 1e4;
  return fluxMicroJy * 1e-29 * LIGHT_ANGSTROM_PER_SECOND / wavelengthAngstrom ** 2;
}
