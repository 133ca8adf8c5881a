/**
 * `npm run storybook`: every page of the console rendered from fixed data (`test/storybook/*.tsx`), with the console's own
 * style, scripts and headers. No Worker, no data. `PORT` overrides 6007.
 */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build as bundle } from "esbuild";
import { build } from "./build.ts";

export interface Storybook {
  readonly stories: readonly {
    readonly name: string;
    readonly title: string;
    readonly path: string;
  }[];
  /** Of the console's routes that are fetched, their paths. */
  readonly routes: readonly string[];
  /** @param path with no query */
  answer(path: string): Promise<Response>;
}

const root = fileURLToPath(new URL("../", import.meta.url));

const isStories = (name: string): boolean => name.endsWith(".tsx") && name !== "render.tsx";

/** Bundles the stories with the pages they show, since Node reads no JSX. Needs `build()` to have run. */
export async function openStorybook(): Promise<Storybook> {
  const files = (await readdir(`${root}test/storybook`)).filter(isStories).toSorted();
  const entry = [
    'import { answer as answerWith, routes } from "./test/storybook/render.tsx";',
    "export { routes };",
    ...files.map((file, n) => `import { stories as s${n} } from "./test/storybook/${file}";`),
    `export const stories = [${files.map((_, n) => `...s${n}`).join(", ")}];`,
    "export const answer = (path) => answerWith(path, stories);",
  ].join("\n");
  const built = await bundle({
    absWorkingDir: root,
    stdin: { contents: entry, resolveDir: root, sourcefile: "storybook.js" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node24",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "error",
  });
  // A name of its own: two storybooks may open side by side.
  const folder = `${root}dist/storybook`;
  const file = `${folder}/${process.pid}-${Date.now()}.mjs`;
  await mkdir(folder, { recursive: true });
  await writeFile(file, built.outputFiles[0]?.text ?? "");
  try {
    const book = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Storybook;
    const names = book.stories.map(({ name }) => name);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice) throw new Error(`two stories are named ${twice}`);
    return book;
  } finally {
    await rm(file, { force: true });
  }
}

/** Serves it as Cloudflare would: compressed. @param port 0 for a free one */
export async function serveStorybook(book: Storybook, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://storybook.invalid");
    void book
      .answer(pathname)
      .then(async (answer) => {
        const body = gzipSync(Buffer.from(await answer.arrayBuffer()));
        const headers = { ...Object.fromEntries(answer.headers), "content-encoding": "gzip" };
        response.writeHead(answer.status, headers).end(body);
      })
      .catch((error: unknown) => {
        console.error(error);
        response.writeHead(500).end();
      });
  });
  await new Promise<void>((done) => server.listen(port, "localhost", done));
  return server;
}

if (import.meta.main) {
  await build();
  const book = await openStorybook();
  const port = Number(process.env["PORT"] ?? 6007);
  await serveStorybook(book, port);
  console.log(`${book.stories.length} pages of the console at http://localhost:${port}/`);
}
