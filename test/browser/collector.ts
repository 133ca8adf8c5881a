import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Built } from "../../scripts/build.ts";

/** One request that reached the collector, other than those for its files. */
export interface Arrival {
  method: string;
  /** Path and query. */
  path: string;
  contentType: string | undefined;
  body: string;
}

export interface Message {
  type: string;
  messageId: string;
  anonymousId: string;
  timestamp: string;
  event?: string;
  name?: string;
  userId?: string;
  traits?: Record<string, unknown>;
  properties?: Record<string, unknown>;
  context: {
    page: Record<string, string>;
    library: Record<string, string>;
    identityToken?: string;
  };
}

/** Where a message says that it comes from: the snippet leaves taking addresses apart to the collector. */
export const pathOf = (page: Record<string, string>): string => new URL(page["url"] ?? "").pathname;

/** What each opens. */
const OPENS: Readonly<Record<string, readonly string[]>> = {
  measurement: ["events", "id-cookie"],
  personalization: ["hints", "id-cookie"],
};

const PURPOSES = [
  ["necessary", "Necessary", "Keeps the site working.", true],
  ["measurement", "Measurement", "Counts visits and what is read.", false],
  ["personalization", "Personalization", "Suggests what may interest you.", false],
] as const;

/**
 * Stands in for the Worker: serves the built files and whatever page a test wants, keeps the consent of its only
 * visitor, and writes down what arrives.
 */
export class Collector {
  readonly arrivals: Arrival[] = [];
  /** Pages by path: HTML and extra headers. */
  readonly pages = new Map<string, { html: string; headers?: Record<string, string> }>();
  /** Status codes for the next calls under `/_u/v1/`, first come first; afterwards 200. */
  failures: number[] = [];
  next: object = { action: null };
  /** A whole site for what isn't Usher's. */
  site: ((request: Request) => Promise<Response | null>) | undefined;
  choices: Record<string, boolean> = {};
  ask = true;
  gpc = false;
  honoured = true;
  /** Whether the policy measures scroll depth and engaged time. */
  engagement = false;
  /** Said where nobody is asked, until it was closed. */
  tell: object | null = null;
  /** What the policy calls a purpose, if otherwise. */
  names: Readonly<Record<string, string>> = {};
  /** Of the notice. */
  language: { language: string; direction: "ltr" | "rtl" } | null = null;

  readonly #built: Built;
  readonly #server: Server;
  #waiting: (() => void)[] = [];

  constructor(built: Built) {
    this.#built = built;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  forget(): void {
    this.arrivals.length = 0;
    this.pages.clear();
    this.failures = [];
    this.next = { action: null };
    this.site = undefined;
    this.choices = {};
    this.ask = true;
    this.gpc = false;
    this.honoured = true;
    this.engagement = false;
    this.tell = null;
    this.names = {};
    this.language = null;
  }

  /** As if the visitor had said yes to everything on an earlier visit. */
  grant(): void {
    this.choices = { measurement: true, personalization: true };
    this.ask = false;
  }

  /** Everything but the question whether to ask. */
  get beyondConsent(): Arrival[] {
    return this.arrivals.filter(
      ({ method, path }) => !(method === "GET" && path === "/_u/consent"),
    );
  }

  /** What was chosen, in words of the wire. */
  get choicesSent(): Choice[] {
    return this.arrivals
      .filter(({ method, path }) => method === "POST" && path === "/_u/consent")
      .map(({ body }) => JSON.parse(body) as Choice);
  }

  /** Messages of all batches in the order of arrival, failed attempts included. */
  get messages(): Message[] {
    return this.arrivals
      .filter(({ path }) => path.startsWith("/_u/v1/"))
      .flatMap(({ body }) => (JSON.parse(body) as { batch: Message[] }).batch);
  }

  /** What a message is, in one word each. */
  get story(): string[] {
    return this.messages.map(({ type, event, userId }) =>
      [type, event ?? userId].filter(Boolean).join(":"),
    );
  }

