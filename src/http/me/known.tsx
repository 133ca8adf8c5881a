/** What is known, device by device, and on whose word it was recorded. */
import type { Policy } from "../../domain/consent/policy.ts";
import { purposeTexts } from "../../domain/consent/notice.ts";
import { dayStart } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import { answeredAt, isDefault } from "../../domain/person/consent.ts";
import type { DevicePortrait, Portrait } from "../../privacy/portrait.ts";
import type { Words } from "./words.ts";

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
        {device.identifiers.length > 0 && (
          <Fact name={words.identifiers}>
            {device.identifiers.map(({ kind, value, assurance }, n) => (
              <div key={n}>
                {`${kind}: ${value ?? words.unreadable}`}{" "}
                <span class="soft">
                  ({assurance === "verified" ? words.verified : words.unverified})
                </span>
              </div>
            ))}
          </Fact>
        )}
        {Object.keys(device.traits).length > 0 && (
          <Fact name={words.traits}>
            {Object.entries(device.traits).map(([name, value]) => (
              <div key={name}>{`${name}: ${plain(value)}`}</div>
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

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

const day = (at: number, lang: string): string =>
  new Intl.DateTimeFormat(lang, { dateStyle: "long", timeZone: "UTC" }).format(at);

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
