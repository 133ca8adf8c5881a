/**
 * Names made with a secret: the index keys of identifiers, and visitors that several calls must agree on. Without
 * `IDENTIFIER_KEY` nobody can tell from a name what it was made of, or make it.
 */
import type { IdentifierKind, PlaceTag } from "../domain/identity/claims.ts";
import { type IdentifierKey, type Millis, type VisitorId, visitorIdFrom } from "../domain/ids.ts";
import type { NetworkKey } from "../domain/suggestion/sightings.ts";
import { toBase64Url } from "./base64url.ts";
import { type LedgerSigner, ledgerSigner } from "./ledger-signer.ts";

/** What a browser's first, cookieless call is known by. Nothing of it is kept. */
export interface FirstCall {
  anonymousId: string;
  userAgent: string;
  /** Prefix of the network address. */
  network: string;
  /** Whole hours since 1970-01-01 UTC. */
  hour: number;
}

export interface IdentifierKeys {
  /** `value` is normalised. */
  key(kind: IdentifierKind, value: string): Promise<IdentifierKey>;
  /** The record of one source: what a server or an import says of this identifier. */
  sourceVisitor(kind: IdentifierKind, value: string): Promise<VisitorId>;
  /** The same for all calls that a page makes before it has its cookie. */
  firstVisitor(call: FirstCall): Promise<VisitorId>;
  /** The new visitor of a device on which another user showed up; the same when the call is repeated. */
  rotatedVisitor(old: VisitorId, identifier: IdentifierKey): Promise<VisitorId>;
  /** Who comes back after an erasure under a name that calls must agree on: somebody new, the same when repeated. */
  returnedVisitor(erased: VisitorId, since: Millis): Promise<VisitorId>;
  /** A key of the matching's index: what records have in common can't be told from it, nor tried out. */
  matchKey(key: string): Promise<string>;
  /** The name of a network (`4:…` or `6:…`), under a key of its own; begins with the kind of address. */
  network(prefix: string): Promise<NetworkKey>;
  /** Where a mail link was followed, told apart under that link alone. */
  place(link: IdentifierKey, network: string, region: string): Promise<PlaceTag>;
  /** Whether a visitor's text is the same as before can be told from it, and nothing else. */
  digest(visitor: VisitorId, text: string): Promise<string>;
  /** An identity token by the name that it gives itself. */
  token(id: string): Promise<string>;
  /** What the audit log calls a person, so that it may outlive an erasure: who knows the id finds it, nobody else. */
  auditName(visitor: VisitorId): Promise<string>;
  /** A MAC over an erasure, so that a restore re-applies only those that we recorded. */
  tombstone(visitor: VisitorId, at: Millis): Promise<string>;
  /** For what an erasure leaves of receipts: a name in place of the visitor's, and a MAC over what is left. */
  stubs: { name(visitor: VisitorId): Promise<string>; seal(text: string): Promise<string> };
  /** What whoever has no secret of ours can check. */
  ledger: LedgerSigner;
}

const SECRET_BYTES = 32;
/** 132 bits. */
const KEY_CHARACTERS = 22;
/** 96 bits: two that are the same by chance would be compared, and found to be different. */
const MATCH_CHARACTERS = 16;
/** 24 bits: to tell a handful of places apart. */
const PLACE_CHARACTERS = 4;

const utf8 = new TextEncoder();

/** Names kept of one isolate; whoever sends an event will soon send the next. */
const NAMES_KEPT = 2_000;
const ID_KEPT = 64;

/** Programs' ids are kept with their names for a while. An address is forgotten with the call that said it. */
const isProgramId = (kind: IdentifierKind, value: string): boolean =>
  (kind === "anonymous_id" || kind === "user_id") &&
  value.length <= ID_KEPT &&
  !value.includes("@");

