/** The snippet: what a site loads with one script tag. It never throws into the page. */
import { run } from "./start.ts";

try {
  const tag = (document.currentScript ??
    document.querySelector("script[data-write-key]")) as HTMLScriptElement;
  const { writeKey, auto } = tag.dataset;
  run(new URL(tag.src, location.href).origin, writeKey!, auto !== "off");
} catch {
  // A page so unusual that we can't even start: it works without us.
}
