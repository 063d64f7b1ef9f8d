import { connectionError, timeoutError } from "./net_error.ts";

/**
 * Opens and closes a connection to the host of a URL, so that a host that is down is known after `timeoutMs`
 * and not after the long silence that a slow query is allowed.
 *
 * Does nothing when the request may go through a proxy, which this could not see.
 * Throws `net/timeout` or `net/connection`.
 */
export async function probeConnection(url: URL, timeoutMs: number, signal: AbortSignal): Promise<void> {
  if (mayUseProxy(url)) return;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  try {
    const connection = await Deno.connect({
      hostname,
      port,
      signal: AbortSignal.any([deadline.signal, signal]),
    });
    connection.close();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw deadline.signal.aborted
      ? timeoutError(url.href, "connect", timeoutMs)
      : connectionError(url.href, error);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the environment names a proxy, or may not be asked. */
function mayUseProxy(url: URL): boolean {
  const scheme = url.protocol.slice(0, -1);
  const names = [`${scheme}_proxy`, "all_proxy"].flatMap((name) => [name, name.toUpperCase()]);
  return names.some((variable) => {
    if (Deno.permissions.querySync({ name: "env", variable }).state !== "granted") return true;
    return (Deno.env.get(variable) ?? "") !== "";
  });
}
