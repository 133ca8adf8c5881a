/** What a link of ours says, signed under `TOKEN_KEYS`: what it does, to which address its mail went, and where it leads. */
import type { HintId, IdentifierKey } from "../domain/ids.ts";
import { isObject } from "../domain/json.ts";
import { CONTACT_CHANNELS, type ContactChannel } from "../domain/permission/permission.ts";
import { fromBase64Url, toBase64Url } from "../keys/base64url.ts";
import type { NamedKey } from "./context.ts";
import { sign, verify } from "./mac.ts";

export const DOES = ["go", "open", "unsubscribe"] as const;

export interface Link {
  does: (typeof DOES)[number];
  /** The address as its index key: the link itself tells nobody the address. */
  to: IdentifierKey;
  url?: string;
  campaign?: string;
  channel?: ContactChannel;
  /** The hint that the message was about. */
  hint?: HintId;
  /** Tells links apart; from the signature. */
  name: string;
}

const PURPOSE = "mail-link";
const TOKEN_MAX = 8_192;
const utf8 = new TextEncoder();

/** `<payload>~<kid>.<MAC>` */
export async function writeLink(
  keys: readonly NamedKey[],
  link: Omit<Link, "name">,
): Promise<string> {
  const payload = toBase64Url(utf8.encode(JSON.stringify(link)));
  return `${payload}~${await sign(keys, PURPOSE, payload)}`;
}

/** Null for what we didn't sign, or signed for something else. */
export async function readLink(
  keys: readonly NamedKey[],
  token: string,
  does: Link["does"],
): Promise<Link | null> {
  if (token.length > TOKEN_MAX) return null;
  const [payload = "", signature = ""] = token.split("~", 2);
  if (!(await verify(keys, PURPOSE, payload, signature))) return null;
  const bytes = fromBase64Url(payload);
  if (!bytes) return null;
  const said: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (!isObject(said) || said["does"] !== does || typeof said["to"] !== "string") return null;
  const channel = CONTACT_CHANNELS.find((each) => each === said["channel"]);
  return {
    does,
    to: said["to"] as IdentifierKey,
    ...(typeof said["url"] === "string" ? { url: said["url"] } : {}),
    ...(typeof said["campaign"] === "string" ? { campaign: said["campaign"] } : {}),
    ...(channel ? { channel } : {}),
    ...(typeof said["hint"] === "string" ? { hint: said["hint"] as HintId } : {}),
    name: signature.slice(-20),
  };
}
