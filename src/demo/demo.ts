/**
 * The site of a football club that never was, served in development beside the Worker. It is instrumented like a
 * customer's: one script tag and calls of the public snippet, nothing else.
 */
import { siteScript, siteStyle } from "../../dist/demo.ts";
import { layout, type Page, type Site } from "./layout.ts";
import { articleBySlug } from "./news/articles.ts";
import { signIn } from "./pages/account.ts";
import { app, notFound, privacy, thanks } from "./pages/club.ts";
import { home } from "./pages/home.ts";
import { isTopic, newsArticle, newsList } from "./pages/news.ts";
import { confirmation, newsletter, survey } from "./pages/newsletter.ts";
import { membership, shop, tickets } from "./pages/sales.ts";
import { CREST_FILE } from "./pictures.ts";

export type { Site } from "./layout.ts";

const PAGES: Readonly<Record<string, Page>> = {
  "/": home,
  "/app": app,
  "/membership": membership,
  "/newsletter": newsletter,
  "/newsletter/confirm": confirmation,
  "/privacy": privacy,
  "/shop": shop,
  "/sign-in": signIn,
  "/thanks": thanks,
  "/tickets": tickets,
};

/** Forms that work without the script, too. */
const FORMS = new Set([
  "/membership",
  "/newsletter",
  "/newsletter/confirm",
  "/shop",
  "/sign-in",
  "/survey",
  "/tickets",
]);

const SECURITY = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
    "require-trusted-types-for 'script'; trusted-types 'none'",
  "referrer-policy": "strict-origin-when-cross-origin",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
};

/** The demo's answer, or null for what isn't the demo's: everything below `/_u/` and `/.well-known/`. */
export async function demo(request: Request, site: Site): Promise<Response | null> {
  const url = new URL(request.url);
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, "") : url.pathname;
  if (/^\/(_u|\.well-known)(\/|$)/.test(path)) return null;

  if (request.method === "POST" && FORMS.has(path)) {
    return new Response(null, { status: 303, headers: { ...SECURITY, location: "/thanks" } });
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response(null, { status: 405, headers: { ...SECURITY, allow: "GET, HEAD" } });
  }
  const answer = (await file(path, url, site)) ?? document(pageAt(path, url), site, path);
  return request.method === "HEAD" ? new Response(null, answer) : answer;
}

async function file(path: string, url: URL, site: Site): Promise<Response | undefined> {
  switch (path) {
    case "/demo/site.css":
      return text(siteStyle, "text/css");
    case "/demo/site.js":
      return text(siteScript, "text/javascript");
    case "/demo/crest.svg":
      return text(CREST_FILE, "image/svg+xml");
    case "/demo/token": {
      const [user, email] = [url.searchParams.get("user"), url.searchParams.get("email")];
      if ((!user && !email) || !site.demoToken) return undefined;
      const token = await site.demoToken({ user, email });
      return text(JSON.stringify({ token }), "application/json");
    }
    default:
      return undefined;
  }
}

function pageAt(path: string, url: URL): Page {
  const word = url.searchParams.get("topic") ?? "";
  const topic = isTopic(word) ? word : undefined;
  if (path === "/news") return newsList(topic);
  if (path === "/survey") return survey(topic);
  if (path.startsWith("/news/")) {
    const article = articleBySlug(path.slice("/news/".length));
    return article ? newsArticle(article) : notFound;
  }
  return (Object.hasOwn(PAGES, path) && PAGES[path]) || notFound;
}

function document(page: Page, site: Site, path: string): Response {
  return text(layout(page, site, path), "text/html", page.status);
}

function text(body: string, type: string, status = 200): Response {
  return new Response(body, {
    status,
    headers: { ...SECURITY, "content-type": `${type}; charset=utf-8` },
  });
}