  /** Resolves as soon as it holds; looks again whenever something arrives. */
  async until(holds: (collector: this) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>((done) => this.#waiting.push(done));
  }

  /** Resolves when `count` requests with this start of the path have arrived. */
  async arrived(path: string, count = 1): Promise<void> {
    await this.until(
      () => this.arrivals.filter((arrival) => arrival.path.startsWith(path)).length >= count,
    );
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    const { origin } = request.headers;
    if (origin) {
      response.setHeader("access-control-allow-origin", origin);
      response.setHeader("access-control-allow-credentials", "true");
    }
    const name = path.split("?")[0]!;
    const file = this.#file(name);
    if (file !== undefined) {
      response.writeHead(200, { "content-type": "text/javascript" }).end(file);
      return;
    }
    const page = this.pages.get(name);
    if (page) {
      response
        .writeHead(200, { "content-type": "text/html; charset=utf-8", ...page.headers })
        .end(page.html);
      return;
    }
    if (!name.startsWith("/_u/")) {
      const answer = await this.site?.(
        new Request(this.origin + path, { method: request.method! }),
      );
      response.writeHead(answer?.status ?? 404, Object.fromEntries(answer?.headers ?? []));
      response.end(await answer?.text());
      return;
    }
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk as string;
    this.arrivals.push({
      method: request.method ?? "",
      path,
      contentType: request.headers["content-type"],
      body,
    });
    const [status, answer] = this.#answer(request.method ?? "", name, body);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const look of waiting) look();
  }

  #file(name: string): string | undefined {
    if (name === "/_u/usher.js") return this.#built.snippet.code;
    if (name === "/_u/banner.js") return this.#built.banner.code;
    if (name === "/_u/slots.js") return this.#built.slots.code;
    if (name === "/_u/leave.js") return this.#built.leave.code;
    if (name === "/module.js") return this.#built.module.code;
    return undefined;
  }

  #answer(method: string, name: string, body: string): [number, object] {
    if (name === "/_u/consent") {
      if (method === "POST") this.#choose(JSON.parse(body) as Choice);
      return [200, this.#document()];
    }
    if (name === "/_u/next") return [200, this.next];
    if (name.startsWith("/_u/v1/")) {
      const status = this.failures.shift() ?? 200;
      return [status, status === 200 ? { success: true, accepted: 1, dropped: [] } : {}];
    }
    return [200, {}];
  }

  #choose({ accept, choices, seen }: Choice): void {
    this.ask = false;
    this.tell = null;
    if (seen) return;
    for (const [id, , , required] of PURPOSES) {
      if (!required) {
        const said = choices?.[this.names[id] ?? id];
        this.choices[id] = accept ? accept === "all" : (said ?? this.choices[id] ?? false);
      }
    }
  }

  #document(): object {
    return {
      policy: {
        version: 1,
        ...this.language,
        purposes: PURPOSES.map(([id, label, description, required]) => ({
          id: this.names[id] ?? id,
          label,
          description,
          required,
        })),
      },
      region: "DE",
      regime: "opt-in",
      signals: { gpc: this.gpc },
      gpcHonoured: this.gpc && this.honoured,
      decisions: Object.fromEntries(
        PURPOSES.map(([id, , , required]) => [
          this.names[id] ?? id,
          { granted: required || this.choices[id] === true },
        ]),
      ),
      open: [
        ...new Set(
          PURPOSES.flatMap(([id]) => (this.choices[id] === true ? (OPENS[id] ?? []) : [])),
        ),
      ],
      ask: this.ask || this.tell !== null,
      ...(this.tell ? { tell: this.tell } : {}),
      engagement: this.engagement && this.choices["measurement"] === true,
    };
  }
}

interface Choice {
  accept?: "all" | "none";
  choices?: Record<string, boolean>;
  seen?: true;
}
