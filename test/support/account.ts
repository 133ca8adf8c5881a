/** A folder with a wrangler.toml of its own and a wrangler that does nothing but ask the test what to answer. */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Account {
  dir: string;
  /** Path of its wrangler.toml. */
  config: string;
  /** With its wrangler before any other. */
  env: Record<string, string | undefined>;
  /** Databases made, in their order. */
  made: string[];
  close(): void;
}

/** @param deployed called with every deployment, which waits for it */
export async function openAccount(deployed: () => Promise<void>): Promise<Account> {
  const dir = mkdtempSync(join(tmpdir(), "usher-account-"));
  for (const folder of ["bin", "scripts"]) mkdirSync(join(dir, folder));
  const config = join(dir, "wrangler.toml");
  copyFileSync(join(root, "wrangler.toml"), config);
  writeFileSync(join(dir, "package.json"), `{"type":"module"}`);
  writeFileSync(join(dir, "scripts", "build.ts"), "");
  const made: string[] = [];
  const id = (n: number): string => `00000000-0000-0000-0000-${String(n).padStart(12, "1")}`;
  const answer = async ([first, second, third = ""]: string[]): Promise<string> => {
    if (second === "create") made.push(third);
    if (first === "deploy") await deployed();
    if (second !== "list") return "";
    return `words first\n${JSON.stringify(made.map((name, n) => ({ name, uuid: id(n) })))}`;
  };
  const server = createServer((request, response) => {
    const args = JSON.parse(decodeURIComponent(request.url?.slice(1) ?? "")) as string[];
    void answer(args).then((said) => response.end(said));
  }).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as AddressInfo;
  const wrangler = join(dir, "bin", "wrangler");
  writeFileSync(
    wrangler,
    `#!${process.execPath}\nconst args = encodeURIComponent(JSON.stringify(process.argv.slice(2)));\nconst answer = await fetch("http://127.0.0.1:${port}/" + args);\nprocess.stdout.write(await answer.text());\n`,
  );
  chmodSync(wrangler, 0o755);
  return {
    dir,
    config,
    made,
    env: { ...process.env, PATH: `${join(dir, "bin")}:${process.env["PATH"]}` },
    close() {
      server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
