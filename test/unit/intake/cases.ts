import { readFileSync } from "node:fs";

/** The lines of `data/<name>.txt`, one case a line. */
export const lines = (name: string): string[] =>
  readFileSync(new URL(`data/${name}.txt`, import.meta.url).pathname, "utf8")
    .split("\n")
    .filter((line) => line !== "");

/** Lines of the form `input → output`; `-` stands for null. */
export const pairs = (name: string): [input: string, output: string | null][] =>
  lines(name).map((line) => {
    const [input = "", output = ""] = line.split(" → ");
    return [input, output === "-" ? null : output];
  });
