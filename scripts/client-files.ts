/**
 * The clients that other makers' install snippets load with a script tag, as they are on npm in the versions of the lock file: a
 * site that changes only the host in its snippet gets them from its own domain.
 */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const modules = fileURLToPath(new URL("../node_modules/", import.meta.url));

interface Client {
  readonly name: string;
  /** Of the package. */
  readonly folder: string;
  readonly license: string;
  /** What the loader asks for, and what that loads in turn. */
  readonly file: RegExp;
}

const CLIENTS: readonly Client[] = [
  {
    name: "@segment/analytics-next",
    folder: "dist/umd",
    license: "LICENSE.MD",
    file: /^standalone\.js$|\.bundle\.[\da-f]+\.js$/,
  },
  { name: "posthog-js", folder: "dist", license: "LICENSE", file: /^array\.js$/ },
];

const packed = (text: string): string => gzipSync(text, { level: 9 }).toString("base64");

/**
 * By package and file, `posthog-js/array.js`: what its maker published, under a line that says whose it is; and the licences. As
 * base64 of gzip, since every new isolate of the Worker reads over all that is in it, and this is a third as long.
 */
export async function clientFiles(): Promise<Record<string, string>> {
  const all = CLIENTS.map(async ({ name, folder, license, file }) => {
    const { version, license: terms } = JSON.parse(
      await readFile(`${modules}${name}/package.json`, "utf8"),
    ) as { version: string; license: string };
    const names = (await readdir(`${modules}${name}/${folder}`)).filter((each) => file.test(each));
    const head = `/*! ${name} ${version}, ${terms}; for the licence see LICENSE.txt beside this file */\n`;
    const files = names.toSorted().map(async (each): Promise<[string, string]> => {
      const code = await readFile(`${modules}${name}/${folder}/${each}`, "utf8");
      // Its map isn't served.
      return [`${name}/${each}`, head + code.replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, "\n")];
    });
    const text = await readFile(`${modules}${name}/${license}`, "utf8");
    return [...(await Promise.all(files)), [`${name}/LICENSE.txt`, text] as const];
  });
  return Object.fromEntries(
    (await Promise.all(all)).flat().map(([path, text]) => [path, packed(text)]),
  );
}
