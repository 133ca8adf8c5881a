/** What README, docs and the other documents lead to. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const documents = [
  ...readdirSync(root),
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((file) =>
    join("docs", file),
  ),
].filter((file) => file.endsWith(".md"));
/** Of another project, to whose measuring the benchmarks' page leads. */
const ELSEWHERE = "src/app";
const read = (file: string): string => readFileSync(join(root, file), "utf8");

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, "");

/** As GitHub makes them of headlines. */
const anchorsOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, headline = ""]) =>
    headline
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- _]/gu, "")
      .replaceAll(" ", "-"),
  );

const linksIn = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);

test.each(documents)("every file and headline that %s leads to is there", (file) => {
  const dead = linksIn(read(file)).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? file : normalize(join(dirname(file), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
  });
  expect(dead).toEqual([]);
});

test.each(documents)("the commands, files and folders that %s names are there", (file) => {
  const text = read(file);
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const commands = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
  expect(commands.filter((name) => scripts[name] === undefined)).toEqual([]);
  const named = [...text.matchAll(/`((?:src|docs|scripts|migrations|test)\/[\w./-]+)`/g)].map(
    ([, path = ""]) => path,
  );
  expect(named.filter((path) => path !== ELSEWHERE && !existsSync(join(root, path)))).toEqual([]);
});

test("pictures of the README are no larger than a page should load", () => {
  const pictures = linksIn(read("README.md")).filter((link) => link.endsWith(".png"));
  expect(pictures.length).toBeGreaterThan(0);
  for (const picture of pictures) expect(statSync(join(root, picture)).size).toBeLessThan(400_000);
});
