/**
 * The Worker on workerd behind a relay that can fail as networks and overloaded servers do, for clients as they come from
 * npm. What a client sent is on the relay's books; what became of it is asked of the Worker's own API.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { build } from "../../scripts/build.ts";
import { type Runtime, start } from "../bench/runtime.ts";
import { testBindings } from "../support/bindings.ts";
import { until } from "../support/until.ts";

export const { WRITE_KEY, SERVER_KEY } = testBindings;

export const ALL = {
  measurement: true,
  personalization: true,
  recognition: true,
  advertising: true,
};

/** What happens to one request instead of being served: refused, or served with its answer lost on the way back. */
export interface Fault {
  status: number;
  retryAfter?: number;
  served?: boolean;
  /** Part of the path that it waits for. */
  on?: string;
}

/** What a bad minute brings: the server away, too busy, and an answer lost on its way back. */
export const TROUBLE: readonly Fault[] = [
  { status: 503, retryAfter: 1 },
  { status: 429, retryAfter: 1 },
  { status: 503, served: true },
];

export interface Arrival {
  method: string;
  path: string;
  status: number;
}

export interface Recorded {
  id: string;
  type: string;
  name: string | null;
  props?: Record<string, unknown>;
  page?: Record<string, string>;
  at: string;
  visitor: string;
}

export interface Stage {
  /** `http://localhost:<port>` */
  origin: string;
  arrivals: Arrival[];
  /** For the next posts, first come first. */
  faults: Fault[];
  /** The visitors' region; unknown, so opt-in, when null. */
  region: string | null;
  /** Of the test that runs. Who sends a cookie of this name with another number belongs to one that is over. */
  turn: number;
  /** Pages of the site beside Usher's own paths. */
  pages: Map<string, string>;
  /** Posts that reached the relay. */
  posts(): Arrival[];
  /** Resolves as soon as it holds. */
  until(holds: () => boolean): Promise<void>;
  /** Everything the person with this identifier did, oldest first. */
  journey(identifier: string): Promise<Recorded[]>;
  /** As `journey`, as soon as that many are there. */
  journeyOf(identifier: string, count: number): Promise<Recorded[]>;
  /** As `journeyOf`, of whom this visitor belongs to. */
  journeyOfVisitor(visitor: string, count: number): Promise<Recorded[]>;
  /** `{id, stage, identifiers, …}` of the person with this identifier; null when there is none. */
  person(identifier: string): Promise<Record<string, unknown> | null>;
}

export function stage(): Stage {
  let runtime: Runtime;
  let server: Server;
  let worker: URL;

  const api = async (path: string): Promise<Record<string, unknown>> => {
    const response = await fetch(new URL(`/_u/api${path}`, worker), {
      headers: { authorization: `Bearer ${testBindings.OWNER_TOKEN}` },
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const its: Stage = {
    origin: "",
    arrivals: [],
    faults: [],
    region: null,
    turn: 0,
    pages: new Map(),
    posts: () => its.arrivals.filter(({ method }) => method === "POST"),
    until: async (holds) => void (await until(holds, () => its.arrivals)),
    async person(identifier) {
      const found = await api(`/people?identifier=${encodeURIComponent(identifier)}`);
      const [first] = found["people"] as { id: string }[];
      return first ? api(`/people/${first.id}`) : null;
    },
    async journey(identifier) {
      const person = await its.person(identifier);
      if (person === null) return [];
      return (await api(`/people/${String(person["id"])}/journey`))["events"] as Recorded[];
    },
    journeyOfVisitor: (visitor, count) =>
      grown(
        async () => (await api(`/people/${visitor}/journey`))["events"] as Recorded[],
        count,
        its.arrivals,
      ),
    journeyOf: (identifier, count) => grown(() => its.journey(identifier), count, its.arrivals),
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "/";
    const page = its.pages.get(path.split("?")[0] ?? "");
    if (page !== undefined) {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (isLate(request, its.turn)) {
      response.writeHead(410).end();
      return;
    }
    const method = request.method ?? "GET";
    const fault = method === "POST" ? struck(its.faults, path) : undefined;
    const arrival: Arrival = { method, path, status: fault?.status ?? 0 };
    its.arrivals.push(arrival);
    if (!fault || fault.served) {
      const answer = await fetch(new URL(path, worker), {
        method,
        headers: headersOf(request, its.region),
        redirect: "manual",
        ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      });
      const body = Buffer.from(await answer.arrayBuffer());
      if (!fault) {
        arrival.status = answer.status;
        const headers = new Headers(answer.headers);
        for (const name of ["content-encoding", "content-length", "transfer-encoding"])
          headers.delete(name);
        response.setHeaders(headers).writeHead(answer.status).end(body);
        return;
      }
    }
    response
      .writeHead(
        fault.status,
        fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) },
      )
      .end("{}");
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      serve(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
    await new Promise<void>((done) => server.listen(0, "localhost", done));
    its.origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    await build();
    runtime = await start([{ name: "usher", entry: "src/worker.ts", objects: ["Person"] }], {
      variables: { SITE_ORIGINS: its.origin },
    });
    worker = runtime.urls.get("usher")!;
  });
  beforeEach(() => {
    its.arrivals = [];
    its.faults = [];
    its.region = null;
    its.turn++;
    its.pages.clear();
  });
  afterAll(async () => {
    server?.closeAllConnections();
    await new Promise((done) => server.close(done));
    await runtime?.dispose();
  });
  return its;
}

/** The journey as soon as it has that many events. */
async function grown(
  ask: () => Promise<Recorded[]>,
  count: number,
  arrivals: readonly Arrival[],
): Promise<Recorded[]> {
  let events: Recorded[] = [];
  return until(
    async () => {
      events = await ask();
      return events.length >= count && events;
    },
    () => ({ wanted: count, events, arrivals }),
  );
}

/** What a page sent that was closed since: Chromium may take its time. */
function isLate(request: IncomingMessage, turn: number): boolean {
  const said = /(?:^|;\s*)turn=(\d+)/.exec(request.headers.cookie ?? "")?.[1];
  return said !== undefined && Number(said) !== turn;
}

function struck(faults: Fault[], path: string): Fault | undefined {
  return path.includes(faults[0]?.on ?? "") ? faults.shift() : undefined;
}

const HOP = new Set(["host", "connection", "content-length", "transfer-encoding", "expect"]);

function headersOf(request: IncomingMessage, region: string | null): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (!HOP.has(name) && typeof value === "string") headers.set(name, value);
  if (region !== null) headers.set("usher-region", region);
  return headers;
}
