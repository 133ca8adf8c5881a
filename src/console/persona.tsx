/** One side of somebody's life: its addresses and devices, what it is asked about, and how it would rather be asked. */
import { kindWords } from "../domain/identity/kind-words.ts";
import type { PersonId } from "../domain/ids.ts";
import type { DeviceLife, Life, Matters, Preference } from "../domain/person/sides.ts";
import type { SideAddress, SideAnswer, SideDevice, SidesAnswer } from "../http/api/sides.ts";
import { mayDo } from "../http/auth.ts";
import type { Session } from "../http/session.ts";
import { count } from "./numbers.ts";
import { Badge, Empty, Id, Section, StageBadge, Time } from "./parts.tsx";
import { NoLongerApart } from "./rejoin.tsx";
import { deviceWords } from "./words.ts";

export const personHref = (id: PersonId): string => `/_u/console/people/${id}`;

const LIFE_WORDS: Readonly<Record<Life | "both", string>> = {
  private: "private",
  work: "work",
  both: "both sides",
};

const SIDE_WORDS = {
  personal: "private",
  disposable: "thrown away after use",
  work: "work",
  role: "a role's at work",
} as const;

const SHARING_WORDS = {
  personal: "their own",
  shared: "shared",
  kiosk: "a kiosk",
} as const;

const CHANNEL_WORDS = {
  email: "E-mail",
  push: "Push",
  sms: "SMS",
  sales: "Phone call",
} as const;

export const Persona = ({
  side,
  nth,
  of,
  session,
}: {
  side: SideAnswer;
  nth: number;
  of: SidesAnswer;
  session: Session;
}) => (
  <Section title={titleOf(side)} id={`side-${nth}`} aside={<StageBadge stage={side.stage} />}>
    <p class="soft">
      <a href={personHref(side.person)}>
        Person <Id id={side.person} />
      </a>
    </p>
    <h3>Addresses</h3>
    <Addresses addresses={side.addresses} />
    <h3>Devices</h3>
    <Devices devices={side.devices} />
    <h3>Asked about</h3>
    <About matters={side.matters} />
    <h3>Rather asked by</h3>
    <Rather preferences={side.rather} matters={side.matters} />
    {side.person !== of.person && mayDo(session.role, "officer") && (
      <p>
        <a href={`/_u/console/merges/new?${new URLSearchParams({ a: of.person, b: side.person })}`}>
          Join with the first
        </a>
      </p>
    )}
    {side.person !== of.person && mayDo(session.role, "officer") && (
      <NoLongerApart person={of.person} other={side.person} session={session} />
    )}
  </Section>
);

/** By its addresses; a persona that has none is what its devices show. */
function titleOf({ addresses, devices }: SideAnswer): string {
  const lives = new Set(
    addresses.flatMap(({ side }) =>
      side === null ? [] : [side === "work" || side === "role" ? "work" : "private"],
    ),
  );
  if (lives.size === 0) for (const { life } of devices) if (life !== null) lives.add(life);
  if (lives.has("both") || lives.size > 1) return "Work and private life";
  return { work: "Work", private: "Private life" }[[...lives][0] ?? ""] ?? "Side unknown";
}

const Addresses = ({ addresses }: { addresses: readonly SideAddress[] }) =>
  addresses.length === 0 ? (
    <Empty title="No address is known" />
  ) : (
    <ul>
      {addresses.map(({ kind, value, assurance, side, permissions }) => (
        <li>
          <span class="soft">{kindWords(kind)}</span>{" "}
          <strong class="value">{value ?? "erased, or its key is gone"}</strong>{" "}
          <Badge tone={assurance}>{assurance}</Badge>{" "}
          {side !== null && <Badge>{SIDE_WORDS[side]}</Badge>}
          <br />
          <span class="soft">{permissionWords(permissions)}</span>
        </li>
      ))}
    </ul>
  );

const permissionWords = (permissions: SideAddress["permissions"]): string =>
  permissions.length === 0
    ? "no permission to contact it"
    : permissions
        .map(({ channel, state }) => `${channel} ${state === "granted" ? "allowed" : "refused"}`)
        .join(", ");

const Devices = ({ devices }: { devices: readonly SideDevice[] }) =>
  devices.length === 0 ? (
    <Empty title="No device is known" />
  ) : (
    <ul>
      {devices.map((each) => (
        <li>
          {deviceWords({ ...each, origin: "browser" })}, {SHARING_WORDS[each.sharing ?? "personal"]}
          {each.life !== null && (
            <>
              {" "}
              <Badge>{LIFE_WORDS[each.life]}</Badge>
            </>
          )}
          <br />
          <span class="soft">
            {count(each.events, "event")}, last <Time at={each.lastSeen} />
          </span>
        </li>
      ))}
    </ul>
  );

const onDevices = (life: DeviceLife): string =>
  life === null
    ? "On devices that don't show their side"
    : life === "both"
      ? "On devices of both sides"
      : `On ${LIFE_WORDS[life]} devices`;

const About = ({ matters }: { matters: readonly Matters[] }) =>
  matters.length === 0 ? (
    <p class="soft">Nothing was read yet that may be used for it.</p>
  ) : (
    <ul>
      {matters.map(({ life, topics }) => (
        <li>
          <span class="soft">{onDevices(life)}:</span>{" "}
          {topics.map(({ topic, times }) => `${topic} (${count(times, "time")})`).join(", ")}
        </li>
      ))}
    </ul>
  );

/** Named where they are known: `Private matters such as tickets, transfers`. */
const mattersWords = (life: Life, matters: readonly Matters[]): string => {
  const topics = matters.find((each) => each.life === life)?.topics.slice(0, 3) ?? [];
  const words = `${LIFE_WORDS[life]} matters`;
  return topics.length === 0
    ? words
    : `${words} such as ${topics.map(({ topic }) => topic).join(", ")}`;
};

const Rather = ({
  preferences,
  matters,
}: {
  preferences: readonly Preference[];
  matters: readonly Matters[];
}) =>
  preferences.length === 0 ? (
    <Empty title="On the site only">
      <p>No address of this side may be contacted.</p>
    </Empty>
  ) : (
    <ol>
      {preferences.map(({ life, channel, address, why }) => (
        <li>
          {mattersWords(life, matters)} by <strong>{CHANNEL_WORDS[channel]}</strong>:{" "}
          <span class="value">{address}</span>
          <br />
          <span class="soft">{why.join("; ")}</span>
        </li>
      ))}
    </ol>
  );
