/** How a band is drawn. */
export interface BandStyle {
  /** Detector, 1 to 6. */
  readonly detector: number;
  /** Colour of its points, `#rrggbb`. */
  readonly color: string;
  /** Short end of the band, micron. */
  readonly wavelengthMinMicron: number;
  /** Long end of the band, micron. */
  readonly wavelengthMaxMicron: number;
}

/**
 * The six bands and their colours, from the set of Okabe and Ito (2008), which stays distinct for people with
 * protanopia, deuteranopia and tritanopia; ordered so that the hue follows the wavelength.
 */
export const BAND_STYLES: readonly BandStyle[] = [
  { detector: 1, color: "#0072b2", wavelengthMinMicron: 0.75, wavelengthMaxMicron: 1.1 },
  { detector: 2, color: "#56b4e9", wavelengthMinMicron: 1.1, wavelengthMaxMicron: 1.63 },
  { detector: 3, color: "#009e73", wavelengthMinMicron: 1.63, wavelengthMaxMicron: 2.42 },
  { detector: 4, color: "#e69f00", wavelengthMinMicron: 2.42, wavelengthMaxMicron: 3.82 },
  { detector: 5, color: "#d55e00", wavelengthMinMicron: 3.82, wavelengthMaxMicron: 4.42 },
  { detector: 6, color: "#cc79a7", wavelengthMinMicron: 4.42, wavelengthMaxMicron: 5.0 },
];

/** Colour of points that are not recommended for science. */
export const REJECTED_COLOR = "#9a9a9a";

/** Colour of text and axes. */
export const INK_COLOR = "#222222";

/** Colour of secondary text and reference lines. */
export const MUTED_COLOR = "#6b6b6b";

/** Colour of a detector's points; grey for a number that is no detector. */
export function detectorColor(detector: number): string {
  return BAND_STYLES[detector - 1]?.color ?? REJECTED_COLOR;
}
