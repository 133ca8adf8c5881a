/** `npm run reshard` with a site and an account that are played: what it asks for in which order, and where it goes on. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { boundIn, databases } from "../../../scripts/databases.ts";
import { withDatabase, withShards } from "../../../scripts/reshard/config.ts";
import { type Account, openAccount } from "../../support/account.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

let account: Account;
let site: Server;
let state: { step: string | null; from?: string[]; to?: string[]; wrong?: string };
let deployed: { shards: string[]; bound: string[] };
let done: string[];
/** After which answer the copy turns out to be wrong. */
let fails = false;
/** Whether a Worker with the new shards has written there. */
let landed = false;

const NEXT: Readonly<Record<string, string>> = {
  lock: "copy",
  copy: "check",
  check: "switch",
  clean: "done",
  undo: "undone",
  back: "switch",
};

function answer(method: string, token: string | undefined, text: string): [number, object] {
  if (token !== "Bearer owner") return [401, { error: { message: "a token" } }];
  const body = (method === "POST" ? JSON.parse(text) : {}) as { to?: string[]; undo?: true };
  if (body.to) {
    done.push(`begin ${body.to.join()}`);
    state = { step: "lock", from: deployed.shards, to: body.to };
  } else if (body.undo) {
    done.push("undo");
    state = { ...state, step: landed ? "back" : "undo" };
  } else if (method === "POST" && state.step === "check" && fails)
    state = { ...state, step: "failed", wrong: "events" };
  else if (method === "POST" && state.step === "switch")
    state = { ...state, step: deployed.shards.join() === state.to?.join() ? "clean" : "switch" };
  else if (method === "POST") state = { ...state, step: NEXT[state.step ?? ""] ?? state.step };
  return [200, { ...state, ...deployed }];
}

beforeEach(async () => {
  [state, done, fails, landed] = [{ step: null }, [], false, false];
  account = await openAccount(async () => {
    const { names, shards } = await boundIn(account.config);
    deployed = { shards, bound: names };
    done.push(`deploy ${shards.join()} of ${names.join()}`);
  });
  deployed = { shards: ["DB"], bound: ["DB"] };
  site = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const [status, said] = answer(request.method ?? "", request.headers.authorization, text);
      response.writeHead(status).end(JSON.stringify(said));
    });
  }).listen(0, "127.0.0.1");
  await new Promise((listening) => site.once("listening", listening));
});

afterEach(() => {
  account.close();
  site.close();
});

