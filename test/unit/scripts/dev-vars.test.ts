import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { devVars } from "../../../scripts/dev-vars.ts";

const SITE = "http://localhost:8787";
let folder = "";
beforeEach(() => void (folder = realpathSync(mkdtempSync(join(tmpdir(), "usher-vars-")))));
afterEach(() => rmSync(folder, { recursive: true }));
const file = (): string => join(folder, ".dev.vars");

test("a bare clone gets secrets of its own, readable by nobody else, and keeps them", () => {
  const made = devVars(file(), SITE);
  expect(made.get("SITE_ORIGINS")).toBe(SITE);
  expect(made.get("IDENTIFIER_KEY")).toMatch(/^[\w+/]{43}=$/);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  const text = readFileSync(file(), "utf8");
  expect(devVars(file(), "http://localhost:9999")).toEqual(made);
  expect(readFileSync(file(), "utf8")).toBe(text);
  expect(readdirSync(folder)).toEqual([".dev.vars"]);
});

test("what is there stays as it is, however it is written, and only what is missing is put behind it", () => {
  const text = `# mine\nOWNER_TOKEN=owner # of the console\nSERVER_KEY='server'\nJURISDICTION=""\nSITE_NAME="The Rovers"  # ours`;
  writeFileSync(file(), text);
  const vars = devVars(file(), SITE);
  expect([vars.get("OWNER_TOKEN"), vars.get("SERVER_KEY"), vars.get("SITE_NAME")]).toEqual([
    "owner",
    "server",
    "The Rovers",
  ]);
  expect(readFileSync(file(), "utf8").startsWith(`${text}\nUSHER_ENV="development"\n`)).toBe(true);
});

test.each(['COOKIE_KEYS="c1:abc', "COOKIE_KEYS=", "COOKIE_KEYS='c1", 'COOKIE_KEYS=""'])(
  "of a file that ends in the middle of a secret (%s) nothing is taken for a secret, and nothing is made in its place",
  (line) => {
    writeFileSync(file(), `USHER_ENV="development"\n${line}`);
    expect(() => devVars(file(), SITE)).toThrow(/line 2: COOKIE_KEYS is empty or cut off/);
    expect(() => devVars(file(), SITE)).not.toThrow(/abc/);
    expect(readFileSync(file(), "utf8")).toBe(`USHER_ENV="development"\n${line}`);
  },
);

test("of a file that ends in the middle of a name that secret is made anew", () => {
  writeFileSync(file(), `USHER_ENV="development"\nCOOKIE_KE`);
  expect(devVars(file(), SITE).get("COOKIE_KEYS")).toMatch(/^c1:/);
  expect(devVars(file(), SITE).get("USHER_ENV")).toBe("development");
});

test("a link to a file elsewhere stays one", () => {
  const elsewhere = join(folder, "elsewhere");
  writeFileSync(elsewhere, 'OWNER_TOKEN="mine"\n');
  symlinkSync(elsewhere, file());
  devVars(file(), SITE);
  expect(realpathSync(file())).toBe(elsewhere);
  expect(readFileSync(elsewhere, "utf8")).toContain("IDENTIFIER_KEY=");
});
