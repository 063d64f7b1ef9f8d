import { TaggedError, type TaggedErrorOptions } from "../core/errors.ts";

/** What can be wrong with a SPHEREx file; the second half of the error's code. */
export type SpherexProblem =
  | "bad-calibration"
  | "bad-plane"
  | "bad-psf"
  | "missing-plane"
  | "not-level2"
  | "wrong-detector"
  | "wrong-product";

/** Makes an error `spherex/<problem>`; the message starts with a capital and has no final period. */
export function spherexError(
  problem: SpherexProblem,
  message: string,
  options: TaggedErrorOptions = {},
): TaggedError {
  return new TaggedError(`spherex/${problem}`, message, options);
}
