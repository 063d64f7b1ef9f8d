/** Solid angle of a square arcsecond, steradian: (pi / 648000)^2. */
export const STERADIAN_PER_SQUARE_ARCSEC: number = (Math.PI / 648000) ** 2;

/** Flux in microjansky of one MJy/sr over one square arcsecond; 1 MJy is 1e12 microjansky. */
export const MICROJY_PER_MJYSR_ARCSEC2: number = STERADIAN_PER_SQUARE_ARCSEC * 1e12;
