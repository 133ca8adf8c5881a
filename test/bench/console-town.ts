/** What of a large site can't be made by SQL, since it lies in objects and files: people, pairs, requests, imports, a draft. */
import type { Miniflare } from "miniflare";
import { testBindings } from "../support/bindings.ts";
import { exportsThere, imports, type NO_LISTS, requests } from "./console-files.ts";
import { ALL, fromServer, message } from "./messages.ts";

/** Events of the person whose page is looked at, and over how many days. */
const JOURNEY = 3_000;
const JOURNEY_DAYS = 60;
const DAY_MS = 86_400_000;
/** People who are on record twice: more than a page of suggestions shows. */
const TWINS = 30;
const CATALOGUES = 12;

export interface Site {
  url: URL;
  cookie: string;
  /** What this session's forms carry. */
  form: string;
}

/** Ids that the pages' addresses are filled with. */
export interface Town {
  /** Somebody with a long journey on a server record. */
  person: string;
  /** Two people who are probably one. */
  pair: readonly [string, string];
  merge: string;
  /** Requests: one answered with data, one that erased somebody. */
  exported: string;
  erased: string;
  running: string;
  /** Of the person whose request is looked at before it is made. */
  address: string;
  /** Exports: a list of hints and one of events that are done, and one under way. */
  lists: typeof NO_LISTS;
}

export async function signIn(url: URL): Promise<Site> {
  const answer = await fetch(new URL("/_u/console/sign-in", url), {
    method: "POST",
    redirect: "manual",
    headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ token: testBindings.OWNER_TOKEN, to: "/_u/console/" }),
  });
  const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
  if (answer.status !== 303) throw new Error(`signing in answered ${answer.status}`);
  const page = await (
    await fetch(new URL("/_u/console/install", url), { headers: { cookie } })
  ).text();
  return { url, cookie, form: /name="form" value="([\w-]+)"/.exec(page)?.[1] ?? "" };
}

