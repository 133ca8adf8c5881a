import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";
import { InstallPage, type InstallPageProps } from "../../../src/console/install/page.tsx";

const NOTHING = { fromPages: 0, elsewhere: 0, dropped: 0, refused: [] };

const lightOf = (today: Partial<InstallPageProps["today"]>): string[] => {
  const page = renderToString(
    h(InstallPage, {
      origin: "https://www.example.org",
      writeKey: "public",
      purpose: "measurement",
      siteOrigins: ["https://www.example.org"],
      today: { ...NOTHING, ...today },
      live: false,
    }),
  );
  return /id="live-light" data-state="(\w+)"[^>]*>([^<]*)</.exec(page)?.slice(1) ?? [];
};

test("the light is green for events of pages alone: a server's arrive without the snippet", () => {
  expect(lightOf({ fromPages: 12, elsewhere: 3 })[0]).toBe("good");
  expect(lightOf({ elsewhere: 900 })).toEqual([
    "note",
    "900 events of servers, mails or files were recorded today, and none of a page",
  ]);
  expect(lightOf({})).toEqual(["off", "Nothing has come today"]);
});

test("one of a kind is told as one", () => {
  expect(lightOf({ fromPages: 1 })[1]).toBe("It works: 1 event of pages was recorded today");
  expect(lightOf({ fromPages: 2 })[1]).toBe("It works: 2 events of pages were recorded today");
  expect(lightOf({ elsewhere: 1 })[1]).toMatch(/^1 event of servers, mails or files was recorded/);
  expect(lightOf({ dropped: 1 })[1]).toBe("Calls come, and 1 message of today was dropped");
  const refused = [{ reason: "forbidden_origin", sender: "browser", count: 1 }] as const;
  expect(lightOf({ refused })[1]).toMatch(/^Pages call and are refused, 1 time today/);
});

test("pages that are refused are told before what a server sends and what was dropped", () => {
  const refused = [
    { reason: "unauthorized", sender: "server", count: 90 },
    { reason: "forbidden_origin", sender: "browser", count: 41 },
  ] as const;
  expect(lightOf({ elsewhere: 900, dropped: 7, refused })).toEqual([
    "note",
    "Pages call and are refused, 41 times today: the page's origin isn't among SITE_ORIGINS",
  ]);
  const guess = { reason: "wrong_token", sender: "api", count: 900 } as const;
  expect(lightOf({ refused: [guess] })[0]).toBe("off");
  expect(lightOf({ refused: [guess, ...refused.slice(0, 1)] })[1]).toMatch(
    /^Calls of servers are refused/,
  );
});
