/** Every parser under damaged input: it answers or refuses in our own words, and what it lets through is bounded. */
import fc from "fast-check";
import { SignJWT } from "jose";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import { CatalogueSchema } from "../../../src/domain/action/schema.ts";
import { decodeChoice } from "../../../src/domain/consent/choice-cookie.ts";
import { parseChoiceRequest } from "../../../src/domain/consent/choice-request.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { parsePolicy } from "../../../src/domain/consent/policy.ts";
import { readContextConsent } from "../../../src/domain/consent/signals/cmp.ts";
import { readCmpCookies } from "../../../src/domain/consent/signals/cmp-cookies.ts";
import { readGpp } from "../../../src/domain/consent/signals/gpp.ts";
import { readTcf } from "../../../src/domain/consent/signals/tcf.ts";
import { readUsp } from "../../../src/domain/consent/signals/usp.ts";
import { MergeRulesSchema } from "../../../src/domain/identity/rules-schema.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import { deviceFromAgent } from "../../../src/domain/intake/device.ts";
import { leftIds } from "../../../src/domain/intake/left-cookies.ts";
import { cleanUrl, referrerOf } from "../../../src/domain/intake/page.ts";
import { parseJson } from "../../../src/domain/intake/parse.ts";
import { pixelMessage } from "../../../src/domain/intake/pixel.ts";
import { Problem } from "../../../src/domain/problem.ts";
import { parseCookies, readChoice, readVisitor } from "../../../src/http/cookies.ts";
import { parseCapture } from "../../../src/http/dialects/posthog.ts";
import { provenBy } from "../../../src/http/identity-token.ts";
import { readLink, writeLink } from "../../../src/http/link-token.ts";
import { readCsv } from "../../../src/import/csv.ts";
import type { Config } from "../../../src/http/context.ts";
import type { IdentifierKey } from "../../../src/domain/ids.ts";
import { corpus, damaged, damagedJson } from "./corpus.ts";

const RUNS = { numRuns: 1_500 };
const NOW = Date.UTC(2026, 10, 22);
const utf8 = new TextEncoder();
const keys = [{ kid: "k1", secret: new Uint8Array(32).fill(7) }];

/** What it says, or that it refused in our own words; anything else fails the test. */
async function answerOf<T>(work: () => T | Promise<T>): Promise<T | "refused"> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem) return "refused";
    throw error;
  }
}

const csvRows = async (text: string) => {
  const rows: string[][] = [];
  const stream = new Blob([text]).stream() as unknown as ReadableStream<Uint8Array>;
  for await (const { fields } of readCsv(stream)) rows.push(fields);
  return rows;
};

const TEXT_PARSERS: Readonly<
  Record<
    string,
    { corpus: string; parse: (text: string) => unknown; accepts?: (answer: unknown) => boolean }
  >
> = {
  "a body": {
    corpus: "body",
    parse: (text) => parseJson(utf8.encode(text)),
    accepts: (answer) => answer !== "refused",
  },
  "a PostHog capture": { corpus: "body", parse: (text) => parseCapture(utf8.encode(text)) },
  "a TC string": {
    corpus: "tcf",
    parse: readTcf,
    accepts: (answer) => (answer as { state: string }).state === "read",
  },
  "a GPP string": {
    corpus: "gpp",
    parse: readGpp,
    accepts: (answer) => (answer as { state: string }).state === "read",
  },
  "a US privacy string": {
    corpus: "usp",
    parse: readUsp,
    accepts: (answer) => (answer as { state: string }).state === "read",
  },
  "a Cookie header": { corpus: "cookies", parse: parseCookies },
  "cookies that others left": { corpus: "cookies", parse: (text) => leftIds(parseCookies(text)) },
  "cookies of consent platforms": {
    corpus: "cookies",
    parse: (text) => readCmpCookies((name) => parseCookies(text).get(name) ?? []),
  },
  "the visitor's cookie": { corpus: "cookies", parse: (text) => readVisitor(keys, [text], NOW) },
  "the choice's cookie": { corpus: "cookies", parse: (text) => readChoice(keys, [text]) },
  "a choice's payload": { corpus: "cookies", parse: decodeChoice },
  "a CSV file": { corpus: "csv", parse: csvRows },
  "a page's address": { corpus: "url", parse: cleanUrl, accepts: (answer) => answer !== null },
  "a referrer": { corpus: "url", parse: referrerOf },
  "a user agent": { corpus: "agent", parse: (text) => deviceFromAgent(text, {}) },
  "a pixel's query": {
    corpus: "url",
    parse: (text) => pixelMessage("track", new URLSearchParams(text)),
  },
};

