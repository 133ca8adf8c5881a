/**
 * What can't work in an action that is well-formed: asked when somebody saves it, and not of what is stored, so that a
 * catalogue of before, or one whose policy has changed, stays in force.
 */
import { dayNamed } from "../ids.ts";
import { type Action, type Conditions, readsIn } from "./catalogue.ts";
import { contradictionsIn } from "./contradictions.ts";
import { endOf } from "./eligible.ts";

export interface ActionFault {
  /** Within the action, from the outside in, joined by dots. */
  path: string;
  message: string;
}

const TOPIC = "{topic}";
const placeholders = (text: string): string[] => text.match(/\{[^{}]+\}/g) ?? [];

/** `purposes` are the policy's; `hasMeter`: whether the catalogue has a reading meter. */
export function actionFaults(
  action: Action,
  purposes: readonly string[],
  hasMeter = true,
): ActionFault[] {
  return [
    ...purposeFaults(action, purposes),
    ...dateFaults(action),
    ...textFaults(action),
    ...linkFaults(action),
    ...wordFaults(action),
    ...conditionFaults(action.conditions, hasMeter),
    ...contradictionsIn(action),
    ...personaFaults(action),
  ];
}

/** What somebody can be known by; a push address or an anonymous id makes nobody known. */
const NAMING = /^(?:user_id|email|phone|crm|(?:social|esp):.+)$/;
/** What people call these systems, as they call themselves. */
const SYSTEMS: Readonly<Record<string, string>> = {
  iphone: "iOS",
  ipad: "iOS",
  mac: "macOS",
  "os x": "macOS",
  osx: "macOS",
  pc: "Windows",
};

function conditionFaults(conditions: Conditions, hasMeter: boolean): ActionFault[] {
  const { did = [], os = [], meter } = conditions;
  const kinds = (["knows", "unconfirmed", "lacks"] as const).flatMap((list) =>
    (conditions[list] ?? []).flatMap((kind, at) =>
      NAMING.test(kind)
        ? []
        : [
            {
              path: `conditions.${list}.${at}`,
              message: "must be user_id, email, phone, crm, social:… or esp:…",
            },
          ],
    ),
  );
  const systems = os.flatMap((name, at) => {
    const meant = SYSTEMS[name.toLowerCase()];
    return meant ? [{ path: `conditions.os.${at}`, message: `is called ${meant}` }] : [];
  });
  const ranges = [
    ...did.map((range, at) => ({ range, path: `did.${at}` })),
    ...RANGES.flatMap((path) => (conditions[path] ? [{ range: conditions[path], path }] : [])),
  ].flatMap(({ range: { atLeast, atMost }, path }) =>
    atLeast === undefined && atMost === undefined
      ? [{ path: `conditions.${path}.atLeast`, message: "must say at least or at most how many" }]
      : [],
  );
  const unmetered =
    meter && !hasMeter
      ? [{ path: "conditions.meter", message: "needs a reading meter in the catalogue" }]
      : [];
  return [...kinds, ...systems, ...ranges, ...unmetered];
}

const RANGES = ["orders", "lastOrderDays", "awayDays", "sessions", "meter"] as const;

/** Of an e-mail address it can be told which side of a life it belongs to. */
const personaFaults = ({ persona, channel }: Action): ActionFault[] =>
  persona === "any" || channel === "email"
    ? []
    : [{ path: "persona", message: "can be asked for by e-mail alone" }];

const purposeFaults = (action: Action, purposes: readonly string[]): ActionFault[] =>
  action.purposes.flatMap((purpose, at) =>
    purposes.includes(purpose)
      ? []
      : [{ path: `purposes.${at}`, message: `must be one of ${purposes.join(", ")}` }],
  );

function dateFaults({ start, end }: Action): ActionFault[] {
  const unreal = Object.entries({ start, end })
    .filter(([, said]) => said !== null && dayNamed(said.slice(0, 10)) === null)
    .map(([path]) => ({ path, message: "must be a day that there is" }));
  if (unreal.length > 0 || start === null || end === null) return unreal;
  return endOf(end) > Date.parse(start)
    ? []
    : [{ path: "end", message: "must not be before start" }];
}

/** Spaces of every kind, and what is drawn as nothing. */
const BLANK = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;
/** Only a line's end and a tab mean something in a text; the others spoil files and tell nobody anything. */
const CONTROL = /[^\P{Cc}\t\n\r]/u;

const textFaults = ({ label, title, text }: Action): ActionFault[] =>
  Object.entries({ label, title, text }).flatMap(([path, words]) => {
    if (BLANK.test(words)) return [{ path, message: "must hold something that can be seen" }];
    return CONTROL.test(words) ? [{ path, message: "must not hold control characters" }] : [];
  });

const linkFaults = ({ href, image = "" }: Action): ActionFault[] =>
  Object.entries({ href, image }).flatMap(([path, link]) => {
    if (CONTROL.test(link)) return [{ path, message: "must not hold control characters" }];
    return link === "" || link.startsWith("/") || namesSite(link)
      ? []
      : [{ path, message: "must name a site, like https://www.example.org" }];
  });

/** What stands before an `@` only looks like one. */
function namesSite(link: string): boolean {
  const url = /^https:\/\/[^/?#]/i.test(link) ? URL.parse(link) : null;
  return url !== null && url.username === "" && url.password === "";
}

/** `{topic}` is filled in by `arbitrate`, in these three, with the topic that a condition on reading found. */
function wordFaults(action: Action): ActionFault[] {
  const { label, title, text, href, image = "", conditions } = action;
  const filled = Object.entries({ title, text, href }).flatMap(([path, words]) => {
    const found = placeholders(words);
    if (found.some((each) => each !== TOPIC))
      return [{ path, message: `only ${TOPIC} can stand in braces` }];
    return found.length > 0 && readsIn(conditions).length === 0
      ? [{ path, message: `${TOPIC} needs a condition on what is read` }]
      : [];
  });
  const plain = Object.entries({ label, image })
    .filter(([, words]) => placeholders(words).length > 0)
    .map(([path]) => ({ path, message: "nothing can stand in braces here" }));
  return [...filled, ...plain];
}
