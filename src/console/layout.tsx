/** What every page of the console has around it. */
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import { mayDo, type Needed } from "../http/auth.ts";
import type { Session } from "../http/session.ts";
import { ICON_URL, SCRIPT_URL, STYLE_URL } from "./assets.ts";
import { FormToken } from "./parts.tsx";

interface Place {
  name: string;
  href: string;
  for: Needed;
}

/** The console's pages, in the order of the menu. */
const PLACES: readonly Place[] = [
  { name: "Overview", href: "/_u/console/", for: "marketer" },
  { name: "People", href: "/_u/console/people", for: "either" },
  { name: "Requests", href: "/_u/console/requests", for: "officer" },
];

export interface Frame {
  title: string;
  siteName: string;
  /** Nobody is signed in on the sign-in page. */
  session: Session | null;
  /** Path of the page, which marks its place in the menu. */
  path: string;
}

/** The first page is a place of its own, not the parent of all. */
const isIn = (path: string, href: string): boolean =>
  href.endsWith("/") ? path === href : path.startsWith(href);

const Menu = ({ session, path }: { session: Session; path: string }) => (
  <>
    <nav aria-label="Console">
      <ul>
        {PLACES.filter((place) => mayDo(session.role, place.for)).map(({ name, href }) => (
          <li>
            <a href={href} aria-current={isIn(path, href) ? "page" : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
    <form class="who" method="post" action="/_u/console/sign-out">
      <FormToken session={session} />
      <span>{session.role}</span>
      <button class="quiet" type="submit">
        Sign out
      </button>
    </form>
  </>
);

const Document = ({
  title,
  siteName,
  session,
  path,
  children,
}: Frame & { children: ComponentChildren }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="robots" content="noindex" />
      <title>{`${title} · Usher`}</title>
      <link rel="icon" href={ICON_URL} />
      <link rel="stylesheet" href={STYLE_URL} />
      <script src={SCRIPT_URL} defer />
    </head>
    <body>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/_u/console/">
          Usher <span>{siteName}</span>
        </a>
        {session && <Menu session={session} path={path} />}
      </header>
      <main id="main" tabindex={-1}>
        {children}
      </main>
    </body>
  </html>
);

export const renderPage = (frame: Frame, body: ComponentChildren): string =>
  `<!doctype html>${renderToString(<Document {...frame}>{body}</Document>)}`;
