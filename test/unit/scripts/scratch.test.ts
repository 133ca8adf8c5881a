import { rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { scratch } from "../../../scripts/scratch.ts";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

function folderIn(memory: string): string {
  const folder = scratch(memory);
  made.push(folder);
  return folder;
}

test("what a run of the tests throws away goes into memory where there is room, each run's into a folder of its own", () => {
  const [one, other] = [folderIn(tmpdir()), folderIn(tmpdir())];
  expect(statSync(one).isDirectory()).toBe(true);
  expect(dirname(one)).toBe(tmpdir());
  expect(one).not.toBe(other);
});

test("where there is no memory to write to, it goes to the usual place", () => {
  expect(dirname(folderIn(join(tmpdir(), "nowhere")))).toBe(tmpdir());
  // There, but without any room.
  expect(dirname(folderIn("/proc"))).toBe(tmpdir());
});
