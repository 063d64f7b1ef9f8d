import { type JsonValue, TaggedError } from "../core/errors.ts";

/** Kinds of failure of VOTable documents and of what services say in them. */
export type VotableErrorKind =
  | "not-xml"
  | "not-votable"
  | "unknown-datatype"
  | "bad-field"
  | "bad-cell"
  | "bad-base64"
  | "truncated"
  | "unsupported"
  | "too-large"
  | "query-error"
  | "missing-column";

/** Makes a `votable/...` error. */
export function votableError(
  kind: VotableErrorKind,
  message: string,
  context: Readonly<Record<string, JsonValue>> = {},
  cause?: unknown,
): TaggedError {
  return new TaggedError(`votable/${kind}`, message, { context, cause });
}
