/**
 * `npm run release`: freezes the snippet under the version that package.json names. What was released is never changed: a
 * page that names its hash must get these bytes for ever. Other bytes need another version, and a word in CHANGELOG.md.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { build, hashOf } from "./build.ts";
import { CHANGELOG, type Release, releaseFolder, releases } from "./releases.ts";

export async function release(today: string): Promise<Release> {
  const { version, snippet } = await build();
  const known = (await releases()).find((each) => each.version === version);
  if (known && known.integrity === snippet.integrity) return known;
  if (known)
    throw new Error(
      `${version} is released with other bytes. Raise the version in package.json; a release never changes.`,
    );
  if (!(await readFile(CHANGELOG, "utf8")).includes(`## ${version}`))
    throw new Error(`CHANGELOG.md says nothing of ${version}: what changed, why, and what to do.`);
  const made: Release = {
    version,
    date: today,
    integrity: hashOf(snippet.code),
    bytes: Buffer.byteLength(snippet.code),
    gzipped: snippet.gzipped,
  };
  const folder = releaseFolder(version);
  if (!existsSync(folder)) await mkdir(folder, { recursive: true });
  await writeFile(`${folder}usher.js`, snippet.code);
  await writeFile(`${folder}manifest.json`, `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

if (import.meta.main) {
  try {
    const { version, integrity } = await release(new Date().toISOString().slice(0, 10));
    console.log(`usher ${version}\n${integrity}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
