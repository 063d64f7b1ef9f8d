/** A message that a hub was given. */
export interface NotedMessage {
  readonly recipient: string;
  readonly type: string;
  readonly url: string;
}

const VALUE_OF_CALL = /<string>([^<]*)<\/string>/g;

function struct(members: Readonly<Record<string, string>>): string {
  const inner = Object.entries(members).map(([name, value]) =>
    `<member><name>${name}</name><value>${value}</value></member>`
  );
  return `<value><struct>${inner.join("")}</struct></value>`;
}

/** A SAMP hub with programs that are not there: `clients` has the name and the message types of each. */
export class StandInHub implements AsyncDisposable {
  /** What was sent. */
  readonly messages: NotedMessage[] = [];
  /** Calls in order. */
  readonly calls: string[] = [];
  readonly #clients: Readonly<Record<string, readonly string[]>>;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(lockfile: string, clients: Readonly<Record<string, readonly string[]>>) {
    this.#clients = clients;
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      return new Response(this.#answer(await request.text()), { headers: { "Content-Type": "text/xml" } });
    });
    const url = `http://127.0.0.1:${this.#server.addr.port}/xmlrpc`;
    Deno.writeTextFileSync(
      lockfile,
      `# SAMP lockfile\nsamp.secret=open sesame\nsamp.hub.xmlrpc.url=${url}\nsamp.profile.version=1.3\n`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #answer(xml: string): string {
    const method = /<methodName>samp\.hub\.([^<]*)</.exec(xml)![1]!;
    const texts = [...xml.matchAll(VALUE_OF_CALL)].map(([, text]) => text!);
    this.calls.push(method);
    const isKnown = texts[0] === (method === "register" ? "open sesame" : "key 1");
    const value = isKnown ? this.#valueOf(method, texts, xml) : undefined;
    return value === undefined
      ? `<methodResponse><fault>${struct({ faultString: "Unknown caller" })}</fault></methodResponse>`
      : `<methodResponse><params><param>${value}</param></params></methodResponse>`;
  }

  #valueOf(method: string, texts: readonly string[], xml: string): string {
    switch (method) {
      case "register":
        return struct({ "samp.private-key": "key 1", "samp.self-id": "c1", "samp.hub-id": "hub" });
      case "getSubscribedClients": {
        const ids = Object.keys(this.#clients).filter((name) => this.#clients[name]!.includes(texts[1]!));
        return struct(Object.fromEntries(ids.map((id) => [id, "<struct></struct>"])));
      }
      case "getMetadata":
        return struct({ "samp.name": texts[1]! });
      case "notify": {
        const url = /<name>url<\/name><value><string>([^<]*)</.exec(xml)![1]!;
        this.messages.push({ recipient: texts[1]!, type: texts[2]!, url });
        return "<value></value>";
      }
      default:
        return "<value></value>";
    }
  }
}
