import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { SECRETS } from "../../../scripts/install/answers.ts";

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${name}`, import.meta.url)), "utf8");

const { cloudflare, scripts } = JSON.parse(read("package.json")) as {
  cloudflare: { bindings: Record<string, { description: string }> };
  scripts: Record<string, string>;
};
const toml = read("wrangler.toml");

test("the button's form explains every binding, variable and secret, and asks for no other", () => {
  const bindings = [...toml.matchAll(/^(?:binding|name) = "([A-Z_]+)"/gm)].map(([, name]) => name);
  const [, vars = ""] = /^\[vars\]\n([\s\S]*?)\n\[/m.exec(toml) ?? [];
  const variables = [...vars.matchAll(/^([A-Z_]+) =/gm)].map(([, name]) => name);
  expect(Object.keys(cloudflare.bindings).sort()).toEqual(
    [...bindings, ...variables, ...Object.keys(SECRETS)].sort(),
  );
});

test("the example of secrets has all of them and none that works", () => {
  const lines = read(".dev.vars.example")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  expect(lines.map((line) => line.split("=")[0])).toEqual(Object.keys(SECRETS));
  expect(lines.every((line) => /="(?:[ct]1:)?REPLACE"/.test(line))).toBe(true);
});

test("the button deploys through the script that migrates first", () => {
  expect(scripts["deploy"]).toBe("node scripts/deploy.ts");
});
