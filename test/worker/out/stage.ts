/** Browsers that say things, what leaves of them, and the ports of what sends it. */
import { env, exports } from "cloudflare:workers";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { createPeople, personObjects } from "../../../src/person/gateway.ts";
import { settle } from "../../support/objects.ts";
import { Browser, OFFICER_TOKEN, ORIGIN } from "../../support/site.ts";

export const DAY_MS = 86_400_000;

export const people = createPeople(personObjects(env.PERSON, ""));

export const filePorts = {
  db: env.DB,
  people,
  exports: env.EXPORTS,
};

export const policy = DEFAULT_POLICY;

export interface Line extends Record<string, unknown> {
  id: string;
  visitor: string;
  name: string;
  day: string;
}

/** A browser that agreed to these, and these events of its, landed in D1. */
export async function visitorWith(
  choices: Record<string, boolean>,
  names: readonly string[],
): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ choices });
  for (const name of names)
    await browser.send("track", { messageId: `${browser.visitor}-${name}`, event: name });
  await settle([browser.visitor ?? ""]);
  return browser;
}

export const ALL_FOUR = {
  measurement: true,
  personalization: true,
  recognition: true,
  advertising: true,
};

export async function leaving(
  path: string,
  token = OFFICER_TOKEN,
): Promise<{ status: number; lines: Line[]; next: string | null }> {
  const answer = await exports.default.fetch(`${ORIGIN}/_u/api/export/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = new TextDecoder().decode(await answer.arrayBuffer());
  if (answer.status !== 200) return { status: answer.status, lines: [], next: null };
  const lines = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
  const { next } = lines.pop() as unknown as { next: string | null };
  return { status: 200, lines, next };
}

/** Every line of every file, by key. */
export async function filed(bucket: R2Bucket = env.EXPORTS as R2Bucket) {
  const { objects } = await bucket.list({ prefix: "events/" });
  const found = new Map<string, Line[]>();
  for (const { key } of objects) {
    const object = (await bucket.get(key)) as R2ObjectBody;
    const unpacked = object.body.pipeThrough(new DecompressionStream("gzip"));
    const text = await new Response(unpacked).text();
    found.set(
      key,
      text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Line),
    );
  }
  return found;
}

export const namesIn = (lines: readonly Line[]): string[] => lines.map(({ name }) => name).sort();
