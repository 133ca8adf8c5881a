/** Sizes within the contract's limits. A value of an object holds 2 MB. */
import { expect, test } from "vitest";
import { Browser } from "../../support/site.ts";

const german = async (): Promise<Browser> => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  return browser;
};

test("a batch of 2,500 events below 500 KB whose page and campaign stand in the shared context is recorded whole", async () => {
  const browser = await german();
  const body = {
    context: {
      page: {
        url: `https://www.example.org/${"long/".repeat(300)}`,
        title: "t".repeat(900),
        referrer: `https://www.example.com/${"ref/".repeat(300)}`,
      },
      campaign: {
        source: "s".repeat(400),
        medium: "m".repeat(400),
        name: "n".repeat(400),
        term: "t".repeat(400),
        content: "c".repeat(400),
      },
    },
    batch: Array.from({ length: 2500 }, (_, n) => ({
      type: "track",
      event: "Seen",
      messageId: `size-b-${n}`,
      properties: { a: "b".repeat(80) },
    })),
  };
  expect(JSON.stringify(body).length).toBeLessThan(500 * 1024);
  const said = await browser.send("batch", body);
  expect([said.status, said.body["accepted"]]).toEqual([200, 2500]);
});
