import { expect, test } from "vitest";
import { collected } from "../../../src/http/collect/answer.ts";

const ORIGIN = "https://www.example.org";

const accepted = (cookies: string[]) => ({
  accepted: 1,
  dropped: [],
  because: undefined,
  cookies,
});

test("a cookie goes to the browser it is for, and to nobody whose answer is otherwise the same", () => {
  const mine = collected(accepted(["usher=mine"]), ORIGIN);
  const theirs = collected(accepted(["usher=theirs"]), ORIGIN);
  const nobodys = collected(accepted([]), ORIGIN);
  expect(mine.headers.getSetCookie()).toEqual(["usher=mine"]);
  expect(theirs.headers.getSetCookie()).toEqual(["usher=theirs"]);
  expect(nobodys.headers.getSetCookie()).toEqual([]);
  expect(mine.headers.get("cache-control")).toBe("private, no-store");
  expect(nobodys.headers.get("cache-control")).toBe("no-store");
});

test("what is changed on one answer's headers doesn't show on the next", () => {
  collected(accepted([]), ORIGIN).headers.set("usher-decision", "changed");
  expect(collected(accepted([]), ORIGIN).headers.get("usher-decision")).toBe("accepted 1");
});

test("only the site's own may read the answer, each under its own name", () => {
  const allowed = (origin: string | null) =>
    collected(accepted([]), origin).headers.get("access-control-allow-origin");
  expect(allowed(ORIGIN)).toBe(ORIGIN);
  expect(allowed("https://shop.example.org")).toBe("https://shop.example.org");
  expect(allowed(null)).toBeNull();
});
