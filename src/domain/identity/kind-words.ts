/** What a kind of identifier is called on screens and in reasons; its id, such as `user_id`, is for machines. */

const NAMES: Readonly<Record<string, string>> = {
  user_id: "user id",
  email: "e-mail address",
  phone: "phone number",
  crm: "CRM id",
  anonymous_id: "anonymous id",
  push: "push address",
};

/** `user_id` → `user id`, `social:google` → `google account`, `esp:mailchimp` → `mailchimp record id`. */
export function kindWords(kind: string): string {
  const [family = "", provider] = kind.split(":");
  if (family === "social" && provider) return `${provider} account`;
  if (family === "esp" && provider) return `${provider} record id`;
  return NAMES[kind] ?? kind.replaceAll("_", " ");
}

/** Of several: `user ids`, `e-mail addresses`. */
export function kindsWords(kind: string): string {
  const name = kindWords(kind);
  return name.endsWith("s") ? `${name}es` : `${name}s`;
}
