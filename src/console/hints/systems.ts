/** Changing the systems that get the list: added, taken out, given another secret. Each change is a version of the catalogue. */
import { type Catalogue, REACHING, type Webhook } from "../../domain/action/catalogue.ts";
import { CatalogueSchema } from "../../domain/action/schema.ts";
import { edited } from "../../http/api/action.ts";
import { catalogueInForce, saveCatalogue } from "../../http/api/actions.ts";
import { faultsIn } from "../../http/api/input.ts";
import type { Context } from "../../http/context.ts";
import { addressFault } from "../../out/address.ts";
import type { FieldError } from "../field.tsx";

export type Added = { ok: true; webhook: Webhook } | { ok: false; errors: FieldError[] };

/** `webhooks.1.url` → `url`, `webhooks` → the whole. */
const fieldOf = (path: string): string => path.split(".")[2] ?? "channels";

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

export async function addSystem(
  context: Context,
  sent: URLSearchParams,
  author: string,
): Promise<Added> {
  const catalogue = await catalogueInForce(context.db);
  const webhook: Webhook = {
    id: (sent.get("id") ?? "").trim(),
    url: (sent.get("url") ?? "").trim(),
    channels: REACHING.filter((channel) => sent.getAll("channels").includes(channel)),
    secret: Math.max(1, Math.floor(context.now / 1000)),
  };
  const next = withSystems(catalogue, [...(catalogue.webhooks ?? []), webhook]);
  const url = webhook.url === "" ? null : addressFault(webhook.url);
  const faults = faultsIn(CatalogueSchema, next).map(({ path, message }) => ({
    name: fieldOf(path),
    message: sentence(message),
  }));
  const errors =
    url === null
      ? faults
      : [...faults.filter(({ name }) => name !== "url"), { name: "url", message: sentence(url) }];
  if (errors.length > 0) return { ok: false, errors };
  await saveCatalogue(context, next, author);
  return { ok: true, webhook };
}

/** With another secret. Null where there is no such system. */
export async function renewSecret(
  context: Context,
  id: string,
  author: string,
): Promise<Webhook | null> {
  const catalogue = await catalogueInForce(context.db);
  const held = catalogue.webhooks?.find((each) => each.id === id);
  if (!held) return null;
  const secret = Math.max(held.secret + 1, Math.floor(context.now / 1000));
  const renewed = { ...held, secret };
  const systems = catalogue.webhooks?.map((each) => (each.id === id ? renewed : each)) ?? [];
  await saveCatalogue(context, withSystems(catalogue, systems), author);
  return renewed;
}

export async function removeSystem(context: Context, id: string, author: string): Promise<void> {
  const catalogue = await catalogueInForce(context.db);
  const systems = catalogue.webhooks?.filter((each) => each.id !== id) ?? [];
  await saveCatalogue(context, withSystems(catalogue, systems), author);
}

const withSystems = (catalogue: Catalogue, webhooks: readonly Webhook[]) =>
  edited({ ...catalogue, webhooks });
