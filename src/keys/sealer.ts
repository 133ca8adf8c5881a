/** Sealing under a visitor's key, for those who have texts and no keys. */
import type { VisitorId } from "../domain/ids.ts";
import type { KeyVault } from "../domain/ports.ts";
import { seal, unseal } from "./seal.ts";

export interface Sealer {
  /** Mints the key when there is none; rejects when the key store can't be reached or the key was destroyed. */
  seal(visitor: VisitorId, texts: readonly string[]): Promise<string[]>;
  /** As `seal` for a visitor that had a key: null when it is gone, which is never mended by a new one. */
  reseal(visitor: VisitorId, texts: readonly string[]): Promise<string[] | null>;
  /** The texts, null for each that can't be read any more. */
  unseal(visitor: VisitorId, sealed: readonly string[]): Promise<(string | null)[]>;
}

export function createSealer(vault: KeyVault): Sealer {
  const under = (key: CryptoKey, visitor: VisitorId, texts: readonly string[]): Promise<string[]> =>
    Promise.all(texts.map((text) => seal(key, visitor, text)));
  return {
    seal: async (visitor, texts) => under(await vault.mint(visitor), visitor, texts),
    reseal: async (visitor, texts) => {
      const key = await vault.open(visitor);
      return key && under(key, visitor, texts);
    },
    unseal: async (visitor, sealed) => {
      const key = await vault.open(visitor);
      return Promise.all(sealed.map((each) => key && unseal(key, visitor, each)));
    },
  };
}
