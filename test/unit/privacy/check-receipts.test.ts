/** An auditor checks a file of receipts with a program of one file, and without any secret of ours. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkReceipts } from "../../../dist/auditor.ts";
import { anchorOf, GENESIS, type LedgerRow, seal } from "../../../src/domain/consent/ledger.ts";
import type { LedgerDay } from "../../../src/domain/consent/ledger-statement.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { Receipt } from "../../../src/domain/person/consent.ts";
import { signStatement } from "../../../src/privacy/statement.ts";
import { createIdentifierKeys } from "../../../src/keys/identifiers.ts";

const folder = mkdtempSync(join(tmpdir(), "usher-auditor-"));
const program = join(folder, "check-receipts.mjs");
beforeAll(() => writeFileSync(program, checkReceipts));
afterAll(() => rmSync(folder, { recursive: true }));

const sha256 = (text: string): Promise<string> =>
  Promise.resolve(createHash("sha256").update(text).digest("base64url"));
const identifiers = createIdentifierKeys(new Uint8Array(32).fill(7));
const others = createIdentifierKeys(new Uint8Array(32).fill(8));

type Row = LedgerRow & { landed: number };
interface Ledger {
  rows: Row[];
  anchors: LedgerDay[];
}

/** Two chains over two days; the first receipt of the second chain was erased. */
async function ledger(): Promise<Ledger> {
  const rows: Row[] = [];
  for (const visitor of ["aa", "bb"] as VisitorId[]) {
    let last: Receipt | null = null;
    for (const landed of [20_000, 20_000, 20_001]) {
      const body = { said: `on ${landed}` };
      const draft = { visitor, at: landed, kind: "grant", policy: 1, body } as const;
      last = await seal(draft, last, sha256);
      rows.push({ ...last, landed });
    }
  }
  const { visitor, seq, previous, hash, landed } = rows[3] as Row;
  rows[3] = { erased: true, visitor, seq, previous, hash, seal: "ours", landed };
  const anchors: LedgerDay[] = [];
  for (const day of [20_000, 20_001]) {
    const there = rows.filter((row) => row.landed === day);
    const heads = ["aa", "bb"].map((each) => {
      const newest = there.findLast((row) => row.visitor === each) as Row;
      return { visitor: "", seq: newest.seq, hash: newest.hash };
    });
    anchors.push({ day, receipts: there.length, heads: await anchorOf(heads, sha256) });
  }
  return { rows, anchors };
}

const linesOf = ({ rows, anchors }: Ledger): string =>
  [...rows, ...anchors.map((anchor) => ({ anchor }))]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");

async function file(of: Ledger, keys = identifiers, erased = { checked: 1, broken: 0 }) {
  const text = linesOf(of);
  const about = { site: "Site", at: 0, file: await sha256(text), erased };
  const signed = await signStatement({ identifiers: keys, sha256 }, of.anchors, about);
  return `${text}${JSON.stringify({ signed })}\n`;
}

function run(texts: readonly string[]): { said: string; status: number | null } {
  const paths = texts.map((text, at) => {
    const path = join(folder, `${at}.ndjson`);
    writeFileSync(path, text);
    return path;
  });
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...paths], {
    encoding: "utf8",
    cwd: tmpdir(),
  });
  return { said: stdout + stderr, status };
}

test("a file as it was made holds, also to what was published or exported before", async () => {
  const whole = await ledger();
  const earlier = { ...whole, anchors: whole.anchors.slice(0, 1) };
  const published = await signStatement({ identifiers, sha256 }, earlier.anchors, {
    site: "Site",
    at: 0,
  });
  const found = run([await file(whole), JSON.stringify(published), await file(earlier)]);
  expect(found.said).toMatch(/^All of it holds: 6 receipts \(1 erased\) in 2 chains, 2 anchored/);
  expect(found.status).toBe(0);
});

