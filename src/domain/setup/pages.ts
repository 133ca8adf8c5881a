/** Do calls come from everywhere, and can visitors say no? */
import { plainPath } from "./facts.ts";
import {
  type Check,
  ENOUGH,
  found,
  good,
  isSilent,
  LINES,
  many,
  n,
  percent,
  unknown,
} from "./finding.ts";

export const anything: Check = (facts) =>
  isSilent(facts)
    ? found(
        "anything",
        "wrong",
        "Nothing arrives at all",
        [`No call in ${facts.days} days`],
        [
          "Open the install page and put the snippet on every page.",
          "Load a page of the site with the browser's tools open: a call to /_u/v1/… should be answered with 200.",
          "If there is none, a content security policy may keep the script away: allow the site's own origin for scripts and connections.",
        ],
      )
    : good("anything", "Calls arrive");

const CUT_WORDS =
  "Only the first pages of the sitemap are kept: 2,000, from at most 5 files of 2 MB";

/** Seen is known at once; never seen only where everything that came was looked through. */
export const silentPages: Check = ({ sitemap, paths, unconsented, whole, ...facts }) => {
  const sought = facts.sought.pages;
  if (!sitemap)
    return unknown(
      "silent-pages",
      "Whether pages lack the snippet isn't known: the sitemap hasn't been read",
      ["Have the sitemap read, with the button below."],
    );
  const cut = sitemap.cut ? [CUT_WORDS] : [];
  const unseen = sitemap.paths.filter(
    (path) => !paths.has(path) && !sought?.seen.has(path) && !unconsented.has(path),
  );
  const pages = many(sitemap.paths.length, "page");
  if (unseen.length === 0)
    return { ...good("silent-pages", `All ${pages} of the sitemap were seen`), evidence: cut };
  // Views without consent are counted by a path without numbers and names: it may have been this page.
  const maybe = (path: string): boolean => unconsented.has(plainPath(path));
  const isKnown = whole.paths || sought?.whole === true;
  const silent = isKnown ? unseen.filter((path) => !maybe(path)) : [];
  const rest = unseen.length - silent.length;
  const unclear =
    rest === 0
      ? []
      : [
          `Of ${many(rest, "page")} it isn't known: ${
            isKnown
              ? "pages like them were looked at without consent, which is counted without their numbers"
              : `each day's most frequent ones are counted, and ${n(sought?.events ?? 0)} of the newest events were looked through`
          }`,
        ];
  if (silent.length === 0)
    return {
      ...unknown(
        "silent-pages",
        `${n(sitemap.paths.length - unseen.length)} of ${pages} of the sitemap were seen`,
        [
          "Open one of the others and look whether the snippet is in its source.",
          "Look at a shorter range: fewer events are looked through to their end.",
        ],
      ),
      evidence: [...cut, ...unclear, ...unseen].slice(0, LINES),
    };
  return found(
    "silent-pages",
    silent.length * 4 > sitemap.paths.length ? "wrong" : "look",
    `${n(silent.length)} of ${pages} of the sitemap ${silent.length === 1 ? "was" : "were"} never seen`,
    [...cut, ...unclear, ...silent],
    [
      "Open one of them and look whether the snippet is in its source.",
      "A page that nobody visits is no fault: compare with the server's own log.",
      "Pages of another template often lack it: put the snippet into the part that all templates share.",
    ],
  );
};

/** Page views against page views, of the paths that both are counted by. */
export const consentPages: Check = ({ unconsented, paths, whole }) => {
  const recorded = new Map<string, number>();
  for (const [path, views] of paths) {
    const plain = plainPath(path);
    recorded.set(plain, (recorded.get(plain) ?? 0) + views);
  }
  const pages = [...unconsented]
    .map(([path, dropped]) => ({ path, dropped, seen: recorded.get(path) ?? 0 }))
    .filter(({ dropped, seen }) => dropped >= ENOUGH && dropped > seen)
    // A page that isn't in a list that was cut may have been recorded often enough.
    .filter(({ path }) => whole.paths || recorded.has(path))
    .toSorted((a, b) => b.dropped - a.dropped);
  if (pages.length === 0)
    return good("consent-pages", "On no page most views are dropped for want of consent");
  return found(
    "consent-pages",
    "look",
    `On ${many(pages.length, "page")} most views are dropped for want of consent`,
    pages.map(
      ({ path, dropped, seen }) =>
        `${path}: about ${n(dropped)} views dropped, ${n(seen)} recorded (${percent(dropped / (dropped + seen))} dropped)`,
    ),
    [
      "Look whether the banner shows on these pages: a template may leave it out.",
      "If visitors refuse there, that is their right: nothing is to be mended.",
      "Pages with their own consent tool must hand its decision on: see the recipes.",
    ],
  );
};

export const banner: Check = ({ choices: { all, some, none } }) => {
  const answers = all + some + none;
  if (answers < ENOUGH) return unknown("banner", "Too few answers to the banner to judge it");
  if (none * 100 >= answers)
    return good("banner", `${percent(none / answers)} of answers refuse, so refusing works`);
  return found(
    "banner",
    "wrong",
    "Next to nobody refuses: the banner may not let them",
    [`${n(all)} agreed to all, ${n(some)} to some, ${n(none)} to none`],
    [
      "Look at the banner on a phone: refusing must be as easy to reach as agreeing, on the same screen.",
      "Refuse by keyboard alone, and look whether the next call is answered with dropped: consent.",
    ],
  );
};

export const cookies: Check = ({ hosts: { collector, sites } }) => {
  if (sites.length === 0)
    return unknown("cookies", "SITE_ORIGINS names no site, so its cookies can't be judged", [
      "Set SITE_ORIGINS to the site's own addresses.",
    ]);
  const apart = sites.filter((site) => site !== collector);
  if (apart.length === 0)
    return good(
      "cookies",
      "The collector is on the site's own host, so Safari doesn't shorten its cookies",
    );
  return found(
    "cookies",
    "look",
    "Safari may shorten the visitor's cookie to seven days on some hosts",
    apart.map((site) => `${site} calls ${collector}`),
    [
      "Route /_u/* on the same host as the pages to the Worker: then the cookie is the page's own.",
      "If it must be another host, both need addresses of the same network: the button below compares them.",
    ],
  );
};
