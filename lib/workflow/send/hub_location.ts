import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TaggedError } from "../../core/errors.ts";
import { storageError } from "../../files/storage_error.ts";
import type { HubLocation } from "../../net/samp/samp_client.ts";

/** A longer file is none of a hub. */
const MAX_LOCKFILE_BYTES = 64 * 1024;

function noHub(path: string): TaggedError {
  return new TaggedError("net/no-samp-hub", `No SAMP hub is running: there is no file ${path}`, {
    context: { path },
    hint: "Start TOPCAT or Aladin, which bring a hub with them, then run the same command again",
  });
}

/** The file by which a hub makes itself known: `SAMP_HUB` of the environment, else `.samp` in the home folder. */
export function hubLockfile(environment: (name: string) => string | undefined): string {
  const named = environment("SAMP_HUB");
  if (named?.startsWith("std-lockurl:file:") === true) {
    return fileURLToPath(named.slice("std-lockurl:".length));
  }
  if (named !== undefined && named !== "") {
    throw new TaggedError("net/no-samp-hub", `Cannot use the SAMP hub that SAMP_HUB names: ${named}`, {
      hint: "Set SAMP_HUB to std-lockurl:file:///… or unset it",
    });
  }
  return join(environment("HOME") ?? environment("USERPROFILE") ?? ".", ".samp");
}

/** Reads the file of a running hub. Throws `net/no-samp-hub` when there is none, or when it is not one. */
export function readHubLocation(path: string): HubLocation {
  let text: string;
  try {
    if (Deno.statSync(path).size > MAX_LOCKFILE_BYTES) throw noHub(path);
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw noHub(path);
    throw storageError(error, "read", path);
  }
  const entries = new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const [, key, value] = /^([^#=]+)=(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key.trim(), value.trim()] as const];
    }),
  );
  const [url, secret] = [entries.get("samp.hub.xmlrpc.url"), entries.get("samp.secret")];
  if (url === undefined || secret === undefined || !URL.canParse(url)) throw noHub(path);
  return { url, secret };
}
