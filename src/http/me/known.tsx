/** What is known, device by device, and on whose word it was recorded. */
import type { ComponentChildren } from "preact";
import type { Policy } from "../../domain/consent/policy.ts";
import { purposeTexts } from "../../domain/consent/notice.ts";
import { namesDevice } from "../../domain/identity/claims.ts";
import { dayStart } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import { answeredAt, isDefault } from "../../domain/person/consent.ts";
import type { DevicePortrait, Portrait } from "../../privacy/portrait.ts";
import { ENGLISH, type Words } from "./words.ts";

export interface KnownProps {
  portrait: Portrait;
  words: Words;
  lang: string;
  policy: Policy;
  language: string;
}

export function Known({ portrait, words, lang, policy, language }: KnownProps) {
  const labels = new Map(purposeTexts(policy, language).map(({ id, label }) => [id, label]));
  const maybe = portrait.maybe.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      {portrait.devices.map((device) => (
        <Device key={device.visitor} device={device} words={words} lang={lang} labels={labels} />
      ))}
      <p class="soft">{maybe > 0 ? words.maybe(maybe) : words.others}</p>
    </>
  );
}

function Device(props: {
  device: DevicePortrait;
  words: Words;
  lang: string;
  labels: ReadonlyMap<string, string>;
}) {
  const { device, words, lang, labels } = props;
  const at = (time: number) => <Time at={time} lang={lang} />;
  const { decision } = device;
  const given = device.identifiers.filter(({ kind }) => !namesDevice(kind));
  const ofDevice = device.identifiers.filter(({ kind }) => namesDevice(kind));
  return (
    <article class="card">
      <h3>{nameOf(device, words)}</h3>
      <dl>
        <Fact name={words.since}>{at(device.since)}</Fact>
        <Fact name={words.lastSeen}>{at(device.lastSeen)}</Fact>
        <Fact name={words.events}>{device.events}</Fact>
        <Decided decision={decision} words={words} lang={lang} labels={labels} />
        {device.topics.length > 0 && <Fact name={words.topics}>{device.topics.join(", ")}</Fact>}
        {device.campaigns.length > 0 && (
          <Fact name={words.campaigns}>{device.campaigns.join(", ")}</Fact>
        )}
        {given.length > 0 && (
          <Fact name={words.identifiers}>
            {given.map(({ kind, value, assurance }, n) => (
              <div key={n}>
                <Named of={kind} by="kind" words={words} lang={lang} />:{" "}
                <bdi>{value ?? words.unreadable}</bdi>{" "}
                <span class="soft">
                  ({assurance === "verified" ? words.verified : words.unverified})
                </span>
              </div>
            ))}
          </Fact>
        )}
        {ofDevice.map(({ kind, value }, n) => (
          <Fact key={n} name={<Named of={kind} by="kind" words={words} lang={lang} />}>
            <bdi>{value ?? words.unreadable}</bdi>
          </Fact>
        ))}
        {Object.keys(device.traits).length > 0 && (
          <Fact name={words.traits}>
            {Object.entries(device.traits).map(([name, value]) => (
              <div key={name}>
                <Named of={name} by="trait" words={words} lang={lang} />: <bdi>{plain(value)}</bdi>
              </div>
            ))}
          </Fact>
        )}
        {device.networks && (
          <Fact name={words.networks}>
            {words.networksSeen(
              device.networks.networks,
              device.networks.days,
              day(dayStart(device.networks.last), lang),
            )}
          </Fact>
        )}
        {device.hints > 0 && <Fact name={words.hints}>{device.hints}</Fact>}
      </dl>
    </article>
  );
}

/** What the visitor answered themselves is told apart from what only holds where they are. */
function Decided(props: {
  decision: DevicePortrait["decision"];
  words: Words;
  lang: string;
  labels: ReadonlyMap<string, string>;
}) {
  const { decision, words, lang, labels } = props;
  if (!decision) return <Fact name={words.consent}>{words.noConsent}</Fact>;
  const { granted, policy } = decision;
  const purposes = Object.keys(granted);
  const byDefault = purposes.filter((id) => granted[id] && isDefault(decision, id));
  const own = purposes.filter((id) => granted[id] && !isDefault(decision, id));
  const answered = purposes.filter((id) => !isDefault(decision, id));
  const newest = Math.max(...answered.map((id) => answeredAt(decision, id)));
  const named = (ids: readonly string[]): string =>
    ids.map((id) => labels.get(id) ?? id).join(", ") || "–";
  return (
    <>
      {(own.length > 0 || byDefault.length === 0) && (
        <Fact name={words.consent}>
          {answered.length > 0
            ? `${named(own)}, ${words.consentUnder(policy, day(newest, lang))}`
            : named(own)}
        </Fact>
      )}
      {byDefault.length > 0 && (
        <Fact name={words.byDefault}>{`${named(byDefault)}, ${words.defaultUnder(policy)}`}</Fact>
      )}
    </>
  );
}

/** In the page's words, else in English and marked so; a site's own trait goes by the name that the site gave it. */
function Named(props: { of: string; by: "kind" | "trait"; words: Words; lang: string }) {
  const { of, by, words, lang } = props;
  const own = words[by](of);
  if (own !== null) return <>{own}</>;
  const english = ENGLISH[by](of);
  if (english === null) return <bdi>{of}</bdi>;
  return <span lang={lang === "en" ? undefined : "en"}>{english}</span>;
}

function Fact({ name, children }: { name: ComponentChildren; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** English without a country counts days the way that can't be taken for another: `23 November 2026`. */
const day = (at: number, lang: string): string =>
  new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, {
    dateStyle: "long",
    timeZone: "UTC",
  }).format(at);

const Time = ({ at, lang }: { at: number; lang: string }) => (
  <time dateTime={new Date(at).toISOString()}>{day(at, lang)}</time>
);

const plain = (value: Json | undefined): string =>
  typeof value === "string" ? value : JSON.stringify(value);

function nameOf({ isThis, origin, device }: DevicePortrait, words: Words): string {
  const name = isThis ? words.thisDevice : origin === "browser" ? words.otherDevice : words.server;
  const kind = [device?.browser, device?.os].filter(Boolean).join(", ");
  return kind && origin === "browser" ? `${name} (${kind})` : name;
}
