/** `npm start` where it can't serve: it says so before it touches anything. */
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
let taken: Server | undefined;
afterEach(() => new Promise<void>((done) => (taken ? taken.close(() => done()) : done())));

const start = (port: string): Promise<{ code: number | null; said: string }> =>
  new Promise((done) => {
    const child = spawn(process.execPath, ["scripts/start.ts"], {
      cwd: root,
      env: { ...process.env, PORT: port },
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.on("close", (code) => done({ code, said }));
  });

test("a port that something else listens on is named, and how to take another", async () => {
  taken = createServer();
  const port = await new Promise<number>((done) =>
    taken!.listen(0, "localhost", () => {
      const address = taken!.address();
      done(typeof address === "object" && address ? address.port : 0);
    }),
  );
  const { code, said } = await start(String(port));
  expect(said).toBe(
    `Something else listens on localhost:${port}: stop it, or take another port, like PORT=8788 npm start\n`,
  );
  expect(code).toBe(1);
});

test.each(["eighty", "0", "65536", "1.5"])("PORT=%s is no port", async (port) => {
  const { code, said } = await start(port);
  expect(said).toBe("PORT has to be a number from 1 to 65535.\n");
  expect(code).toBe(1);
});
