/** Where Debian puts the browser. */
export const CHROMIUM = "/usr/bin/chromium";

/** Whether the browser is installed. */
export function hasChromium(): boolean {
  try {
    return Deno.statSync(CHROMIUM).isFile;
  } catch {
    return false;
  }
}

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
  "--window-size=1500,1100",
];

const TIMEOUT_MS = 40_000;

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** A page in a headless browser, driven over the DevTools protocol. */
export class BrowserPage {
  /** What the page complained of: exceptions, refused resources, console errors. */
  readonly complaints: string[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #session: string | undefined;
  #nextId = 1;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data as string) as Answer);
  }

  #receive(answer: Answer): void {
    if (answer.id !== undefined) {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
      return;
    }
    const { method, params } = answer;
    const entry = params?.["entry"] as { level?: string } | undefined;
    const isComplaint = method === "Runtime.exceptionThrown" ||
      method === "Runtime.consoleAPICalled" && ["error", "warning"].includes(String(params?.["type"])) ||
      method === "Log.entryAdded" && entry?.level === "error";
    if (isComplaint) this.complaints.push(JSON.stringify(params));
  }

  /** Sends a command and gives its result. */
  async send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, resolve);
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    const { result, error } = await promise;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result!;
  }

  /** Opens a page and waits until it is loaded. */
  async open(url: string): Promise<void> {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    this.#session = sessionId as string;
    for (const domain of ["Page", "Runtime", "Log"]) await this.send(`${domain}.enable`);
    await this.send("Page.navigate", { url });
    await this.until("document.readyState === 'complete' && location.protocol === 'file:'");
  }

  /** The value of an expression in the page. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: Value }).value;
  }

  /** Waits until an expression is true. */
  async until(expression: string): Promise<void> {
    const end = Date.now() + 10_000;
    while (!(await this.evaluate<boolean>(expression))) {
      if (Date.now() > end) throw new Error(`The page did not come to ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Moves the mouse to the middle of the first element that a selector finds, and clicks when asked. */
  async mouse(selector: string, click = false): Promise<void> {
    const [x, y] = await this.evaluate<[number, number]>(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      element.scrollIntoView({ block: "nearest" });
      const box = element.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    })()`);
    const at = { x, y, button: "left", clickCount: 1 };
    await this.send("Input.dispatchMouseEvent", { ...at, type: "mouseMoved", button: "none" });
    if (!click) return;
    await this.send("Input.dispatchMouseEvent", { ...at, type: "mousePressed" });
    await this.send("Input.dispatchMouseEvent", { ...at, type: "mouseReleased" });
  }

  /** Types a text into the field that a selector finds. */
  async type(selector: string, text: string): Promise<void> {
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`);
    await this.send("Input.insertText", { text });
  }
}

/** The address that a starting browser listens at. */
async function listeningAddress(stderr: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (
    const piece of stderr.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
  ) {
    text += piece;
    const address = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`The browser did not start: ${text}`);
}

/** Runs a test with a browser of its own, which is gone afterwards whatever happens. */
export async function withBrowser(test: (page: BrowserPage) => Promise<void>): Promise<void> {
  const profile = await Deno.makeTempDir();
  const child = new Deno.Command(CHROMIUM, {
    args: [...FLAGS, `--user-data-dir=${profile}`],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  try {
    const [forAddress, rest] = child.stderr.tee();
    const drained = rest.pipeTo(new WritableStream());
    const socket = new WebSocket(await listeningAddress(forAddress));
    const { promise: open, resolve, reject } = Promise.withResolvers<void>();
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("The browser refused the connection"));
    await open;
    const { promise: closed, resolve: close } = Promise.withResolvers<void>();
    socket.onclose = () => close();
    const page = new BrowserPage(socket);
    try {
      await test(page);
    } finally {
      child.kill("SIGKILL");
      await closed;
    }
    await drained;
  } finally {
    await child.status;
    clearTimeout(timer);
    await Deno.remove(profile, { recursive: true });
  }
}
