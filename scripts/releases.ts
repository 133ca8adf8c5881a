/**
 * The archive of released snippets, kept in git for ever: `releases/<version>/usher.js` and its manifest, since 0.3 also the
 * module for sites that bundle their scripts, `usher.mjs`, and its types.
 */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const archive = fileURLToPath(new URL("../releases/", import.meta.url));
export const CHANGELOG: string = fileURLToPath(new URL("../CHANGELOG.md", import.meta.url));

export interface Frozen {
  /** For the `integrity` attribute. */
  readonly integrity: string;
  readonly bytes: number;
  readonly gzipped: number;
}

export interface Release extends Frozen {
  readonly version: string;
  /** `2026-11-22` */
  readonly date: string;
  /** What is frozen beside the snippet, by the file's name. */
  readonly others?: Readonly<Record<string, Frozen>>;
}

export const MODULE = "usher.mjs";

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

export const releasedCode = (version: string, file = "usher.js"): Promise<string> =>
  readFile(releaseFolder(version) + file, "utf8");
