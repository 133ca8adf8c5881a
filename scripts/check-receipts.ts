/**
 * Checks an export of consent receipts without any secret and without us: `node check-receipts.mjs receipts.ndjson [earlier.json …]`.
 * Needs nothing but Node 20 or later. `earlier.json` are statements that were kept (`/_u/ledger.json`, or the last line of an
 * earlier export): the days they speak of must be the same ones today, under the same key. Ends with 0 where all of it holds.
 */
import { createHash, createPublicKey, verify } from "node:crypto";
import { accessSync, constants, createReadStream, readFileSync, realpathSync } from "node:fs";
import {
  anchorOf,
  type LedgerFault,
  type LedgerRow,
  verifyChain,
} from "../src/domain/consent/ledger.ts";
import {
  type LedgerDay,
  type LedgerStatement,
  linksOf,
  statementText,
} from "../src/domain/consent/ledger-statement.ts";

interface Signed {
  statement: LedgerStatement;
  key: { kty: "OKP"; crv: "Ed25519"; x: string };
  signature: string;
}
type Landed = LedgerRow & { landed: number };
type Line = Landed | { anchor: LedgerDay } | { signed: Signed };

interface DaysHeads {
  receipts: number;
  /** By chain. */
  heads: Map<string, { seq: number; hash: string }>;
}

const sha256 = (text: string): Promise<string> =>
  Promise.resolve(createHash("sha256").update(text).digest("base64url"));

/** An object, or null: nothing of what stands there is repeated. */
function parsed(text: string): object | null {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" ? found : null;
  } catch {
    return null;
  }
}

/** Null where it isn't one. */
function readLine(text: string): Line | null {
  const line = parsed(text);
  if (line === null) return null;
  if ("signed" in line) return isStatement(line.signed) ? { signed: line.signed } : null;
  if ("anchor" in line) return line.anchor ? (line as { anchor: LedgerDay }) : null;
  return line as Landed;
}

function isStatement(found: unknown): found is Signed {
  const { statement, key, signature } = (found ?? {}) as Partial<Record<keyof Signed, unknown>>;
  const areThere = [statement, key].every((part) => typeof part === "object" && part !== null);
  return areThere && typeof signature === "string";
}

/** Of what was kept: the file that was published, or an export with it in its last line. Null where there is none. */
function keptIn(path: string): Signed | null {
  const last = readFileSync(path, "utf8").trim().split("\n").at(-1) ?? "";
  const said = parsed(last) ?? {};
  const found: unknown = "signed" in said ? said.signed : said;
  return isStatement(found) ? found : null;
}

function isSigned({ statement, key, signature }: Signed): boolean {
  const text = Buffer.from(statementText(statement));
  try {
    const own = createPublicKey({ key: { ...key }, format: "jwk" });
    return verify(null, text, own, Buffer.from(signature, "base64url"));
  } catch {
    // What is no key signs nothing.
    return false;
  }
}

const dayName = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** The lines of a file with the hash of all bytes before each last one. */
async function* linesOf(path: string): AsyncGenerator<{ text: string; before: () => string }> {
  const hash = createHash("sha256");
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path)) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end + 1);
      yield { text: line.toString("utf8"), before: () => hash.copy().digest("base64url") };
      hash.update(line);
      rest = Buffer.from(rest.subarray(end + 1));
    }
  }
  if (rest.length > 0)
    yield { text: rest.toString("utf8"), before: () => hash.copy().digest("base64url") };
}

