/** Pages of older sites, in encodings of one byte a letter: what is put in is read in the page's own. */
import { expect, test } from "vitest";
import { cardOf, type CardWords } from "../../../src/http/proxy/card.ts";
import { rewritten } from "../../../src/http/proxy/page.ts";

/** Latin 1: each letter's own number is its byte. */
const latin = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (char) => char.charCodeAt(0));

async function through(page: string, words?: (said: CardWords) => void): Promise<string> {
  const action = { title: "Für dich 🎟", text: "Süßes <am> Spieltag", label: "Öffnen", href: "/ä" };
  const out = rewritten(new Blob([latin(page)]).stream(), {
    tag: "",
    fill: async (_slot, said) => {
      words?.(said);
      return cardOf({ action, hint: "h", why: ["las über Süd"] }, "https://example.org/", said);
    },
  });
  const bytes = new Uint8Array(await new Response(out).arrayBuffer());
  return [...bytes].map((byte) => String.fromCharCode(byte)).join("");
}

/** As a browser reads references. */
const read = (html: string): string =>
  html.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

test("a card in a page that isn't UTF-8 says the same there, and the page keeps its bytes", async () => {
  const [before, after] = ["<p>M\u00fcnchen</p><i data-usher-slot=home>", "</i><p>\u00e4</p>"];
  const page = await through(before + after);
  expect(page.startsWith(before)).toBe(true);
  expect(page.endsWith(after)).toBe(true);
  const card = page.slice(before.length, -after.length);
  expect(card).toMatch(/^[\x20-\x7e]+$/);
  expect(read(card)).toContain("<strong>Für dich 🎟</strong><p>Süßes &lt;am&gt; Spieltag</p>");
  expect(read(card)).toContain('<a href="/ä">Öffnen</a>');
  expect(read(card)).toContain("<p>las über Süd</p>");
});

test("a slot whose own words can't be read here is left to the browser", async () => {
  const page = '<i data-usher-slot="home" data-usher-why="Pourquoi \u00e7a"></i>';
  expect(await through(page)).toBe(page);
});
