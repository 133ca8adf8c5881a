/** When visitors are asked again, what becomes of their data, and what is never kept. */
import { CHILD_BELOW } from "../../../domain/consent/child.ts";
import type { Policy } from "../../../domain/consent/policy.ts";
import { SECOND_USER_WORDS, VALUE_NAMES, WITHDRAWAL_WORDS } from "../words.ts";
import type { Area, FormState } from "./area.ts";
import { Lines, Check, Checks, Whole, Radios } from "./controls.tsx";
import type { Fields, Pair } from "./fields.ts";

function* write(policy: Policy): Generator<Pair> {
  const { reask, withdrawal, scrub, sensitiveTopics, sharedDevice } = policy;
  yield ["reask.grantDays", String(reask.grantDays)];
  yield ["reask.refusalDays", String(reask.refusalDays)];
  if (reask.besideOtherTools) yield ["reask.besideOtherTools", "yes"];
  yield ["withdrawal", withdrawal];
  yield ["scrub.names", scrub.names.join("\n")];
  for (const kind of scrub.values) yield ["scrub.values", kind];
  yield ["sensitiveTopics", sensitiveTopics.join("\n")];
  yield ["childBelow", String(policy.childBelow ?? CHILD_BELOW)];
  yield ["sharedDevice.secondUser", sharedDevice.secondUser];
}

function read(fields: Fields, policy: Policy) {
  const below = fields.is("childBelow") ? fields.number("childBelow") : policy.childBelow;
  const isSaid = policy.childBelow !== undefined || below !== CHILD_BELOW;
  return {
    document: {
      ...policy,
      reask: {
        grantDays: fields.number("reask.grantDays"),
        refusalDays: fields.number("reask.refusalDays"),
        besideOtherTools: fields.is("reask.besideOtherTools"),
      },
      withdrawal: fields.text("withdrawal"),
      scrub: { names: fields.items("scrub.names"), values: fields.all("scrub.values") },
      sensitiveTopics: fields.items("sensitiveTopics"),
      ...(isSaid && below !== undefined ? { childBelow: below } : {}),
      sharedDevice: { secondUser: fields.text("sharedDevice.secondUser") },
    },
  };
}

const place = (path: string): string =>
  /^(scrub\.names|scrub\.values|sensitiveTopics)/.exec(path)?.[0] ?? path;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const Form = (state: FormState) => (
  <>
    <fieldset class="card row">
      <legend>Asking again</legend>
      <div class="fields">
        <Whole state={state} name="reask.grantDays" label="A yes is good for (days)" />
        <Whole state={state} name="reask.refusalDays" label="After a no, ask again after (days)" />
      </div>
      <p class="soft">
        California wants at least twelve months between an opt-out and the next question.
      </p>
      <Check
        state={state}
        name="reask.besideOtherTools"
        label="Ask for what the site's own consent tool leaves open"
      />
    </fieldset>
    <fieldset class="card row">
      <legend>When somebody takes a yes back</legend>
      <Radios
        state={state}
        name="withdrawal"
        label="What was recorded before"
        options={Object.entries(WITHDRAWAL_WORDS).map(([value, words]) => [value, capital(words)])}
      />
    </fieldset>
    <fieldset class="card row">
      <legend>Children</legend>
      <div class="fields">
        <Whole state={state} name="childBelow" label="A child is whoever is younger than (years)" />
      </div>
      <p class="soft">
        Of a known child only what the site can't work without is recorded. Germany draws the line
        at 16, others at 13 to 15.
      </p>
    </fieldset>
    <fieldset class="card row">
      <legend>Shared devices</legend>
      <Radios
        state={state}
        name="sharedDevice.secondUser"
        label="A second person who signs in on one device"
        options={Object.entries(SECOND_USER_WORDS).map(([value, words]) => [value, capital(words)])}
      />
    </fieldset>
    <fieldset class="card row">
      <legend>Never kept</legend>
      <Lines
        state={state}
        name="scrub.names"
        label="Names of properties and URL parameters"
        help="One a line, upper or lower case; their values are removed."
        rows={6}
      />
      <Checks
        state={state}
        name="scrub.values"
        label="Whatever looks like"
        options={Object.entries(VALUE_NAMES).map(([value, words]) => [value, capital(words)])}
      />
      <Lines
        state={state}
        name="sensitiveTopics"
        label="Topics never folded into a profile"
        help="One a line."
        rows={6}
      />
    </fieldset>
  </>
);

export const PROMISES: Area = {
  id: "promises",
  name: "Promises",
  about: "When to ask again, withdrawal, children, shared devices, and what is never kept.",
  owns: ["reask", "withdrawal", "childBelow", "scrub", "sensitiveTopics", "sharedDevice"],
  rows: [],
  write,
  read,
  place,
  Form,
};