describe.each(Object.entries(TEXT_PARSERS))("%s", (_, { corpus: name, parse, accepts }) => {
  const { valid, invalid } = corpus(name);

  test("is answered or refused in our own words, however damaged", async () => {
    await fc.assert(
      fc.asyncProperty(damaged([...valid, ...invalid]), async (text) => {
        const answer = await answerOf(() => parse(text));
        // Nothing swells: what was read is of the size of what was sent.
        const size = JSON.stringify(answer instanceof Map ? [...answer] : answer)?.length ?? 0;
        expect(size).toBeLessThan(6 * text.length + 4_096);
      }),
      RUNS,
    );
  });

  if (accepts)
    test("of the corpus is accepted where it is valid, and only there", async () => {
      for (const text of valid)
        expect.soft(accepts(await answerOf(() => parse(text))), text).toBe(true);
      for (const text of invalid)
        expect.soft(accepts(await answerOf(() => parse(text))), text).toBe(false);
    });
});

const DOCUMENTS: Readonly<Record<string, { seed: unknown; parse: (value: unknown) => unknown }>> = {
  "a policy": { seed: DEFAULT_POLICY, parse: parsePolicy },
  "a catalogue with its conditions": {
    seed: STARTER_CATALOGUE,
    parse: (value) => v.safeParse(CatalogueSchema, value).success,
  },
  "merge rules": {
    seed: DEFAULT_MERGE_RULES,
    parse: (value) => v.safeParse(MergeRulesSchema, value).success,
  },
  "a choice": {
    seed: { choices: { measurement: true }, override: ["gpc"] },
    parse: parseChoiceRequest,
  },
  "the consent of a message": {
    seed: {
      consent: { categoryPreferences: { measurement: true } },
      consentManagement: { allowedConsentIds: ["a"], deniedConsentIds: ["b"] },
    },
    parse: readContextConsent,
  },
};

describe.each(Object.entries(DOCUMENTS))("%s", (_, { seed, parse }) => {
  test("is taken or refused with where it is wrong, never thrown over", () => {
    fc.assert(
      fc.property(damagedJson(seed), (value) => {
        parse(value);
      }),
      { numRuns: 800 },
    );
    fc.assert(
      fc.property(fc.anything(), (value) => void parse(value)),
      { numRuns: 300 },
    );
  });
});

test("no damage to an identity token gets through: only what was signed is proven", async () => {
  const config = { siteName: "Test club", tokenKeys: keys } as unknown as Config;
  const token = await new SignJWT({ email: "jane@example.org" })
    .setProtectedHeader({ alg: "HS256", kid: "k1" })
    .setSubject("jane")
    .setAudience("Test club")
    .setIssuedAt(NOW / 1000)
    .setExpirationTime(NOW / 1000 + 600)
    .sign(keys[0]!.secret);
  expect(await provenBy(token, config, NOW, 24)).toMatchObject({ userId: "jane" });
  const unsigned = `${btoa('{"alg":"none","kid":"k1"}').replaceAll("=", "")}.${token.split(".")[1]}.`;
  expect(await provenBy(unsigned, config, NOW, 24)).toBe("malformed");
  const [, payload] = token.split(".");
  await fc.assert(
    fc.asyncProperty(damaged([token, unsigned]), async (text) => {
      const proven = await provenBy(text, config, NOW, 24);
      if (typeof proven !== "string") expect(text.split(".")[1]).toBe(payload);
    }),
    { numRuns: 800 },
  );
});

test("no damage to a signed link gets through, nor one that was signed for something else", async () => {
  const link = await writeLink(keys, {
    does: "go",
    to: "key" as IdentifierKey,
    url: "https://www.example.org/",
  });
  expect((await readLink(keys, link, "go"))?.url).toBe("https://www.example.org/");
  expect(await readLink(keys, link, "unsubscribe")).toBeNull();
  const [payload] = link.split("~");
  await fc.assert(
    fc.asyncProperty(damaged([link]), async (text) => {
      const read = await readLink(keys, text, "go");
      if (read) expect(text.split("~")[0]).toBe(payload);
    }),
    { numRuns: 800 },
  );
});
