import { bothOfOneTool, categories, combineCmp, isRecord, MAX_CATEGORIES } from "./cmp.ts";
import { NONE, UNREADABLE, VALUES_MAX, type CmpReading } from "./types.ts";

/**
 * The cookies of other consent tools. A yes counts only where the tool says that the visitor gave it; a no always. The
 * values are percent-encoded as the tools write them.
 */

/** Characters: what a browser keeps in one cookie. */
const MAX_LENGTH = 4_096;

/** Every value of a name, as they were sent, not decoded: a site may have set one for several domains or paths. */
export type CookieValues = (name: string) => readonly (string | null | undefined)[];

/** Where a tool's cookie came several times nobody knows which is meant: a no of one beats a yes of another. */
export function readCmpCookies(values: CookieValues): CmpReading {
  const answered = values("OptanonAlertBoxClosed")
    .slice(0, VALUES_MAX)
    .some((value) => (value ?? "") !== "");
  const read = (name: string, one: (text: string) => CmpReading): CmpReading => {
    const said = values(name);
    if (said.length > VALUES_MAX) return UNREADABLE;
    return said.map((value) => each(value, one)).reduce(bothOfOneTool, NONE);
  };
  return combineCmp([
    read("OptanonConsent", (text) => readOneTrust(text, answered)),
    read("CookieConsent", (text) => readCookiebot(decodeURIComponent(text))),
    read("klaro", (text) => categories(parse(decodeURIComponent(text)))),
    read("cc_cookie", (text) => readVanilla(parse(decodeURIComponent(text)))),
  ]);
}

function each(value: string | null | undefined, read: (text: string) => CmpReading): CmpReading {
  if (value === null || value === undefined || value === "") return NONE;
  if (value.length > MAX_LENGTH) return UNREADABLE;
  try {
    return read(value);
  } catch {
    return UNREADABLE;
  }
}

/** Objects and lists in a tool's JSON; real ones nest a handful. */
const MAX_BRACKETS = 50;

/** JSON of an object, or undefined. Looked at before it is parsed: failing deep inside costs the parser far more. */
function parse(text: string): unknown {
  if (!text.startsWith("{") || !text.endsWith("}")) return undefined;
  let brackets = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at) | CURLY_TO_SQUARE;
    if (code === OPENING && ++brackets > MAX_BRACKETS) return undefined;
  }
  return JSON.parse(text);
}

/** "[" is 0x5b and "{" 0x7b: with this bit set both are the latter. */
const CURLY_TO_SQUARE = 0x20;
const OPENING = 0x7b;

/**
 * OneTrust `OptanonConsent`: a query string whose `groups` are like `C0001:1,C0002:0`. It is split before it is
 * decoded, since other fields carry URLs. OneTrust writes it before the visitor has answered, with the site's defaults;
 * `OptanonAlertBoxClosed` is set when the notice was answered, and without it a yes is the site's, not the visitor's.
 */
function readOneTrust(text: string, answered: boolean): CmpReading {
  const [groups, ...more] = text.split("&").filter((pair) => pair.startsWith("groups="));
  if (groups === undefined) return NONE;
  if (more.length > 0) return UNREADABLE;
  const pairs = decodeURIComponent(groups.slice("groups=".length)).split(",", MAX_CATEGORIES + 1);
  if (pairs.length > MAX_CATEGORIES) return UNREADABLE;
  const found: Record<string, boolean> = Object.create(null);
  for (const pair of pairs) {
    const match = /^([A-Za-z0-9_-]{1,100}):([01])$/.exec(pair);
    if (match === null) return UNREADABLE;
    const [, name = "", yes] = match;
    if (yes === "0" || answered) found[name] = yes === "1" && found[name] !== false;
  }
  return categories(found);
}

/**
 * Cookiebot `CookieConsent`: a JavaScript literal like `{stamp:'…',necessary:true,statistics:false,method:'explicit'}`;
 * `0` when everything was declined, `-1` where Cookiebot doesn't ask. An implied consent is the site's, not a yes.
 */
function readCookiebot(text: string): CmpReading {
  if (text === "-1") return NONE;
  if (text === "0") return categories({ preferences: false, statistics: false, marketing: false });
  if (!text.startsWith("{") || !text.endsWith("}")) return UNREADABLE;
  const explicit = !/[{,]method:'implied'/.test(text);
  const found: Record<string, boolean> = Object.create(null);
  for (const [, name = "", yes] of text.matchAll(
    /[{,](preferences|statistics|marketing):(true|false)/g,
  )) {
    if (yes === "false" || explicit) found[name] = yes === "true" && found[name] !== false;
  }
  if (!/[{,](preferences|statistics|marketing):(true|false)/.test(text)) return UNREADABLE;
  return categories(found);
}

/**
 * vanilla-cookieconsent `cc_cookie`: JSON with the accepted `categories` (`level` in version 2); others were refused.
 * Klaro's `klaro` needs no function of its own: it is JSON of services → yes or no, which the policy's table must name.
 */
function readVanilla(value: unknown): CmpReading {
  const accepted = isRecord(value) ? (value["categories"] ?? value["level"]) : undefined;
  if (!Array.isArray(accepted) || !accepted.every((name) => typeof name === "string"))
    return UNREADABLE;
  const found = categories(Object.fromEntries(accepted.map((name) => [name, true])));
  if (found.state === "unreadable") return found;
  return {
    state: "read",
    categories: found.state === "read" ? found.categories : {},
    exhaustive: true,
  };
}
