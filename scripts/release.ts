/**
 * `npm run release`: freezes the snippet, the module and its types under the version that package.json names. What was released is never changed: a
 * page that names its hash must get these bytes for ever. Other bytes need another version, and a word in CHANGELOG.md.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build, type Built, hashOf } from "./build.ts";
import {
  CHANGELOG,
  type Frozen,
  MODULE,
  type Release,
  releaseFolder,
  releases,
} from "./releases.ts";

/** What a release of that build has: its files, and the manifest that tells their hashes. */
export function releaseOf(
  { version, snippet, module, types }: Pick<Built, "version" | "snippet" | "module" | "types">,
  today: string,
): { manifest: Release; files: Readonly<Record<string, string>> } {
  const others = { [MODULE]: module.code, ...types };
  const manifest: Release = {
    version,
    date: today,
    ...frozen(snippet.code),
    others: Object.fromEntries(Object.entries(others).map(([file, code]) => [file, frozen(code)])),
  };
  return { manifest, files: { "usher.js": snippet.code, ...others } };
}

const frozen = (code: string): Frozen => ({
  integrity: hashOf(code),
  bytes: Buffer.byteLength(code),
  gzipped: gzipSync(code, { level: 9 }).byteLength,
});

/** Whether a build still makes what was released. What was released without a module says nothing of it. */
export const isSame = (known: Release, made: Release): boolean =>
  known.integrity === made.integrity &&
  Object.entries(known.others ?? {}).every(
    ([file, { integrity }]) => made.others?.[file]?.integrity === integrity,
  );

export async function release(today: string): Promise<Release> {
  const { manifest, files } = releaseOf(await build(), today);
  const { version } = manifest;
  const known = (await releases()).find((each) => each.version === version);
  if (known && isSame(known, manifest)) return known;
  if (known)
    throw new Error(
      `${version} is released with other bytes. Raise the version in package.json; a release never changes.`,
    );
  if (!(await readFile(CHANGELOG, "utf8")).includes(`## ${version}`))
    throw new Error(`CHANGELOG.md says nothing of ${version}: what changed, why, and what to do.`);
  const folder = releaseFolder(version);
  if (!existsSync(folder)) await mkdir(folder, { recursive: true });
  for (const [file, code] of Object.entries(files)) await writeFile(folder + file, code);
  await writeFile(`${folder}manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

if (import.meta.main) {
  try {
    const { version, integrity, others } = await release(new Date().toISOString().slice(0, 10));
    console.log(`usher ${version}\n${integrity}`);
    for (const [file, { integrity: hash }] of Object.entries(others ?? {}))
      console.log(`${file}\n${hash}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
