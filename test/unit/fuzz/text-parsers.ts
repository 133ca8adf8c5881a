/** What reads text from outside, by what it reads; `accepts`: whether an answer takes what was sent for what it should be. */
import { readCmpCookies } from "../../../src/domain/consent/signals/cmp-cookies.ts";
import { decodeChoice } from "../../../src/domain/consent/choice-cookie.ts";
import { readGpp } from "../../../src/domain/consent/signals/gpp.ts";
import { readTcf } from "../../../src/domain/consent/signals/tcf.ts";
import { readUsp } from "../../../src/domain/consent/signals/usp.ts";
import { deviceFromAgent } from "../../../src/domain/intake/device.ts";
import { leftIds } from "../../../src/domain/intake/left-cookies.ts";
import { cleanUrl, referrerOf } from "../../../src/domain/intake/page.ts";
import { parseJson } from "../../../src/domain/intake/parse.ts";
import { pixelMessage } from "../../../src/domain/intake/pixel.ts";
import { parseCookies, readChoice, readVisitor } from "../../../src/http/cookies.ts";
import { parseCapture } from "../../../src/http/dialects/posthog.ts";
import { readCsv } from "../../../src/import/csv.ts";

const NOW = Date.UTC(2026, 10, 22);
const utf8 = new TextEncoder();
const keys = [{ kid: "k1", secret: new Uint8Array(32).fill(7) }];

const csvRows = async (text: string) => {
  const rows: string[][] = [];
  const stream = new Blob([text]).stream() as unknown as ReadableStream<Uint8Array>;
  for await (const { fields } of readCsv(stream)) rows.push(fields);
  return rows;
};

export const TEXT_PARSERS: Readonly<
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