/** What is wrong, in words; nothing where all of it holds. */
export async function check(
  path: string,
  earlier: readonly string[],
): Promise<{ faults: string[]; summary: string }> {
  const faults: string[] = [];
  const days = new Map<number, DaysHeads>();
  const anchors: LedgerDay[] = [];
  let chain: Landed[] = [];
  let [receipts, chains, erased] = [0, 0, 0];
  let signed: Signed | null = null;
  const wrong = ({ kind, visitor, seq }: LedgerFault): void =>
    void faults.push(`receipt ${seq} of ${visitor} is ${kind}`);
  const finish = async (): Promise<void> => {
    if (chain.length === 0) return;
    chains++;
    // Seals of erased receipts are ours to check; what is signed says whether they held.
    const isSealed = (): Promise<boolean> => Promise.resolve(true);
    (await verifyChain(chain, null, { sha256, isSealed })).forEach(wrong);
    chain = [];
  };
  let number = 0;
  for await (const { text, before } of linesOf(path)) {
    number++;
    if (signed) faults.push("there is more behind the signed line");
    const line = readLine(text);
    if (line === null) faults.push(`line ${number} can't be read`);
    else if ("signed" in line) {
      signed = line.signed;
      if (!isSigned(signed)) faults.push("the signature of the file doesn't hold");
      if (signed.statement.file !== before()) faults.push("the file isn't the one that was signed");
    } else if ("anchor" in line) anchors.push(line.anchor);
    else {
      if (chain[0] && chain[0].visitor !== line.visitor) await finish();
      chain.push(line);
      receipts++;
      if ("erased" in line) erased++;
      const day = days.get(line.landed) ?? { receipts: 0, heads: new Map() };
      days.set(line.landed, day);
      day.receipts++;
      const head = day.heads.get(line.visitor);
      if (!head || head.seq < line.seq)
        day.heads.set(line.visitor, { seq: line.seq, hash: line.hash });
    }
  }
  await finish();
  for (const anchor of anchors) {
    const landed = days.get(anchor.day);
    const heads = [...(landed?.heads.values() ?? [])];
    const nameless = heads.map(({ seq, hash }) => ({ visitor: "", seq, hash }));
    if ((landed?.receipts ?? 0) !== anchor.receipts)
      faults.push(
        `${dayName(anchor.day)} has ${landed?.receipts ?? 0} receipts, and ${anchor.receipts} landed`,
      );
    else if ((await anchorOf(nameless, sha256)) !== anchor.heads)
      faults.push(`the newest receipts of ${dayName(anchor.day)} aren't those that were anchored`);
  }
  const anchored = new Set(anchors.map(({ day }) => day));
  const last = anchors.at(-1)?.day ?? -1;
  for (const day of days.keys())
    if (day < last && !anchored.has(day)) faults.push(`${dayName(day)} was never anchored`);
  const links = await linksOf(anchors, sha256);
  const isHeld = ({ until, link }: LedgerStatement): boolean =>
    until === null || links.get(until) === link;
  if (!signed) faults.push("the file isn't signed: its end is missing");
  else {
    if (!isHeld(signed.statement)) faults.push("the days aren't those that were signed");
    const broken = signed.statement.erased?.broken ?? 0;
    if (broken > 0) faults.push(`${broken} receipts are called erased, and we didn't erase them`);
  }
  for (const kept of earlier) {
    const before = keptIn(kept);
    if (before === null) {
      faults.push(`${kept} holds no statement`);
      continue;
    }
    if (!isSigned(before)) faults.push(`the signature of ${kept} doesn't hold`);
    if (before.key.x !== signed?.key.x) faults.push(`${kept} was signed with another key`);
    if (!isHeld(before.statement))
      faults.push(`the days up to ${kept} aren't those of today's ledger`);
  }
  const key = signed ? `key ${signed.key.x}` : "no key";
  return {
    faults,
    summary: `${receipts} receipts (${erased} erased) in ${chains} chains, ${anchors.length} anchored days, ${key}`,
  };
}

const [, , file, ...kept] = process.argv;
const isProgram =
  process.argv[1] !== undefined && import.meta.filename === realpathSync(process.argv[1]);
const unreadable = [file, ...kept].find((path) => {
  try {
    accessSync(path ?? "", constants.R_OK);
    return false;
  } catch {
    return true;
  }
});
if (isProgram && file !== undefined && unreadable !== undefined) {
  console.log(`${unreadable} can't be opened`);
  process.exitCode = 2;
} else if (isProgram && file !== undefined) {
  const { faults, summary } = await check(file, kept);
  for (const fault of faults) console.log(`WRONG: ${fault}`);
  console.log(faults.length === 0 ? `All of it holds: ${summary}` : summary);
  process.exitCode = faults.length === 0 ? 0 : 1;
} else if (isProgram) {
  console.log("node check-receipts.mjs receipts.ndjson [earlier.json …]");
  process.exitCode = 2;
}