function reshard(...args: string[]): Promise<{ status: number | null; said: string }> {
  const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  const child = spawn(
    "node",
    ["scripts/reshard.ts", "--site", url, "--dir", account.dir, "--every", "0", ...args],
    { cwd: root, env: { USHER_TOKEN: "owner", ...account.env } },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise((ended) => child.on("close", (status) => ended({ status, said })));
}

test("databases are made and deployed beside the old shards, filled, and only then deployed as shards; again it goes on", async () => {
  fails = true;
  const failed = await reshard("--to", "2");
  expect(failed).toMatchObject({ status: 1 });
  expect(failed.said).toContain("events isn't there as it was");
  expect(failed.said).toContain("After an hour in which nobody did either");
  expect(done).toEqual(["deploy DB of DB,DB_1,DB_2", "begin DB_1,DB_2"]);
  expect(await reshard("--undo")).toMatchObject({ status: 0 });
  expect(state.step).toBe("undone");

  // A deployment that failed has left the new shards in the file: without a word they would be deployed some day.
  expect(readFileSync(account.config, "utf8")).toContain('SHARDS = "DB"');
  writeFileSync(account.config, withShards(readFileSync(account.config, "utf8"), ["DB_1", "DB_2"]));
  state = { step: "switch", from: ["DB"], to: ["DB_1", "DB_2"] };
  const undone = await reshard("--undo");
  expect(undone).toMatchObject({ status: 0 });
  expect(undone.said).not.toContain("hour");
  expect(readFileSync(account.config, "utf8")).toContain('SHARDS = "DB"');
  // Where something has landed in them, there is no way back.
  state = { step: "switch", from: ["DB"], to: ["DB_1", "DB_2"] };
  landed = true;
  expect((await reshard("--undo")).said).toContain("in use already");

  // Left, and taken back by the site itself.
  writeFileSync(account.config, withShards(readFileSync(account.config, "utf8"), ["DB_1", "DB_2"]));
  [state, done, fails, landed] = [{ step: "undone" }, [], true, false];
  expect((await reshard("--to", "2")).said).toContain("events isn't there");
  expect(done).toEqual(["begin DB_1,DB_2"]);

  // What was made is taken again. Killed on the way, it goes on where it was.
  [fails, done] = [false, []];
  state = { step: "copy", from: ["DB"], to: ["DB_1", "DB_2"] };
  const { status, said } = await reshard("--to", "2");
  expect({ status, said }).toMatchObject({ status: 0, said: expect.stringContaining("Done.") });
  expect(done).toEqual(["deploy DB_1,DB_2 of DB,DB_1,DB_2"]);
  expect(account.made).toEqual(["usher-1", "usher-2"]);
  expect(readFileSync(account.config, "utf8")).toContain('SHARDS = "DB_1,DB_2"');

  // Back to one, which is there.
  done = [];
  expect((await reshard("--to", "1")).said).toContain("DB_1, DB_2 is empty now");
  expect(done).toEqual(["begin DB", "deploy DB of DB,DB_1,DB_2"]);
  expect(await reshard("--to", "1")).toMatchObject({ status: 1 });
});

test("taking back what nobody is moving is answered at once; what the site took back by itself leaves the old shards in the file", async () => {
  const file = (): string => readFileSync(account.config, "utf8");
  const before = file();
  state = { step: null };
  expect(await reshard("--undo")).toMatchObject({
    status: 1,
    said: expect.stringContaining("Nothing is being moved"),
  });
  expect(file()).toBe(before);
  // The deployment with the new shards failed, and nobody came back within the hour.
  writeFileSync(account.config, withShards(before, ["DB_1", "DB_2"]));
  state = { step: "undone", from: ["DB"], to: ["DB_1", "DB_2"] };
  expect(await reshard("--undo")).toMatchObject({ status: 0 });
  expect(file()).toContain('SHARDS = "DB"');
  // What is switched to has no way back, and is left in the file.
  state = { step: "clean", from: ["DB"], to: ["DB_1", "DB_2"] };
  writeFileSync(account.config, withShards(before, ["DB_1", "DB_2"]));
  deployed = { shards: ["DB_1", "DB_2"], bound: ["DB", "DB_1", "DB_2"] };
  expect(await reshard("--undo")).toMatchObject({
    status: 1,
    said: expect.stringContaining("in use already"),
  });
  expect(file()).toContain('SHARDS = "DB_1,DB_2"');
  expect(done).toEqual([]);
});

test("what was mistyped is said in words, and nothing is written", async () => {
  const before = readFileSync(account.config, "utf8");
  for (const [args, words] of [
    [["--too", "2"], "--too"],
    [["--to", "2", "--site", "localhost"], "isn't an address like https://www.example.org"],
    [["--undo", "--site", "http://localhost:1"], "http://localhost:1 doesn't answer"],
    [["--to", "1"], "over 1 already"],
  ] as const) {
    const { status, said } = await reshard(...args);
    expect({ status, said }).toEqual({ status: 1, said: expect.stringContaining(words) });
    expect(said).not.toContain("at ");
  }
  expect((await reshard("--to", "0")).said).toContain("--undo");
  expect(readFileSync(account.config, "utf8")).toBe(before);
  expect(done).toEqual([]);
});

test("a wrong token ends it, with nothing done", async () => {
  account.env["USHER_TOKEN"] = "other";
  expect((await reshard("--to", "2")).said).toContain("401: a token");
  expect({ done, made: account.made }).toEqual({ done: [], made: [] });
});

test("shards are those that are named, whatever else is bound; one that isn't bound is refused", async () => {
  const written = (change: (toml: string) => string): string => {
    writeFileSync(account.config, change(readFileSync(account.config, "utf8")));
    return account.config;
  };
  written((toml) => withDatabase(toml, "DB_4", "usher-4", "00000000-0000-0000-0000-000000000004"));
  // Without a word on shards a gap would hide what lies behind it.
  await expect(databases(account.config)).rejects.toThrow("but no DB_1");
  written((toml) => withShards(toml, ["DB_4"]));
  expect(await boundIn(account.config)).toMatchObject({ names: ["DB", "DB_4"], shards: ["DB_4"] });
  written((toml) => withShards(toml, ["DB_5"]));
  await expect(databases(account.config)).rejects.toThrow("but no DB_5");
  const bare = '[vars]\nWRITE_KEY = "a"\n';
  expect(withShards(bare, ["DB"])).toBe('[vars]\nSHARDS = "DB"\nWRITE_KEY = "a"\n');
});
