import { expect, test } from "vitest";
import { cardOf } from "../../../src/http/proxy/card.ts";

test("a card in the page gives its reasons one after the other, told apart, and none where there are none", () => {
  const words = { why: null, dismiss: null };
  const card = (why: string[]) =>
    cardOf(
      { action: { title: "T", text: "X", label: "L", href: "/app" }, hint: "h", why },
      "https://www.example.org/",
      words,
    );
  expect(card(["uses a phone with Android", "the app wasn't seen yet"])).toContain(
    "<p>uses a phone with Android; the app wasn&#39;t seen yet</p>",
  );
  expect(card([])).not.toContain("details");
});
