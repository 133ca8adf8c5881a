/**
 * What a page of the console does by itself: it tells times in the reader's own zone. Everything else works without. Kept
 * as text, since it runs in the browser and is far too small to bundle.
 */
export const SCRIPT = `"use strict";
const formats = {
  full: new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }),
  time: new Intl.DateTimeFormat(undefined, { timeStyle: "short" }),
};
const zone = new Intl.DateTimeFormat(undefined, { timeZoneName: "short" });
for (const time of document.querySelectorAll("time[data-local]")) {
  const at = new Date(time.dateTime);
  const short = zone.formatToParts(at).find((part) => part.type === "timeZoneName");
  time.title = time.textContent;
  time.textContent = formats[time.dataset.local].format(at) + (short ? " " + short.value : "");
}
`;
