import { CLUB } from "./club.ts";
import { html, json, type Markup } from "./html.ts";
import { CREST } from "./pictures.ts";

/** What the Worker tells the demo about the site it plays. */
export interface Site {
  readonly siteName: string;
  readonly writeKey: string;
  /** Signs an identity token, as the site's own server would after a sign-in, or when the link in a letter was followed. Empty for nobody. */
  readonly demoToken?: (who: { user: string | null; email: string | null }) => Promise<string>;
}

export interface Page {
  readonly title: string;
  readonly description: string;
  readonly main: Markup;
  /** Goes with the page view: `data-usher-props`. `topic` and `section` say what is read about, `area` only where. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly status?: number;
}

const NAVIGATION = [
  ["/news", "News"],
  ["/tickets", "Tickets"],
  ["/shop", "Shop"],
  ["/app", "App"],
  ["/membership", "Members"],
] as const;

const link = (path: string, href: string, label: string): Markup =>
  path === href || path.startsWith(`${href}/`)
    ? html`<a href="${href}" aria-current="page">${label}</a>`
    : html`<a href="${href}">${label}</a>`;

/** The whole document. `path` is where the visitor is. */
export function layout(page: Page, site: Site, path: string): string {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="application-name" content="${site.siteName}" />
        <meta name="description" content="${page.description}" />
        <title>${path === "/" ? page.title : `${page.title} · ${CLUB}`}</title>
        <link rel="icon" href="/demo/crest.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/demo/site.css" />
        <script src="/_u/usher.js" data-write-key="${site.writeKey}" defer></script>
        <script src="/demo/site.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <div class="inside">
            <a class="brand" href="/">${CREST}<span>${CLUB}</span></a>
            <nav aria-label="Main">
              ${NAVIGATION.map(([href, label]) => link(path, href, label))}
            </nav>
            <a class="account" href="/sign-in" data-account>Sign in</a>
          </div>
        </header>
        <main id="main" tabindex="-1" data-usher-props="${json(page.properties ?? {})}">
          ${page.main}
        </main>
        <footer class="bottom">
          <div class="inside">
            <p>${CREST}<span>${CLUB}, by the sea since 1926. A club that never was.</span></p>
            <nav aria-label="Club">
              <a href="/newsletter">Newsletter</a>
              <a href="/privacy">Privacy</a>
              <a href="/_u/me">What is known about me</a>
              <button type="button" class="plain" data-cookie-settings>Cookie settings</button>
            </nav>
          </div>
        </footer>
      </body>
    </html>`;
  return document.markup;
}

const DATE = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "long",
  timeZone: "UTC",
});

/** "Sat 28 November" of YYYY-MM-DD, in a `time` element. */
export const day = (date: string): Markup =>
  html`<time datetime="${date}"
    >${DATE.format(new Date(`${date}T12:00:00Z`)).replace(",", "")}</time
  >`;
