/** The console's one style sheet, one script and one picture, under names that change with what is in them. */
import { hash32 } from "../domain/slice/tally.ts";
import type { Handler } from "../http/context.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

const named = (path: string, content: string): string =>
  `${path}?v=${hash32(content).toString(36)}`;

export const STYLE_URL = named("/_u/console/style.css", STYLE);
export const SCRIPT_URL = named("/_u/console/script.js", SCRIPT);

/** A seat with its light. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5c8f"/><path d="M10 7v10a6 6 0 0 0 12 0V7" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round"/><circle cx="16" cy="27" r="2" fill="#fff"/></svg>`;
export const ICON_URL = named("/_u/console/icon.svg", ICON);

const asset =
  (type: string, content: string): Handler =>
  async () =>
    new Response(content, {
      headers: {
        "content-type": `${type}; charset=utf-8`,
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
      },
    });

export const getStyle = asset("text/css", STYLE);
export const getScript = asset("text/javascript", SCRIPT);
export const getIcon = asset("image/svg+xml", ICON);
