import { TaggedError } from "../core/errors.ts";
import { withoutQuery } from "./net_error.ts";

/** Tells whether a URL's host is one of `rules`: `name`, `name:port`, or `.suffix` for all below a domain. */
export function hostMatches(url: URL, rules: readonly string[]): boolean {
  return rules.some((rule) => {
    if (rule.startsWith(".")) return url.hostname.endsWith(rule.toLowerCase());
    return rule.toLowerCase() === url.host || rule.toLowerCase() === url.hostname;
  });
}

/** Reads a URL that may be asked; throws `net/bad-url` or `net/host-not-allowed`. */
export function checkedUrl(text: string | URL, allowedHosts: readonly string[] | undefined): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new TaggedError("net/bad-url", `"${withoutQuery(text)}" is not a URL`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TaggedError("net/bad-url", `Cannot ask ${withoutQuery(url)}: expected http or https`);
  }
  if (allowedHosts !== undefined && !hostMatches(url, allowedHosts)) {
    throw new TaggedError("net/host-not-allowed", `The host ${url.host} is not among the allowed ones`, {
      context: { host: url.host, allowed: [...allowedHosts] },
      hint:
        "Only the hosts of the configured endpoints are asked; check the endpoints with: spxcutdb config show",
    });
  }
  return url;
}

/** Where a redirect leads; throws `net/host-not-allowed` when it leaves the hosts that may be asked. */
export function redirectTarget(
  from: URL,
  location: string | null,
  allowedHosts: readonly string[] | undefined,
): URL {
  if (location === null) {
    throw new TaggedError("net/bad-url", `${withoutQuery(from)} redirects without saying where to`);
  }
  const target = checkedUrl(new URL(location, from), allowedHosts);
  const refused = (why: string) =>
    new TaggedError(
      "net/host-not-allowed",
      `${withoutQuery(from)} redirects to ${withoutQuery(target)}, ${why}`,
      { context: { from: from.host, to: target.host } },
    );
  if (allowedHosts === undefined && target.host !== from.host) throw refused("another host");
  if (from.protocol === "https:" && target.protocol === "http:") throw refused("which is not encrypted");
  return target;
}