export function postForm(
  { url, cookie }: Site,
  path: string,
  fields: Record<string, string>,
): Promise<Response> {
  return fetch(new URL(path, url), {
    method: "POST",
    redirect: "manual",
    headers: { cookie, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams(fields),
  });
}

async function send(url: URL, path: string, body: Record<string, unknown>): Promise<void> {
  const { headers, body: text } = fromServer(body);
  const answer = await fetch(new URL(path, url), { method: "POST", headers, body: text });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  const said = (await answer.json()) as { dropped?: unknown[] };
  if ((said.dropped ?? []).length > 0) throw new Error(`${path} dropped ${JSON.stringify(said)}`);
}

async function ask(
  url: URL,
  path: string,
  body?: object,
  method = body ? "POST" : "GET",
): Promise<Record<string, unknown>> {
  const answer = await fetch(new URL(`/_u/api/${path}`, url), {
    method,
    headers: { authorization: `Bearer ${testBindings.OWNER_TOKEN}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

/** The person who said it, once the index knows. */
async function whoSaid(url: URL, identifier: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const query = new URLSearchParams({ identifier });
    const { people } = await ask(url, `people?${query}`);
    const id = (people as { id: string }[])[0]?.id;
    if (id) return id;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`${identifier} never landed`);
}

async function longJourney(url: URL, now: number): Promise<string> {
  const all = Array.from({ length: JOURNEY }, (_, n) => ({
    ...message("bench-person", n, ALL),
    timestamp: new Date(now - Math.floor((n * JOURNEY_DAYS) / JOURNEY) * DAY_MS).toISOString(),
  }));
  for (let at = 0; at < all.length; at += 500)
    await send(url, "/_u/v1/batch", { batch: all.slice(at, at + 500) });
  await identified(url, "bench-person", "bench-user", { email: "bench@example.org" });
  return whoSaid(url, "user_id:bench-user");
}

const identified = (
  url: URL,
  anonymousId: string,
  userId: string,
  traits: Record<string, string>,
): Promise<void> =>
  send(url, "/_u/v1/identify", {
    ...message(anonymousId, JOURNEY, ALL),
    type: "identify",
    userId,
    traits,
  });

const NAMES = ["Amara", "Bruno", "Ilse", "Jane", "Quentin", "Wanda"];

/** Two records each that say much the same. */
async function twins(url: URL): Promise<[string, string][]> {
  const pairs: [string, string][] = [];
  for (let n = 0; n < TWINS; n++) {
    const traits = {
      firstName: NAMES[n % NAMES.length] ?? "",
      lastName: `Marchbanks${n}`,
      birthday: `19${50 + n}-05-17`,
      city: "Portwick",
      postalCode: String(4100 + n),
    };
    for (const side of ["a", "b"])
      await identified(url, `bench-visit-${n}${side}`, `bench-twin-${n}${side}`, {
        ...traits,
        street: `${n + 1} Harbour Lane${side === "a" ? "" : ", flat 2"}`,
        email: `twin-${n}${side}@example.org`,
      });
  }
  for (let n = 0; n < TWINS; n++) {
    const both = await Promise.all(
      ["a", "b"].map((side) => whoSaid(url, `user_id:bench-twin-${n}${side}`)),
    );
    const [a = "", b = ""] = both.toSorted();
    pairs.push([a, b]);
  }
  return pairs;
}

const STEPS = JSON.stringify([
  { field: "start", bits: -9.5, because: "before anything is compared, few pairs are one person" },
  { field: "birthday", bits: 11.2, because: "the date of birth is the same" },
  { field: "firstName/lastName", bits: 9.8, because: "the names are the same and rare" },
  { field: "street", bits: 2.5, because: "the street is nearly the same" },
]);

async function suggest(miniflare: Miniflare, pairs: [string, string][], now: number) {
  const db = await miniflare.getD1Database("DB", "console");
  await db
    .prepare(
      `INSERT INTO suggestions (a, b, at, weight, probability, model, steps, state)
       SELECT value ->> 0, value ->> 1, CAST(?2 AS INTEGER), 14000, 0.9999, 1, ?3, 'open' FROM json_each(?1)`,
    )
    .bind(JSON.stringify(pairs), now, STEPS)
    .run();
}

/** A draft that differs from what is in force, begun to be held to the receipts. */
async function draft(site: Site, miniflare: Miniflare): Promise<void> {
  const from = { form: site.form, from: "1", revision: "0" };
  const begun = await postForm(site, "/_u/console/policy/draft", from);
  if (begun.status !== 303) throw new Error(`the draft answered ${begun.status}`);
  const db = await miniflare.getD1Database("DB", "console");
  const row = await db.prepare("SELECT document FROM drafts").first<{ document: string }>();
  const policy = JSON.parse(row?.document ?? "{}") as { purposes: { retentionDays: number }[] };
  for (const purpose of policy.purposes)
    purpose.retentionDays = Math.min(purpose.retentionDays, 60);
  await db.prepare("UPDATE drafts SET document = ?1").bind(JSON.stringify(policy)).run();
}

/** Versions of the catalogue, the last with a reading meter and systems that get the list. */
async function catalogues(url: URL): Promise<void> {
  const { insight: _, ...starter } = await ask(url, "actions");
  let { version } = starter;
  const systems = ["email", "push", "sms", "sales"].map((channel) => ({
    id: `system-${channel}`,
    url: `https://${channel}.example.org/usher`,
    channels: [channel],
    secret: 1,
  }));
  const meter = { topics: ["topic1", "topic2"], days: 30, limit: 5 };
  for (let n = 0; n < CATALOGUES; n++) {
    const next = { ...starter, version, meter, webhooks: systems };
    ({ version } = await ask(url, "actions", next, "PUT"));
  }
}

export async function settle(site: Site, miniflare: Miniflare, now: number): Promise<Town> {
  const { url } = site;
  const tell = (what: string): void => void process.stderr.write(`console: making ${what}\n`);
  tell("people");
  const person = await longJourney(url, now);
  const pairs = await twins(url);
  // The last of them are joined, erased and exported, so that a page of suggestions is full of the others.
  const [joined, gone] = [pairs.pop() ?? ["", ""], pairs.pop() ?? ["", ""]];
  await suggest(miniflare, pairs, now);
  const { merge } = await ask(url, "merges", { a: joined[0], b: joined[1], force: true });
  tell("requests");
  await requests(miniflare, now);
  const exported = await ask(url, "requests", {
    kind: "export",
    identifier: "email:bench@example.org",
  });
  const erased = await ask(url, "requests", {
    kind: "erase",
    identifier: `user_id:bench-twin-${TWINS - 2}a`,
  });
  if (gone[0] === "") throw new Error("nobody was there to be erased");
  tell("imports and a draft");
  const running = await imports(miniflare, now);
  const lists = await exportsThere(miniflare, now);
  await draft(site, miniflare);
  await catalogues(url);
  // Long work, which each look goes on with.
  for (const path of ["policy/draft/what-if", "receipts/verification"]) {
    const begun = await postForm(site, `/_u/console/${path}`, { form: site.form });
    if (begun.status !== 303) throw new Error(`${path} answered ${begun.status}`);
  }
  return {
    person,
    pair: pairs[0] ?? ["", ""],
    merge: String(merge),
    exported: String(exported["id"]),
    erased: String(erased["id"]),
    running,
    address: "bench@example.org",
    lists,
  };
}
