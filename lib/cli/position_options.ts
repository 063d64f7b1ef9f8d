import { parseDeclination, parseRightAscension } from "../catalog/sexagesimal.ts";
import { OptionValueError } from "./option_values.ts";

/** Reads an option that is a right ascension, as degrees. Throws OptionValueError. */
export function rightAscensionOption(text: string): number {
  const value = parseRightAscension(text.trim());
  if (value !== undefined && value >= 0 && value <= 360) return value;
  throw new OptionValueError(text, "a right ascension: degrees from 0 to 360, or hours as 04:32:12.4");
}

/** Reads an option that is a declination, as degrees. Throws OptionValueError. */
export function declinationOption(text: string): number {
  const value = parseDeclination(text.trim());
  if (value !== undefined && Math.abs(value) <= 90) return value;
  throw new OptionValueError(text, "a declination: degrees from -90 to 90, or as -05:22:39.6");
}
