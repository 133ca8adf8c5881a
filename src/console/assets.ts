/** The console's one style sheet and one script, under names that change with what is in them. */
import { hash32 } from "../domain/slice/tally.ts";
import type { Handler } from "../http/context.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

const named = (path: string, content: string): string =>
  `${path}?v=${hash32(content).toString(36)}`;

export const STYLE_URL = named("/_u/console/style.css", STYLE);
export const SCRIPT_URL = named("/_u/console/script.js", SCRIPT);

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
