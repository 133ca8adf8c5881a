/** What the pages for visitors have around them. They need no script. */
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import { directionOf } from "../../domain/consent/notice.ts";
import { ICON_URL } from "../../console/assets.ts";
import { hash32 } from "../../domain/slice/tally.ts";
import type { Call } from "../context.ts";
import { html } from "../respond.ts";
import { STYLE } from "./style.ts";

const STYLE_URL = `/_u/me/style.css?v=${hash32(STYLE).toString(36)}`;

export const getStyle = (_request: Call): Response =>
  new Response(STYLE, {
    headers: {
      "content-type": "text/css; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    },
  });

export interface Frame {
  lang: string;
  title: string;
  site: string;
}

export function framed(
  { lang, title, site }: Frame,
  body: ComponentChildren,
  status = 200,
): Response {
  const page = (
    <html lang={lang} dir={directionOf(lang) === "rtl" ? "rtl" : undefined}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · ${site}`}</title>
        <link rel="icon" href={ICON_URL} />
        <link rel="stylesheet" href={STYLE_URL} />
      </head>
      <body>{body}</body>
    </html>
  );
  // Without any referrer browsers would hide the origin of the page's own forms as well.
  return html(`<!doctype html>${renderToString(page)}`, status, {
    "referrer-policy": "same-origin",
  });
}
