import { TaggedError } from "../../core/errors.ts";
import type { HttpClient } from "../http_client.ts";
import { encodeCall, parseAnswer, type SampValue } from "./xml_rpc.ts";

/** Where a hub listens and the word that lets a client in. */
export interface HubLocation {
  /** Its XML-RPC endpoint. */
  readonly url: string;
  /** Known only to programs of the same user. */
  readonly secret: string;
}

/** A program that is connected to the hub. */
export interface SampPeer {
  /** What the hub calls it. */
  readonly id: string;
  /** What it calls itself, such as `topcat`. */
  readonly name: string;
}

/** A message: its type and its parameters. */
export interface SampMessage {
  /** Such as `table.load.votable`. */
  readonly type: string;
  /** Such as `url` and `name`. */
  readonly parameters: Readonly<Record<string, string>>;
}

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** A map's member as text; empty when it is absent or no text. */
function textOf(value: SampValue, key: string): string {
  const member = typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, SampValue>)[key]
    : undefined;
  return typeof member === "string" ? member : "";
}

/**
 * A client of a SAMP hub that only sends (Simple Application Messaging Protocol 1.3, standard profile). It is not
 * callable and needs no server of its own.
 */
export class SampClient implements AsyncDisposable {
  readonly #http: HttpClient;
  readonly #url: string;
  readonly #key: string;

  private constructor(http: HttpClient, url: string, key: string) {
    this.#http = http;
    this.#url = url;
    this.#key = key;
  }

  /** Registers with a hub under a name. Throws `net/…` when it does not answer as a hub does. */
  static async connect(http: HttpClient, hub: HubLocation, name: string): Promise<SampClient> {
    const registration = await call(http, hub.url, "samp.hub.register", [hub.secret]);
    const key = textOf(registration, "samp.private-key");
    if (key === "") {
      throw new TaggedError("net/bad-xml-rpc", "The SAMP hub gave no key when it was asked to register", {
        hint: "Start the hub anew, then run the same command again",
      });
    }
    const client = new SampClient(http, hub.url, key);
    await client.#call("declareMetadata", [{ "samp.name": name }]);
    return client;
  }

  /** The programs that take messages of a type, in the order of their names. */
  async peers(messageType: string): Promise<SampPeer[]> {
    const ids = Object.keys(await this.#call("getSubscribedClients", [messageType]) as object);
    const peers: SampPeer[] = [];
    for (const id of ids) {
      const name = textOf(await this.#call("getMetadata", [id]), "samp.name");
      peers.push({ id, name: name === "" ? id : name });
    }
    return peers.sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** Sends a message to one program, which is not waited for. */
  async notify(peer: SampPeer, { type, parameters }: SampMessage): Promise<void> {
    await this.#call("notify", [peer.id, { "samp.mtype": type, "samp.params": parameters }]);
  }

  /** Leaves the hub. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#call("unregister", []);
  }

  #call(method: string, parameters: readonly SampValue[]): Promise<SampValue> {
    return call(this.#http, this.#url, `samp.hub.${method}`, [this.#key, ...parameters]);
  }
}

async function call(
  http: HttpClient,
  url: string,
  method: string,
  parameters: readonly SampValue[],
): Promise<SampValue> {
  const { bytes } = await http.fetchBytes(url, {
    method: "POST",
    headers: { "Content-Type": "text/xml" },
    body: encodeCall(method, parameters),
    retry: { attempts: 1 },
    maxBytes: MAX_ANSWER_BYTES,
  });
  return parseAnswer(new TextDecoder().decode(bytes));
}
