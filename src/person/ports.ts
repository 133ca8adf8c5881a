/** What a person object needs from outside; the composition root provides it. */
import type { MergeRules } from "../domain/identity/rules.ts";
import type { Millis, VisitorId } from "../domain/ids.ts";
import type { IdentifierIndex, Ledger } from "../domain/ports.ts";
import type { Keeping } from "../domain/retention.ts";
import type { PersonObjects } from "./gateway.ts";
import type { Names } from "./transactor.ts";

/** Seals personal values under a visitor's own key. */
export interface Sealer {
  /** Mints the key when there is none; rejects when the key store can't be reached. */
  seal(visitor: VisitorId, texts: readonly string[]): Promise<string[]>;
  /** As `seal` for a visitor that had a key: null when it is gone, which is never mended by a new one. */
  reseal(visitor: VisitorId, texts: readonly string[]): Promise<string[] | null>;
}

export interface PersonPorts {
  index: IdentifierIndex;
  ledger: Ledger;
  sealer: Sealer;
  objects: PersonObjects;
  names: Names;
  /** How long an object leaves to a Worker, or to a queue, what it handed over before it lands it itself. */
  patience: Millis;
  rules(): Promise<MergeRules>;
  /**
   * What the policy in force says, which may be a few seconds late; not later than `version`, where that was published. Null while it
   * can't be read: then nothing expires. Never rejects.
   */
  retention(version?: number): Promise<Keeping | null>;
  /** HMAC of a text that belongs to a visitor: to see whether it is the same as before. */
  digest(visitor: VisitorId, text: string): Promise<string>;
  /** SHA-256, base64url. */
  sha256(text: string): Promise<string>;
  /** A uniform number in [0, 1). */
  random(): number;
  /**
   * Begins the erasure of whoever this visitor is proven to be, which withdrew then and is to be erased for it; begun once, whoever
   * asks. Rejects until it is written down where somebody goes on with it.
   */
  withdrawn(visitor: VisitorId, at: Millis): Promise<void>;
  /** Structured, without personal data: what failed, never with what. */
  log(message: string, fields: Record<string, string | number>): void;
}
