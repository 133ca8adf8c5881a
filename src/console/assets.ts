/** The console's one style sheet, its scripts and its picture, under names that change with what is in them. */
import { consoleScripts } from "../../dist/console.ts";
import { Problem } from "../domain/problem.ts";
import { hash32 } from "../domain/slice/tally.ts";
import type { Handler } from "../http/context.ts";
import { STYLE } from "./style.ts";

const named = (path: string, content: string): string =>
  `${path}?v=${hash32(content).toString(36)}`;

export const STYLE_URL = named("/_u/console/style.css", STYLE);

/** The address of `src/browser/console/<name>.ts`. `main` is on every page, others where a page names them. */
export const scriptUrl = (name: string): string =>
  named(`/_u/console/script/${name}.js`, consoleScripts[name] ?? "");

/** A seat with its light. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5c8f"/><path d="M10 7v10a6 6 0 0 0 12 0V7" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round"/><circle cx="16" cy="27" r="2" fill="#fff"/></svg>`;
export const ICON_URL = named("/_u/console/icon.svg", ICON);

const file = (type: string, content: string): Response =>
  new Response(content, {
    headers: {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    },
  });

export const getStyle: Handler = async () => file("text/css", STYLE);
export const getIcon: Handler = async () => file("image/svg+xml", ICON);

export const getScript: Handler = async (request) => {
  const name = request.params["name"] ?? "";
  const code = Object.hasOwn(consoleScripts, name) ? consoleScripts[name] : undefined;
  if (code === undefined) throw new Problem("not_found", "There is no such script.");
  return file("text/javascript", code);
};
