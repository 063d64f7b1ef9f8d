import { isTaggedError, TaggedError } from "../core/errors.ts";
import { withoutQuery } from "../net/net_error.ts";

/**
 * What went wrong with an answer of a discovery service: `discovery/query-refused` when the service reports an error of
 * the query, `discovery/bad-answer` when the answer cannot be read; any other error as it is.
 */
export function explainedAnswerError(error: unknown, service: string, url: string, status: number): unknown {
  const place = withoutQuery(url);
  const context = { url: place, status };
  if (isTaggedError(error, "votable/query-error")) {
    return new TaggedError(
      "discovery/query-refused",
      `${place} refused the query: ${String(error.context.message)}`,
      {
        context,
        cause: error,
        hint: "Check the coordinates and collections with: spxcutdb config show --effective",
      },
    );
  }
  if (isTaggedError(error, "votable") || isTaggedError(error, "archive")) {
    return new TaggedError(
      "discovery/bad-answer",
      `${place} answered (status ${status}) with something that is no ${service} answer: ${error.message}`,
      { context, cause: error, hint: "The service may be down for maintenance; try again later" },
    );
  }
  return error;
}
