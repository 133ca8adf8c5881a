/** The device an event came from: enough for a first call to action, not enough to tell two devices apart. */
import Bowser from "bowser";
import type { CallType, Device, DeviceType } from "../event.ts";
import { isObject, type JsonObject } from "../json.ts";
import { remembered } from "./remembered.ts";
import { scrub } from "./scrub.ts";
import { type ClientHints, hintsWithContext, namesItself, type Sender } from "./sender.ts";
import { cut, scalarText } from "./text.ts";

const AGENT_MAX = 512;
const NAME_MAX = 40;

/** Televisions name themselves in many ways; most run Android or Linux, for which a parser then takes them. */
const TV =
  /smart-?tv|smarttv|googletv|google tv|android tv|apple ?tv|hbbtv|netcast|web0s|webos\.tv|bravia|crkey|roku|\baft[a-z]|tizen.{0,40}\btv\b|playstation|xbox|nintendo/i;

const PLATFORMS: ReadonlyMap<string, DeviceType> = new Map([
  ["mobile", "phone"],
  ["tablet", "tablet"],
  ["desktop", "desktop"],
  ["tv", "tv"],
]);

const FORM_FACTORS: ReadonlyMap<string, DeviceType> = new Map([
  ["desktop", "desktop"],
  ["tablet", "tablet"],
  ["mobile", "phone"],
]);

/** A Mac has no touch screen, so what says Mac and has touch points is an iPad that asked for the desktop site. */
const isPretendingMac = (os: string | undefined, hints: ClientHints): boolean =>
  os === "macOS" && (hints.touchPoints ?? 0) > 1;

function parse(agent: string, hints: ClientHints): Device {
  const { brands, mobile, platform, model } = hints;
  const parsed = Bowser.parse(agent, {
    ...(brands === undefined ? {} : { brands }),
    ...(mobile === undefined ? {} : { mobile }),
    ...(platform === undefined ? {} : { platform }),
    ...(model === undefined ? {} : { model }),
  });
  const os = platform ?? parsed.os.name;
  if (isPretendingMac(os, hints)) return named("tablet", "iPadOS", parsed.browser.name);
  const form = hints.formFactors?.map((name) => FORM_FACTORS.get(name.toLowerCase())).find(Boolean);
  const type = TV.test(agent)
    ? "tv"
    : (form ?? (mobile === true ? "phone" : PLATFORMS.get(parsed.platform.type ?? "")) ?? "other");
  return named(type, os, parsed.browser.name);
}

const named = (type: DeviceType, os: string | undefined, browser: string | undefined): Device => ({
  type,
  ...(os ? { os: cut(scrub(os), NAME_MAX) } : {}),
  ...(browser ? { browser: cut(scrub(browser), NAME_MAX) } : {}),
});

/** Parsing costs more than the rest of intake. */
const AGENTS_KEPT = 256;

const parsedOnce = remembered(AGENTS_KEPT, (key) => {
  const end = key.indexOf("\n");
  return Object.freeze(parse(key.slice(0, end), JSON.parse(key.slice(end)) as ClientHints));
});

/** The device that a User-Agent and its hints describe. */
export function deviceFromAgent(userAgent: string, hints: ClientHints): Device {
  const agent = cut(userAgent, AGENT_MAX).replaceAll("\n", " ").trim();
  return agent === "" ? { type: "other" } : parsedOnce(`${agent}\n${JSON.stringify(hints)}`);
}

/** SDKs of apps: `analytics-ios`, `analytics-kotlin`, `analytics-react-native`, … */
const APP_LIBRARY =
  /\bios\b|android|swift|kotlin|react-?native|flutter|xamarin|unity|cordova|capacitor|maui/i;
const APP_OS = /^(?:ios|ipados|android|tvos|watchos|visionos)$/i;

/** From this many density-independent pixels on its shorter side Android calls a device a tablet; iPads have more. */
const TABLET_DP = 600;
/** The longer side of the largest iPad in points. A larger screen without density is told in pixels, which say nothing. */
const POINTS_MAX = 1_400;

function isTablet(about: JsonObject, screen: JsonObject): boolean {
  const words = [about["type"], about["model"], about["name"]].map((value) => scalarText(value));
  if (words.some((word) => word !== null && /ipad|tablet/i.test(cut(word, NAME_MAX)))) return true;
  const { width, height, density } = screen;
  if (typeof width !== "number" || typeof height !== "number") return false;
  const isScaled = typeof density === "number" && density > 0;
  if (!isScaled && Math.max(width, height) > POINTS_MAX) return false;
  return Math.min(width, height) / (isScaled ? density : 1) >= TABLET_DP;
}

/** The device an app's SDK describes, or null when no app speaks. */
function deviceFromApp(type: CallType, context: JsonObject): Device | null {
  const about = isObject(context["device"]) ? context["device"] : {};
  const library = isObject(context["library"]) ? scalarText(context["library"]["name"]) : null;
  const os = isObject(context["os"]) ? scalarText(context["os"]["name"]) : null;
  const kind = scalarText(about["type"]);
  const mobileOs = [os, kind].find((name) => name !== null && APP_OS.test(name)) ?? null;
  const isApp =
    type === "screen" ||
    (library !== null && APP_LIBRARY.test(cut(library, 64))) ||
    (mobileOs !== null && isObject(context["app"]));
  if (!isApp) return null;
  const screen = isObject(context["screen"]) ? context["screen"] : {};
  const system = spelled(mobileOs ?? os ?? (library === null ? null : osOfLibrary(library)));
  const form = formOfApp(system, about, screen);
  return { ...named(form, system ?? undefined, undefined), app: true };
}

const DESKTOP_OS = /^(?:windows|macos|mac os x|linux|chrome ?os)/i;

function formOfApp(system: string | null, about: JsonObject, screen: JsonObject): DeviceType {
  if (system === null) return "other";
  if (system === "tvOS") return "tv";
  if (DESKTOP_OS.test(system)) return "desktop";
  return isTablet(about, screen) ? "tablet" : "phone";
}

const SPELLINGS = ["iOS", "iPadOS", "Android", "tvOS", "watchOS", "visionOS"] as const;

const spelled = (os: string | null): string | null =>
  os === null ? null : (SPELLINGS.find((known) => known.toLowerCase() === os.toLowerCase()) ?? os);

const osOfLibrary = (library: string): string | null =>
  /\bios\b|swift/i.test(library) ? "iOS" : /android|kotlin/i.test(library) ? "Android" : null;

/** Null for imports, which have none. A server without a visitor's agent is a device of its own. */
export function readDevice(type: CallType, context: JsonObject, sender: Sender): Device | null {
  if (sender.kind === "import") return null;
  const app = deviceFromApp(type, context);
  const agent = visitorAgent(context, sender);
  if (app !== null) {
    // A screen that only a web view or a server tells of: what the agent knows fills the gaps.
    return app.type === "other" && agent !== ""
      ? { ...deviceFromAgent(agent, sender.hints), app: true }
      : app;
  }
  if (agent === "") return { type: namesItself(sender) ? "other" : "server" };
  return deviceFromAgent(agent, hintsWithContext(namesItself(sender) ? sender.hints : {}, context));
}

/** The visitor's own User-Agent: the request's, or what a server says it was. */
export const visitorAgent = (context: JsonObject, sender: Sender): string =>
  namesItself(sender) ? sender.userAgent : (scalarText(context["userAgent"]) ?? "");
