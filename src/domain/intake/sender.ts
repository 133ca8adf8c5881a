/** Who sent a request, as far as intake has to know it. The HTTP layer says so once for all messages of the request. */
import type { Channel } from "../event.ts";
import type { Assurance } from "../identity/claims.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { cut } from "./text.ts";

/** What a browser tells about itself beside the User-Agent: `Sec-CH-UA-*`, `navigator.userAgentData`, touch points. */
export interface ClientHints {
  brands?: { brand: string; version: string }[];
  mobile?: boolean;
  /** `macOS`, `Windows`, `Android`, … */
  platform?: string;
  model?: string;
  /** `Sec-CH-UA-Form-Factors`: `Desktop`, `Tablet`, `Mobile`, … */
  formFactors?: string[];
  /** `navigator.maxTouchPoints`. Macs have none, so it tells an iPad that pretends to be one. */
  touchPoints?: number;
}

export interface Sender {
  kind: "browser" | "server" | "pixel" | "import";
  /** How sure the sender may be of who it speaks of: `verified` for the server key, `asserted` for a browser. */
  assurance: Assurance;
  /** `User-Agent` of the request; for browsers and pixels the visitor's own. Empty when there is none. */
  userAgent: string;
  hints: ClientHints;
  /** `sentAt` of the envelope. */
  sentAt: Json;
  /** Where it takes place when the sender knows better than the message: a mail's open pixel, a ticket scan. */
  channel?: Channel;
}

/** A visitor of browsers and pixels is named by its cookie; others must say whom they speak of. */
export const namesItself = (sender: Sender): boolean =>
  sender.kind === "browser" || sender.kind === "pixel";

const BRAND = /"([^"]{1,64})";\s{0,2}v="([^"]{0,32})"/g;

const unquoted = (value: string): string => cut(value.replaceAll('"', "").trim(), 64);

/** Client Hints from the request's headers; `header` gives a header's value by its name, or null. */
export function hintsFromHeaders(header: (name: string) => string | null): ClientHints {
  const hints: ClientHints = {};
  const brands = header("sec-ch-ua");
  if (brands !== null) {
    hints.brands = [...cut(brands, 512).matchAll(BRAND)].map(([, brand = "", version = ""]) => ({
      brand,
      version,
    }));
  }
  const mobile = header("sec-ch-ua-mobile");
  if (mobile !== null) hints.mobile = mobile.trim() === "?1";
  const platform = unquoted(header("sec-ch-ua-platform") ?? "");
  if (platform !== "") hints.platform = platform;
  const model = unquoted(header("sec-ch-ua-model") ?? "");
  if (model !== "") hints.model = model;
  const forms = header("sec-ch-ua-form-factors");
  if (forms !== null) hints.formFactors = cut(forms, 256).split(",").map(unquoted);
  return hints;
}

/** Adds what the message itself carries: `context.userAgentData` and `context.device.touchPoints`. */
export function hintsWithContext(hints: ClientHints, context: JsonObject): ClientHints {
  const data = context["userAgentData"];
  const touch = isObject(context["device"]) ? context["device"]["touchPoints"] : undefined;
  if (!isObject(data) && typeof touch !== "number") return hints;
  const merged: ClientHints = { ...hints };
  if (isObject(data)) {
    if (merged.mobile === undefined && typeof data["mobile"] === "boolean") {
      merged.mobile = data["mobile"];
    }
    for (const key of ["platform", "model"] as const) {
      const value = data[key];
      if (merged[key] === undefined && typeof value === "string" && value !== "") {
        merged[key] = cut(value, 64);
      }
    }
  }
  if (typeof touch === "number") merged.touchPoints = touch;
  return merged;
}