const changed = (change: (ledger: Ledger) => void) => async (): Promise<string> => {
  const whole = await ledger();
  change(whole);
  return file(whole);
};
test.each<[what: string, make: () => Promise<string>, said: string]>([
  [
    "a changed receipt",
    changed(({ rows }) => void ((rows[1] as { at: number }).at = 5)),
    "receipt 2 of aa is changed",
  ],
  [
    "a receipt out of the middle",
    changed(({ rows }) => void rows.splice(1, 1)),
    "receipt 2 of aa is missing",
  ],
  [
    "an end that was cut off",
    changed(({ rows }) => void rows.splice(2, 1)),
    "2024-10-05 has 1 receipts, and 2 landed",
  ],
  [
    "an anchor that was changed with its receipts",
    changed(({ anchors }) => void ((anchors[0] as { heads: string }).heads = "x")),
    "the newest receipts of 2024-10-04 aren't those that were anchored",
  ],
  [
    "a day without its anchor",
    changed(({ anchors }) => void anchors.splice(0, 1)),
    "2024-10-04 was never anchored",
  ],
  [
    "receipts that are called erased, and weren't",
    async () => file(await ledger(), identifiers, { checked: 1, broken: 1 }),
    "1 receipts are called erased",
  ],
  [
    "a file that was changed after it was signed",
    async () => (await file(await ledger())).replace('"policy":1', '"policy":2'),
    "the file isn't the one that was signed",
  ],
  [
    "a file without its end",
    async () => linesOf(await ledger()),
    "the file isn't signed: its end is missing",
  ],
  [
    "a signed line that says something else",
    async () => (await file(await ledger())).replace('"site":"Site"', '"site":"Other"'),
    "the signature of the file doesn't hold",
  ],
])("%s is found", async (_, make, said) => {
  const found = run([await make()]);
  expect(found.said).toContain(`WRONG: ${said}`);
  expect(found.status).toBe(1);
});

test("a ledger that was made anew, whole and signed, is found by whoever kept a statement of before", async () => {
  const kept = await signStatement({ identifiers, sha256 }, (await ledger()).anchors, {
    site: "Site",
    at: 0,
  });
  const anew = await ledger();
  anew.rows.splice(3, 3);
  const heads = (day: number) => {
    const { seq, hash } = anew.rows.findLast((row) => row.landed === day) as Row;
    return anchorOf([{ visitor: "", seq, hash }], sha256);
  };
  anew.anchors = [
    { day: 20_000, receipts: 2, heads: await heads(20_000) },
    { day: 20_001, receipts: 1, heads: await heads(20_001) },
  ];
  expect(run([await file(anew)]).status).toBe(0);
  expect(run([await file(anew), JSON.stringify(kept)]).said).toContain("aren't those of today's");
  expect(run([await file(anew, others), JSON.stringify(kept)]).said).toContain("another key");
});

test("a ledger of before its first day is over holds, and the same secret makes the same key", async () => {
  const empty = await file({ rows: [], anchors: [] }, identifiers, { checked: 0, broken: 0 });
  expect(run([empty]).status).toBe(0);
  expect(JSON.parse(empty)).toMatchObject({
    signed: { statement: { until: null, link: GENESIS } },
  });
  const again = createIdentifierKeys(new Uint8Array(32).fill(7)).ledger;
  expect(await again.publicKey()).toEqual(await identifiers.ledger.publicKey());
});

test("a download that broke off, another file and one that isn't there are told in a line, never by what stood in them", async () => {
  const whole = await file(await ledger());
  const cut = run([whole.slice(0, whole.length / 2)]);
  expect(cut.status).toBe(1);
  expect(cut.said).toMatch(/WRONG: line \d can't be read/);
  expect(cut.said).toContain("WRONG: the file isn't signed: its end is missing");
  for (const other of ["<html>", "{}", "null", "", '{"statement":null,"key":{},"signature":""}']) {
    const { said, status } = run([whole, other]);
    expect(said).toMatch(/WRONG: \S*1\.ndjson holds no statement/);
    expect(status).toBe(1);
  }
  for (const other of ["<html>", "null", '{"anchor":null}', '{"signed":{}}']) {
    const { said, status } = run([other]);
    expect(said).toContain("WRONG: line 1 can't be read");
    expect(status).toBe(1);
  }
  const keyless = run([whole, '{"statement":{},"key":{"x":"a"},"signature":"b"}']);
  expect(keyless.said).toMatch(/WRONG: the signature of \S*1\.ndjson doesn't hold/);
  const missing = spawnSync(process.execPath, [program, join(folder, "none")], {
    encoding: "utf8",
  });
  expect(missing.stdout + missing.stderr).toMatch(/^\S*none can't be opened\n$/);
  expect(missing.status).toBe(2);
});
