/** What an officer knows of a person that no machine can: whose device it is, and whether an address may be used. */
import { SHARINGS, type Sharing } from "../domain/identity/rules.ts";
import {
  CONTACT_CHANNELS,
  type ContactChannel,
  type PermissionState,
  REACHES,
} from "../domain/permission/permission.ts";
import { Problem } from "../domain/problem.ts";
import { requireVisitorId } from "../http/api/identifiers.ts";
import { PermissionRequest, sayPermission } from "../http/api/permissions.ts";
import { check } from "../http/api/input.ts";
import { loadPerson, type PersonAnswer } from "../http/api/person.ts";
import { DeviceRequest, sayDevice } from "../http/api/personas.ts";
import { whyIn } from "../http/api/why.ts";
import { isAbout } from "../http/audit.ts";
import { seeOther } from "../http/respond.ts";
import type { Session } from "../http/session.ts";
import { Field } from "./field.tsx";
import type { Naming } from "./identity.tsx";
import { action } from "./page.tsx";
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

interface Props {
  person: PersonAnswer;
  naming: Naming;
  session: Session;
}

export const Decisions = (props: Props) => (
  <Section title="What you know of them" id="decisions">
    <div class="decide">
      <DeviceForm {...props} />
      <PermissionForm {...props} />
    </div>
  </Section>
);

const WhyField = ({ of }: { of: string }) => (
  <div class="field">
    <label for={`${of}-why`}>Why</label>
    <input id={`${of}-why`} name="why" maxLength={500} autocomplete="off" />
    <p class="soft">Kept with the decision, for whoever asks later.</p>
  </div>
);

const DeviceForm = ({ person, naming, session }: Props) => {
  const devices = person.visitors.filter(({ sharing }) => sharing !== null);
  if (devices.length === 0) return <p class="soft">They have no device that could be shared.</p>;
  return (
    <details>
      <summary>Say whose device it is…</summary>
      <form method="post" action={`/_u/console/people/${person.id}/device`} class="stack">
        <FormToken session={session} />
        <Field name="device" label="Device">
          {(wired) => (
            <select {...wired}>
              {devices.map(({ id, sharing }) => (
                <option value={id}>
                  {naming.words(id)}: {SHARING_WORDS[sharing ?? "personal"]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          name="sharing"
          label="It is"
          help="What is typed on a shared device joins nobody; at a kiosk, whoever signs in starts anew."
        >
          {(wired) => (
            <select {...wired}>
              {SHARINGS.map((each) => (
                <option value={each}>{SHARING_WORDS[each]}</option>
              ))}
              <option value="">whatever its use shows</option>
            </select>
          )}
        </Field>
        <WhyField of="device" />
        <button type="submit">Note it</button>
      </form>
    </details>
  );
};

const PermissionForm = ({ person, session }: Props) => {
  const ways = person.identifiers.flatMap(({ kind, value, state, permissions }) =>
    value === null || state === "refused"
      ? []
      : CONTACT_CHANNELS.filter((channel) => REACHES[channel] === kind).map((channel) => ({
          value: `${channel} ${kind}:${value}`,
          words: `${value} ${CHANNEL_WORDS[channel]}`,
          now: permissions.find((each) => each.channel === channel)?.state,
        })),
  );
  if (ways.length === 0) return <p class="soft">They have no address that could be used.</p>;
  return (
    <details>
      <summary>Say whether they may be contacted…</summary>
      <form method="post" action={`/_u/console/people/${person.id}/permission`} class="stack">
        <FormToken session={session} />
        <Field name="way" label="Where">
          {(wired) => (
            <select {...wired}>
              {ways.map(({ value, words, now }) => (
                <option value={value}>
                  {words}: {now === undefined ? "never asked" : STATE_WORDS[now]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          name="state"
          label="They said"
          help="A no is of the address: it reaches everybody who has it. A yes is this person's own."
        >
          {(wired) => (
            <select {...wired}>
              <option value="suppressed">don't contact me there</option>
              <option value="granted">you may contact me there</option>
            </select>
          )}
        </Field>
        <WhyField of="permission" />
        <button type="submit">Note it</button>
      </form>
    </details>
  );
};

const backTo = (person: string, told: Told): Response =>
  seeOther(`/_u/console/people/${person}?${new URLSearchParams({ told })}`);

export const postDevicePage = action("officer", async ({ request, context, session }, form) => {
  const { id: person } = await loadPerson(context, requireVisitorId(request.params["id"]));
  const device = requireVisitorId(form.get("device") ?? undefined);
  isAbout(request, [person, device]);
  const sharing = form.get("sharing") || null;
  const wanted = check(DeviceRequest, { sharing, why: whyIn(form) });
  await sayDevice(context, device, wanted, session.role);
  return backTo(person, "device");
});

export const postPermissionPage = action("officer", async ({ request, context, session }, form) => {
  const person = requireVisitorId(request.params["id"]);
  const [, channel, identifier] = /^(\w+) (.+)$/su.exec(form.get("way") ?? "") ?? [];
  if (identifier === undefined) throw new Problem("invalid", "choose an address", { path: "way" });
  const state = form.get("state");
  const wanted = check(PermissionRequest, { identifier, channel, state, why: whyIn(form) });
  const { id } = await sayPermission(context, person, wanted, session.role);
  isAbout(request, [id]);
  return backTo(id, "permission");
});
