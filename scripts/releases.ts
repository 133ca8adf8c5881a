/** The archive of released snippets: `releases/<version>/usher.js` and its manifest, kept in git for ever. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const archive = fileURLToPath(new URL("../releases/", import.meta.url));
export const CHANGELOG: string = fileURLToPath(new URL("../CHANGELOG.md", import.meta.url));

export interface Release {
  readonly version: string;
  /** `2026-11-22` */
  readonly date: string;
  /** For the `integrity` attribute. */
  readonly integrity: string;
  readonly bytes: number;
  readonly gzipped: number;
}

export const releaseFolder = (version: string): string => `${archive}${version}/`;

/** Newest first. */
export async function releases(): Promise<Release[]> {
  const versions = (await readdir(archive)).filter((name) => /^\d+\.\d+\.\d+$/.test(name));
  const all = await Promise.all(
    versions.map(
      async (version) =>
        JSON.parse(await readFile(`${releaseFolder(version)}manifest.json`, "utf8")) as Release,
    ),
  );
  return all.sort((a, b) => b.version.localeCompare(a.version, "en", { numeric: true }));
}

export const releasedCode = (version: string): Promise<string> =>
  readFile(`${releaseFolder(version)}usher.js`, "utf8");