function rememberingIds<T>(
  make: (kind: IdentifierKind, value: string) => Promise<T>,
): (kind: IdentifierKind, value: string) => Promise<T> {
  const known = new Map<string, T>();
  return async (kind, value) => {
    if (!isProgramId(kind, value)) return make(kind, value);
    const id = `${kind}\0${value}`;
    const before = known.get(id);
    if (before !== undefined) return before;
    const made = await make(kind, value);
    if (known.size >= NAMES_KEPT) known.clear();
    known.set(id, made);
    return made;
  };
}

const importHmac = (bytes: BufferSource): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

/** @throws Error for a secret of less than 32 bytes. */
export function createIdentifierKeys(secret: Uint8Array<ArrayBuffer>): IdentifierKeys {
  if (secret.length < SECRET_BYTES)
    throw new Error(`IDENTIFIER_KEY must have at least ${SECRET_BYTES} bytes`);
  let imported: CryptoKey | null = null;
  /** Kept once it is there, not as a promise: that would belong to the request that made it. */
  const hmacKey = async (): Promise<CryptoKey> => (imported ??= await importHmac(secret));
  let networkKey: CryptoKey | null = null;
  const mac = async (text: string): Promise<Uint8Array> =>
    new Uint8Array(await crypto.subtle.sign("HMAC", await hmacKey(), utf8.encode(text)));
  /** A kind is never empty, so what begins with a zero is never the text of an identifier. JSON keeps the parts apart. */
  const derive = (use: string, ...parts: (string | number)[]): Promise<Uint8Array> =>
    mac(`\0${use}\0${JSON.stringify(parts)}`);

  const key = async (kind: IdentifierKind, value: string): Promise<IdentifierKey> => {
    const name = toBase64Url(await mac(`${kind}\0${value}`)).slice(0, KEY_CHARACTERS);
    return `${kind}:${name}` as IdentifierKey;
  };
  return {
    key: rememberingIds(key),
    sourceVisitor: rememberingIds(async (kind, value) =>
      visitorIdFrom(await derive("source", kind, value)),
    ),
    firstVisitor: async ({ anonymousId, userAgent, network, hour }) =>
      visitorIdFrom(await derive("first", anonymousId, userAgent, network, hour)),
    rotatedVisitor: async (old, identifier) =>
      visitorIdFrom(await derive("rotated", old, identifier)),
    returnedVisitor: async (erased, since) =>
      visitorIdFrom(await derive("returned", erased, since)),
    matchKey: async (key) => toBase64Url(await derive("match", key)).slice(0, MATCH_CHARACTERS),
    network: async (prefix) => {
      networkKey ??= await importHmac(new Uint8Array(await derive("key of networks")));
      const mac = await crypto.subtle.sign("HMAC", networkKey, utf8.encode(prefix));
      const name = toBase64Url(new Uint8Array(mac)).slice(0, MATCH_CHARACTERS);
      return `${prefix.slice(0, 1)}${name}`;
    },
    place: async (link, network, region) => {
      const [of, lies] = await Promise.all([
        derive("network", link, network),
        derive("region", link, region),
      ]);
      const tag = (bytes: Uint8Array): string => toBase64Url(bytes).slice(0, PLACE_CHARACTERS);
      return `${tag(of)}.${tag(lies)}`;
    },
    digest: async (visitor, text) =>
      toBase64Url(await derive("digest", visitor, text)).slice(0, KEY_CHARACTERS),
    token: async (id) => toBase64Url(await derive("token", id)).slice(0, KEY_CHARACTERS),
    auditName: async (visitor) =>
      `id:${toBase64Url(await derive("audit", visitor)).slice(0, KEY_CHARACTERS)}`,
    tombstone: async (visitor, at) => toBase64Url(await derive("tombstone", visitor, at)),
    stubs: {
      name: async (visitor) =>
        `erased:${toBase64Url(await derive("stub", visitor)).slice(0, KEY_CHARACTERS)}`,
      seal: async (text) => toBase64Url(await derive("stub-seal", text)),
    },
    ledger: ledgerSigner(() => derive("key of the ledger")),
  };
}
