/** A site of its own, for the Worker to stand before: pages packed and plain, files, ranges, redirects. */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";

export const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tickets – Süd</title></head><body>${"<p>Row</p>".repeat(20_000)}</body></html>`;
/** A text element where the parser can't know how it would be read. */
export const STRANGE = "<select><xmp>a</xmp><title>b</title></select><p>end</p>";
export const SLOT = '<div data-usher-slot="home" data-usher-dismiss="No & thanks"></div>';
const BINARY = randomBytes(300_000);

export interface Origin {
  url: string;
  /** Requests that reached it. */
  seen: { path: string; headers: IncomingHttpHeaders }[];
  close(): Promise<void>;
}

export async function startOrigin(): Promise<Origin> {
  let site = "";
  const seen: Origin["seen"] = [];
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", site);
    seen.push({ path: request.url ?? "", headers: request.headers });
    const html = {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "public, max-age=60",
      etag: '"1"',
    };
    if (url.pathname === "/gzip.html")
      return response.writeHead(200, { ...html, "content-encoding": "gzip" }).end(gzipSync(PAGE));
    if (url.pathname === "/br.html")
      return response
        .writeHead(200, { ...html, "content-encoding": "br" })
        .end(brotliCompressSync(PAGE));
    if (url.pathname === "/strange.html")
      return response.writeHead(200, html).end(`${PAGE}${STRANGE}`);
    if (url.pathname === "/slot.html")
      return response.writeHead(200, html).end(PAGE.replace("<body>", `<body>${SLOT}`));
    if (url.pathname === "/old")
      return response.writeHead(301, { location: `${site}/plain.html?x=1` }).end();
    if (url.pathname === "/missing") return response.writeHead(404, html).end(PAGE);
    if (url.pathname === "/nonce.html")
      return response
        .writeHead(200, { ...html, "content-security-policy": "script-src 'nonce-abc123'" })
        .end(PAGE);
    if (url.pathname === "/post") return void request.pipe(response.writeHead(201));
    if (url.pathname === "/movie.bin" || url.pathname === "/movie.gz") {
      const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "");
      if (range) {
        const [from, to] = [Number(range[1]), Number(range[2])];
        return response
          .writeHead(206, {
            "content-type": "video/mp4",
            "content-range": `bytes ${from}-${to}/${BINARY.length}`,
          })
          .end(BINARY.subarray(from, to + 1));
      }
      const packed = url.pathname === "/movie.gz" ? gzipSync(BINARY) : BINARY;
      return response
        .writeHead(200, {
          "content-type": "video/mp4",
          "content-length": String(packed.length),
          ...(packed === BINARY ? {} : { "content-encoding": "gzip" }),
        })
        .end(request.method === "HEAD" ? undefined : packed);
    }
    response.writeHead(200, { ...html, "content-length": String(Buffer.byteLength(PAGE)) });
    return response.end(request.method === "HEAD" ? undefined : PAGE);
  });
  await new Promise<void>((done) => server.listen(0, "localhost", done));
  site = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url: site,
    seen,
    close: () => new Promise<void>((done) => void server.close(() => done())),
  };
}
