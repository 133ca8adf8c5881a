/** A site's calls as tests make them: through the Worker's own front door, with headers that stand for place and time. */
import { exports } from "cloudflare:workers";
import { testBindings } from "./bindings.ts";

export const ORIGIN = "http://localhost:8787";
export const { WRITE_KEY, SERVER_KEY, OWNER_TOKEN, OFFICER_TOKEN, MARKETER_TOKEN } = testBindings;

export const ALL = {
  measurement: true,
  personalization: true,
  recognition: true,
  advertising: true,
};

export interface Said {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
  cookies: Map<string, string>;
}

/** The way to the Worker; faults stand in it, or another deployment of it behind it. */
export type Door = (request: Request) => Promise<Response>;

const front: Door = (request) => exports.default.fetch(request);
let door = front;

/** From now on calls go this way, until what is given back is called. */
export function goThrough(other: (front: Door) => Door): () => void {
  const before = door;
  door = other(before);
  return () => {
    door = before;
  };
}

const knock = (url: string, init: RequestInit): Promise<Response> => door(new Request(url, init));

/** A browser with its own cookie jar. */
export class Browser {
  readonly jar = new Map<string, string>();
  readonly headers: Record<string, string>;

  constructor(headers: Record<string, string> = {}) {
    this.headers = {
      origin: ORIGIN,
      "user-agent":
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36",
      "cf-connecting-ip": "203.0.113.7",
      ...headers,
    };
  }

  async call(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Said> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await knock(`${ORIGIN}${path}`, {
      method: body === undefined ? "GET" : "POST",
      redirect: "manual",
      headers: {
        ...this.headers,
        ...(cookie === "" ? {} : { cookie }),
        ...(body === undefined ? {} : { "content-type": "text/plain" }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const said = await read(response);
    for (const [name, value] of said.cookies)
      if (value === "") this.jar.delete(name);
      else this.jar.set(name, value);
    return said;
  }

  send(call: string, message: Record<string, unknown>, headers: Record<string, string> = {}) {
    return this.call(`/_u/v1/${call}`, { writeKey: WRITE_KEY, ...message }, headers);
  }

  consent(choice: unknown, headers: Record<string, string> = {}) {
    return this.call("/_u/consent", choice, headers);
  }

  get visitor(): string | null {
    return this.jar.get("usher")?.split(".")[1] ?? null;
  }
}

export async function read(response: Response): Promise<Said> {
  const cookies = new Map(
    response.headers.getSetCookie().map((line) => {
      const [pair = ""] = line.split(";");
      const equals = pair.indexOf("=");
      return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
    }),
  );
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  const isJson = type.includes("json") && !type.includes("ndjson");
  return {
    status: response.status,
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text },
    headers: response.headers,
    cookies,
  };
}

/** The site's own server. */
export async function server(
  call: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Said> {
  return read(
    await knock(`${ORIGIN}/_u/v1/${call}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${SERVER_KEY}`,
        "content-type": "application/json",
        ...headers,
      },
      body: JSON.stringify(body),
    }),
  );
}

export async function api(
  path: string,
  token: string = OWNER_TOKEN,
  body?: unknown,
  method = body === undefined ? "GET" : "POST",
): Promise<Said> {
  return read(
    await knock(`${ORIGIN}/_u/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": typeof body === "string" ? "text/csv" : "application/json",
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    }),
  );
}

/** Below the tests' own limit. What goes by alarm takes eight seconds on a quiet machine. */
const LONGEST_MS = 90_000;

/** Asks again until it holds; what is asked moves by alarms of its own, so there is nothing to wait for but itself. */
export async function eventually<T>(ask: () => Promise<T | null | false>): Promise<T> {
  const end = Date.now() + LONGEST_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > end) throw new Error("it never came to hold");
    await scheduler.wait(25);
  }
}
