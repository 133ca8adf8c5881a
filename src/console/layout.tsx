/** What every page of the console has around it. */
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Session } from "../http/session.ts";
import { ICON_URL, scriptUrl, STYLE_URL } from "./assets.ts";
import { FormToken } from "./parts.tsx";
import { isIn, type PlaceGroup, placesFor } from "./places.ts";

export interface Frame {
  title: string;
  siteName: string;
  /** Nobody is signed in on the sign-in page. */
  session: Session | null;
  /** Path of the page, which marks its place in the menu. */
  path: string;
}

const Groups = ({ groups, path }: { groups: readonly PlaceGroup[]; path: string }) => (
  <>
    {groups.map(({ name, places }) => (
      <div class="group">
        <p>{name}</p>
        <ul>
          {places.map((place) => (
            <li>
              <a href={place.href} aria-current={isIn(path, place) ? "page" : undefined}>
                {place.name}
              </a>
            </li>
          ))}
        </ul>
      </div>
    ))}
  </>
);

/** Twice, of which the style shows one: beside the page where there is room, else folded away on top of it. */
const Menu = ({ session, path }: { session: Session; path: string }) => {
  const groups = placesFor(session.role);
  const here = groups.flatMap(({ places }) => places).find((place) => isIn(path, place));
  return (
    <>
      <nav class="menu beside" aria-label="Console">
        <Groups groups={groups} path={path} />
      </nav>
      <nav class="menu folded" aria-label="Console">
        <details>
          <summary>Menu{here && <span class="soft"> · {here.name}</span>}</summary>
          <Groups groups={groups} path={path} />
        </details>
      </nav>
    </>
  );
};

const Who = ({ session }: { session: Session }) => (
  <form class="who" method="post" action="/_u/console/sign-out">
    <FormToken session={session} />
    <a href="/_u/console/session" title="Your session">
      <span>{session.role}</span>
    </a>
    <button class="quiet" type="submit">
      Sign out
    </button>
  </form>
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
      <script src={scriptUrl("main")} defer />
    </head>
    <body class={session ? "inside" : undefined}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/_u/console/">
          Usher <span>{siteName}</span>
        </a>
        {session && <Who session={session} />}
      </header>
      {session && <Menu session={session} path={path} />}
      <main id="main" tabindex={-1}>
        {children}
      </main>
    </body>
  </html>
);

/** They turn what follows back to front, so that one address is shown as another; no language is written with them. */
const OVERRIDES = /[\u{202d}\u{202e}]/gu;

export const renderPage = (frame: Frame, body: ComponentChildren): string =>
  `<!doctype html>${renderToString(<Document {...frame}>{body}</Document>)}`.replaceAll(
    OVERRIDES,
    "\u{fffd}",
  );
