/** A visitor as an officer describes one in an address. */
import type { Answer, StoredChoice } from "../../domain/consent/choice.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { REGIMES, type Regime } from "../../domain/consent/purposes.ts";
import { parseRegion, regimeOf } from "../../domain/consent/region.ts";
import type { Situation } from "../../domain/consent/simulate.ts";
import { DAY_MS, type Millis } from "../../domain/ids.ts";
import { parseJson } from "../../domain/intake/parse.ts";
import type { FieldError } from "../field.tsx";
import { regionNamed } from "./places.ts";

export interface Described {
  /** As it was sent, to be shown again. */
  text(name: string): string;
  errors: FieldError[];
  /** Null where it can't be read. */
  situation: Situation | null;
}

/** Name of the field → the cookie it stands for. */
const COOKIES = { tcf: "euconsent-v2", gpp: "__gpp", usp: "usprivacy" } as const;

export const choiceName = (purpose: string): string => `choice.${purpose}`;

export function readSituation(params: URLSearchParams, policy: Policy, now: Millis): Described {
  const text = (name: string): string => params.get(name)?.trim() ?? "";
  const errors: FieldError[] = [];
  const region = text("region") === "" ? "unknown" : regionNamed(text("region"));
  if (region === null)
    errors.push({
      name: "region",
      message: "A region is a country or a part of one, like Hamburg, or a code like DE or US-CA.",
    });
  const cookies: Record<string, string> = {};
  for (const [field, cookie] of Object.entries(COOKIES))
    if (text(field) !== "") cookies[cookie] = text(field);
  for (const line of text("cookies").split("\n")) {
    const pair = line.trim();
    const equals = pair.indexOf("=");
    if (pair === "") continue;
    if (equals < 1) errors.push({ name: "cookies", message: "A cookie is written name=value." });
    else cookies[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  const context = readContext(text("context"), errors);
  const here = regimeOf(policy, parseRegion(region ?? "unknown"));
  const choice = readChoice(text, { policy, here, now }, errors);
  return {
    text,
    errors,
    situation:
      errors.length > 0 || region === null
        ? null
        : {
            region,
            browser: text("caller") !== "server",
            secGpc: text("gpc") === "" ? undefined : "1",
            cookies,
            context,
            choice,
            child: text("child") !== "",
            erased: text("erased") !== "",
          },
  };
}

function readContext(text: string, errors: FieldError[]): unknown {
  if (text === "") return undefined;
  try {
    return parseJson(new TextEncoder().encode(text));
  } catch {
    errors.push({ name: "context", message: "The context of a call is JSON." });
    return undefined;
  }
}

function readChoice(
  text: (name: string) => string,
  { policy, here, now }: { policy: Policy; here: Regime; now: Millis },
  errors: FieldError[],
): StoredChoice | null {
  const ago = text("ago");
  if (ago !== "" && !/^\d{1,4}$/.test(ago))
    errors.push({ name: "ago", message: "How long ago is a whole number of days." });
  const version = text("version");
  if (version !== "" && !/^\d{1,9}$/.test(version))
    errors.push({ name: "version", message: "A version is a whole number." });
  const regime = REGIMES.find((each) => each === text("regime")) ?? here;
  const answers: Record<string, Answer> = {};
  for (const { id } of policy.purposes) {
    const said = text(choiceName(id));
    if (said !== "granted" && said !== "refused" && said !== "withdrawn") continue;
    answers[id] = {
      state: said,
      at: now - Number(ago === "" ? 0 : ago) * DAY_MS,
      policy: version === "" ? policy.version : Number(version),
      regime,
    };
  }
  const gpc = text("gpcBefore") !== "";
  if (Object.keys(answers).length === 0 && !gpc) return null;
  return { answers, overrides: text("override") === "" ? [] : ["gpc"], gpc };
}
