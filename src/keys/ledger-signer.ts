/**
 * Signs what the ledger of receipts comes to, so that an auditor can check it without any secret of ours. The key pair follows
 * from `IDENTIFIER_KEY`: the same for as long as that is, and nothing more to be kept.
 */
import { toBase64Url } from "./base64url.ts";

/** The public half, as RFC 8037 writes it. */
export interface LedgerKey {
  kty: "OKP";
  crv: "Ed25519";
  x: string;
}

export interface LedgerSigner {
  /** Ed25519 (RFC 8032) over the text in UTF-8, base64url. */
  sign(text: string): Promise<string>;
  publicKey(): Promise<LedgerKey>;
}

/** RFC 8410: what stands before the 32 bytes of a private key, as PKCS #8 has it. */
const PKCS8_ED25519 = [
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

const utf8 = new TextEncoder();

/** `seed`: 32 bytes that nobody else can make. */
export function ledgerSigner(seed: () => Promise<Uint8Array>): LedgerSigner {
  let imported: CryptoKey | null = null;
  const key = async (): Promise<CryptoKey> =>
    (imported ??= await crypto.subtle.importKey(
      "pkcs8",
      new Uint8Array([...PKCS8_ED25519, ...(await seed())]),
      { name: "Ed25519" },
      true,
      ["sign"],
    ));
  return {
    sign: async (text) =>
      toBase64Url(
        new Uint8Array(await crypto.subtle.sign("Ed25519", await key(), utf8.encode(text))),
      ),
    publicKey: async () => {
      const { x = "" } = (await crypto.subtle.exportKey("jwk", await key())) as JsonWebKey;
      return { kty: "OKP", crv: "Ed25519", x };
    },
  };
}
