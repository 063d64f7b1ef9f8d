import {
  DECLINATION_RANGE,
  isDeclinationDeg,
  isRightAscensionDeg,
  RIGHT_ASCENSION_RANGE,
} from "../catalog/position_range.ts";
import { parseDeclination, parseRightAscension } from "../catalog/sexagesimal.ts";
import { OptionValueError } from "./option_values.ts";

/** Reads an option that is a right ascension, as degrees. Throws OptionValueError. */
export function rightAscensionOption(text: string): number {
  const value = parseRightAscension(text.trim());
  if (value !== undefined && isRightAscensionDeg(value)) return value;
  throw new OptionValueError(text, `a right ascension ${RIGHT_ASCENSION_RANGE}, or hours as 04:32:12.4`);
}

/** Reads an option that is a declination, as degrees. Throws OptionValueError. */
export function declinationOption(text: string): number {
  const value = parseDeclination(text.trim());
  if (value !== undefined && isDeclinationDeg(value)) return value;
  throw new OptionValueError(text, `a declination ${DECLINATION_RANGE}, also as -05:22:39.6`);
}
