/** A next action as markup, the same elements that the browser's part builds (`src/browser/slots.ts`). */
import { isObject, type Json, type JsonObject, textOf } from "../../domain/json.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Beyond ASCII by number, since what is put into a page is read in the page's encoding, whichever that is. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']|[^\0-\x7f]/gu, (char) => ENTITIES[char] ?? `&#${char.codePointAt(0)};`);

/** An address in the catalogue may lead somewhere, but not run anything. */
function safeAddress(address: string | null, page: string): string | null {
  const url = address === null ? null : URL.parse(address, page);
  return url?.protocol === "https:" || url?.protocol === "http:" ? address : null;
}

/** What the site may say otherwise on the slot itself, as the browser's part reads it. */
export interface CardWords {
  why: string | null;
  dismiss: string | null;
}

/** `answer` as `/_u/next` gives it; null when it holds no action. */
export function cardOf(answer: Json, page: string, words: CardWords): string | null {
  if (!isObject(answer) || !isObject(answer["action"])) return null;
  const action: JsonObject = answer["action"];
  const hint = textOf(answer["hint"]);
  if (hint === null) return null;
  const text = (name: string): string => escapeHtml(textOf(action[name]) ?? "");
  const image = safeAddress(textOf(action["image"]), page);
  const href = safeAddress(textOf(action["href"]), page);
  const why = Array.isArray(answer["why"]) ? answer["why"].map(String).join("; ") : "";
  return [
    `<section class="usher-hint" data-usher-hint="${escapeHtml(hint)}" aria-label="${text("title")}">`,
    image === null ? "" : `<img alt="" src="${escapeHtml(image)}">`,
    `<strong>${text("title")}</strong><p>${text("text")}</p>`,
    `<a${href === null ? "" : ` href="${escapeHtml(href)}"`}>${text("label")}</a>`,
    why === ""
      ? ""
      : `<details><summary>${escapeHtml(words.why ?? "Why do I see this?")}</summary><p>${escapeHtml(why)}</p></details>`,
    `<button type="button">${escapeHtml(words.dismiss ?? "Not interested")}</button></section>`,
  ].join("");
}
