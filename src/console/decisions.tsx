/** The forms for what an officer knows of a person and no machine can: whose device it is, and whether an address may be used. */
import { SHARINGS, type Sharing } from "../domain/identity/rules.ts";
import {
  CONTACT_CHANNELS,
  type ContactChannel,
  type PermissionState,
  REACHES,
} from "../domain/permission/permission.ts";
import type { PersonAnswer } from "../http/api/person.ts";
import { WHY_MAX } from "../http/api/why.ts";
import type { Session } from "../http/session.ts";
import { Field } from "./field.tsx";
import { Folded, NothingLeft, type Refused } from "./folded.tsx";
import type { Naming } from "./identity.tsx";
import { FormToken, Notice, Section } from "./parts.tsx";

const SHARING_WORDS: Readonly<Record<Sharing, string>> = {
  personal: "one person's own",
  shared: "shared, like a family's",
  kiosk: "a kiosk, open to everybody",
};

const CHANNEL_WORDS: Readonly<Record<ContactChannel, string>> = {
  email: "by e-mail",
  sms: "by text message",
  push: "by push message",
  call: "by phone",
};

const STATE_WORDS: Readonly<Record<PermissionState, string>> = {
  granted: "they may be contacted",
  suppressed: "they aren't to be contacted",
};

/** What was just written down here. */
export type Told = "device" | "permission";

export const DecisionTold = ({ told }: { told: Told | undefined }) =>
  told === undefined ? null : (
    <Notice tone="good">
      <p>
        {told === "device"
          ? "Noted whose device it is. It holds for what is said there from now on."
          : "Noted. Every list and every message goes by it from now on."}
      </p>
    </Notice>
  );

/** The form that comes back, if one of these does. */
export type DecisionRefused = Partial<Readonly<Record<Told, Refused>>>;

interface Props {
  person: PersonAnswer;
  naming: Naming;
  session: Session;
  refused?: DecisionRefused | undefined;
}

export const Decisions = (props: Props) => (
  <Section title="What you know of them" id="decisions">
    <div class="decide">
      <DeviceForm {...props} />
      <PermissionForm {...props} />
    </div>
  </Section>
);

const WhyField = ({ of, typed }: { of: Told; typed: Refused["typed"] }) => (
  <Field name={`${of}-why`} label="Why" help="Kept with the decision, for whoever asks later.">
    {(wired) => (
      <input
        {...wired}
        name="why"
        value={typed[`${of}-why`]}
        maxLength={WHY_MAX}
        autocomplete="off"
      />
    )}
  </Field>
);

const DEVICE_FIELDS = { device: "Device", sharing: "It is", "device-why": "Why" } as const;

const DeviceForm = ({ person, naming, session, refused }: Props) => {
  const devices = person.visitors.filter(({ sharing }) => sharing !== null);
  if (devices.length === 0)
    return (
      <NothingLeft refused={refused?.device}>They have no device that could be shared.</NothingLeft>
    );
  const typed = refused?.device?.typed ?? {};
  return (
    <Folded summary="Say whose device it is…" refused={refused?.device} names={DEVICE_FIELDS}>
      <form method="post" action={`/_u/console/people/${person.id}/device`} class="stack">
        <FormToken session={session} />
        <Field name="device" label={DEVICE_FIELDS.device}>
          {(wired) => (
            <select {...wired}>
              {devices.map(({ id, sharing }) => (
                <option value={id} selected={id === typed["device"]}>
                  {naming.words(id)}: {SHARING_WORDS[sharing ?? "personal"]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          name="sharing"
          label={DEVICE_FIELDS.sharing}
          help="What is typed on a shared device joins nobody; at a kiosk, whoever signs in starts anew."
        >
          {(wired) => (
            <select {...wired}>
              {SHARINGS.map((each) => (
                <option value={each} selected={each === typed["sharing"]}>
                  {SHARING_WORDS[each]}
                </option>
              ))}
              <option value="" selected={typed["sharing"] === ""}>
                whatever its use shows
              </option>
            </select>
          )}
        </Field>
        <WhyField of="device" typed={typed} />
        <button type="submit">Note it</button>
      </form>
    </Folded>
  );
};

const PERMISSION_FIELDS = { way: "Where", state: "They said", "permission-why": "Why" } as const;

const PermissionForm = ({ person, session, refused }: Props) => {
  const ways = person.identifiers.flatMap(({ kind, value, state, permissions }) =>
    value === null || state === "refused"
      ? []
      : CONTACT_CHANNELS.filter((channel) => REACHES[channel] === kind).map((channel) => ({
          value: `${channel} ${kind}:${value}`,
          words: `${value} ${CHANNEL_WORDS[channel]}`,
          now: permissions.find((each) => each.channel === channel)?.state,
        })),
  );
  if (ways.length === 0)
    return (
      <NothingLeft refused={refused?.permission}>
        They have no address that could be used.
      </NothingLeft>
    );
  const typed = refused?.permission?.typed ?? {};
  return (
    <Folded
      summary="Say whether they may be contacted…"
      refused={refused?.permission}
      names={PERMISSION_FIELDS}
    >
      <form method="post" action={`/_u/console/people/${person.id}/permission`} class="stack">
        <FormToken session={session} />
        <Field name="way" label={PERMISSION_FIELDS.way}>
          {(wired) => (
            <select {...wired}>
              {ways.map(({ value, words, now }) => (
                <option value={value} selected={value === typed["way"]}>
                  {words}: {now === undefined ? "never asked" : STATE_WORDS[now]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          name="state"
          label={PERMISSION_FIELDS.state}
          help="A no is of the address: it reaches everybody who has it. A yes is this person's own."
        >
          {(wired) => (
            <select {...wired}>
              <option value="suppressed">don't contact me there</option>
              <option value="granted" selected={typed["state"] === "granted"}>
                you may contact me there
              </option>
            </select>
          )}
        </Field>
        <WhyField of="permission" typed={typed} />
        <button type="submit">Note it</button>
      </form>
    </Folded>
  );
};
