import { wordsOfName } from "./text.ts";

/** A name in camel case; keys of configurations, planes and columns are none. */
const CAMEL_CASE = /^[a-z][a-z0-9]*([A-Z][a-z0-9]*)+$/;

/**
 * A result as it is told to other programs: the names of its fields as everywhere outside of the program, in snake
 * case. What is no field of a result, such as a configuration key or the name of a plane, stays as it is.
 *
 * @param value What a command found; anything that JSON can hold.
 */
export function outwardJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(outwardJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      CAMEL_CASE.test(name) ? wordsOfName(name, "_") : name,
      outwardJson(inner),
    ]),
  );
}
