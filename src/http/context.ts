/** What every handler gets beside the request: settings, and the ways to what is stored. Built once a request. */
import type { Catalogue } from "../domain/action/catalogue.ts";
import type { Learned } from "../domain/action/learner.ts";
import type { Policy } from "../domain/consent/policy.ts";
import type { MergeRules } from "../domain/identity/rules.ts";
import type { Millis } from "../domain/ids.ts";
import type { People } from "../domain/person/people.ts";
import type { IdentifierIndex, KeyVault } from "../domain/ports.ts";
import type { IdentifierKeys } from "../keys/identifiers.ts";
import type { ErasureLedger } from "../keys/ledger.ts";
import type { Sealer } from "../keys/sealer.ts";
import type { Live } from "./live.ts";
import type { AccessConfig } from "./access.ts";

/** A secret among several that are valid at once; the newest is used for signing, all for checking. */
export interface NamedKey {
  kid: string;
  secret: Uint8Array<ArrayBuffer>;
}

/** Variables and secrets (CONTRACT.md, "Bindings, variables, secrets"), read and checked. */
export interface Config {
  /** False only in development; headers that stand for region and clock count only then, on localhost. */
  production: boolean;
  writeKey: string;
  siteOrigins: readonly string[];
  siteName: string;
  jurisdiction: "" | "eu";
  /** Name and contact, for the record of processing. */
  controller?: string;
  dataProtectionOfficer?: string;
  /** Events go over a queue. */
  isQueued?: boolean;
  /** Newest first. */
  cookieKeys: readonly NamedKey[];
  /** Newest first. */
  tokenKeys: readonly NamedKey[];
  identifierKey: Uint8Array<ArrayBuffer>;
  serverKey: string;
  ownerToken: string;
  officerToken: string;
  marketerToken: string;
  /** Cloudflare Access in front of the console. */
  access?: AccessConfig;
}

export interface Context {
  config: Config;
  db: D1Database;
  /** The `KEYS` bucket: visitors' keys, the erasure ledger, requests of data subjects. */
  bucket: R2Bucket;
  /** Files for the site's warehouse, where there are any. */
  exports?: R2Bucket | undefined;
  people: People;
  index: IdentifierIndex;
  /** Names made with `IDENTIFIER_KEY`. */
  identifiers: IdentifierKeys;
  vault: KeyVault;
  sealer: Sealer;
  erasures: ErasureLedger;
  /** The policy in force. */
  policy(): Promise<Policy>;
  catalogue(): Promise<Catalogue>;
  /** What the scheduled job has learned; null before it has run. */
  learned(): Promise<Learned | null>;
  mergeRules(): Promise<MergeRules>;
  /** Done when what was accepted a moment ago stands in the index, if the database is there. */
  settled(): Promise<void>;
  now: Millis;
  waitUntil(work: Promise<unknown>): void;
  limiter?: RateLimit | null;
  live?: Live | null;
}

/** A request as the router hands it over. */
export type Call = Request & { params: Record<string, string> };

export type Handler = (request: Call, context: Context) => Promise<Response>;

/** One line of the surface: method, path and who answers. */
export type Route = readonly [
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  handler: Handler,
];
