/** The console is in English; its months are words and its hours go to 24, so that no day is taken for a month. */
const LANGUAGE = "en-GB";
const FORMATS = {
  full: new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" }),
  time: new Intl.DateTimeFormat(LANGUAGE, { timeStyle: "short" }),
  seconds: new Intl.DateTimeFormat(LANGUAGE, { timeStyle: "medium" }),
} as const;
const ZONE = new Intl.DateTimeFormat(LANGUAGE, { timeZoneName: "short" });

const zoneAt = (at: Date): string =>
  ZONE.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";

/** Rewrites each `<time data-local>` below `root` in the reader's zone; what the server said stays as its title. */
export function localTimes(root: ParentNode): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-local]")) {
    const at = new Date(time.dateTime);
    const said = time.dataset["local"];
    const format = FORMATS[said === "time" || said === "seconds" ? said : "full"];
    time.title = time.textContent ?? "";
    time.textContent = `${format.format(at)} ${zoneAt(at)}`.trim();
    time.removeAttribute("data-local");
  }
}
