/**
 * Where people have mail for themselves, and where for ten minutes, from lists that others keep. They are long, so they are
 * loaded with the first address.
 */
import { COMMON_MAIL, type MailDomains } from "./mail-domains.ts";

/** Kept once they are there, not as a promise: that would belong to the request that made it. */
let lists: MailDomains | null = null;

/** The lists of the libraries together with ours. */
export const everyMailDomain = async (): Promise<MailDomains> => (lists ??= await load());

async function load(): Promise<MailDomains> {
  const [free, disposable] = await Promise.all([
    import("email-providers/all.json", { with: { type: "json" } }),
    import("disposable-email-domains-js/dist/dict/disposable_email_blocklist.json", {
      with: { type: "json" },
    }),
  ]);
  return {
    free: new Set([...COMMON_MAIL.free, ...free.default]),
    disposable: new Set([...COMMON_MAIL.disposable, ...disposable.default]),
  };
}
