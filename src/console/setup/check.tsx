/** The setup check: what is wrong with the tracking, what shows it, and how to mend it. */
import { mayDo, type Role } from "../../http/auth.ts";
import type { HostComparison } from "../../http/addresses-of-hosts.ts";
import type { Session } from "../../http/session.ts";
import type { Finding, Level } from "../../domain/setup/checks.ts";
import { Checked, errorsFrom, Field } from "../field.tsx";
import { count, whole } from "../numbers.ts";
import { Badge, FormToken, Notice, Section, Subnav, Time, Title } from "../parts.tsx";
import { PLACES, reach } from "../places.ts";
import { Ranges } from "../ranges.tsx";
import { dayWords } from "../days.ts";

export const SETUP = "/_u/console/setup";

const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  wrong: "Mend",
  look: "Look",
  unknown: "Not known",
  good: "Good",
};

const TONES: Readonly<Record<Level, string>> = {
  wrong: "danger",
  look: "hinted",
  unknown: "",
  good: "good",
};

export const SetupNav = ({ path }: { path: string }) => (
  <Subnav
    label="Setup"
    path={path}
    items={[
      { name: "Check", href: SETUP },
      { name: "Event plan", href: `${SETUP}/plan` },
    ]}
  />
);

export interface SetupPageProps {
  session: Session;
  now: number;
  from: string;
  to: string;
  days: number;
  findings: readonly Finding[];
  /** Null until it was read. */
  sitemap: { at: string; pages: number; cut: boolean } | null;
  /** Where it lies when nothing else is said. */
  sitemapUrl: string;
  /** What the sitemap said. */
  said?: string | undefined;
  /** Why it couldn't be read. */
  wrongSitemap?: string | undefined;
  hosts?: readonly HostComparison[] | undefined;
}

export const SetupPage = ({
  session,
  now,
  from,
  to,
  days,
  findings,
  sitemap,
  sitemapUrl,
  wrongSitemap,
  said,
  hosts,
}: SetupPageProps) => {
  const wrong = findings.filter(({ level }) => level === "wrong").length;
  const look = findings.filter(({ level }) => level === "look").length;
  return (
    <>
      <Title name="Setup">
        <Ranges now={now} days={days} href={SETUP} from={from} to={to} />
      </Title>
      <SetupNav path={SETUP} />
      {said !== undefined && <Notice tone="good">{said}</Notice>}
      <p>
        {wrong === 0 && look === 0
          ? "Nothing is to be mended."
          : `${count(wrong, "thing")} to mend, ${whole(look)} to look at.`}{" "}
        <span class="soft">
          From what came between {dayWords(from)} and {dayWords(to)}; addresses and orders from the
          last two days.
        </span>
      </p>
      <ol class="findings">
        {findings.map((finding) => (
          <FindingCard finding={finding} role={session.role} />
        ))}
      </ol>
      <Section title="Have more looked at" id="more">
        <Checked
          errors={errorsFrom(
            wrongSitemap === undefined ? [] : [{ name: "url", message: wrongSitemap }],
          )}
        >
          <form method="post" action={`${SETUP}/sitemap`}>
            <FormToken session={session} />
            <Field
              name="url"
              label="Sitemap"
              help={
                sitemap ? (
                  <>
                    {sitemap.cut ? "The first " : ""}
                    {count(sitemap.pages, "page")}, read <Time at={sitemap.at} />
                  </>
                ) : (
                  "Not read yet"
                )
              }
              grow
            >
              {(wired) => <input {...wired} type="url" value={sitemapUrl} required />}
            </Field>
            <button type="submit">Read the sitemap</button>
          </form>
        </Checked>
        <form method="post" action={`${SETUP}/hosts`}>
          <FormToken session={session} />
          <p class="soft">
            Safari looks whether the collector and the pages are in the same network.
          </p>
          <button type="submit">Compare the addresses</button>
        </form>
        {hosts && <Hosts hosts={hosts} />}
        {!mayDo(session.role, "marketer") && (
          <p class="soft">The event plan is the marketer's to change.</p>
        )}
      </Section>
    </>
  );
};

const PLACE = /^(.*?) \((\/_u\/console\/[\w/-]*)\)(.*)$/su;

/** A place of the console that a step names is a way there, for those who may go. */
const Step = ({ step, role }: { step: string; role: Role }) => {
  const [, before = "", path = "", after = ""] = PLACE.exec(step) ?? [];
  const place = PLACES.find(({ href }) => href === path);
  if (!place) return <>{step}</>;
  const href = reach(role, path);
  return (
    <>
      {before}
      {href !== undefined && (
        <>
          {" "}
          (<a href={href}>{place.name}</a>)
        </>
      )}
      {after}
    </>
  );
};

const FindingCard = ({
  finding: { id, level, title, evidence, steps },
  role,
}: {
  finding: Finding;
  role: Role;
}) => (
  <li class="card finding" id={`finding-${id}`}>
    <h2>
      <Badge tone={TONES[level]}>{LEVEL_WORDS[level]}</Badge> {title}
    </h2>
    {evidence.length > 0 && (
      <ul class="evidence">
        {evidence.map((line) => (
          <li>{line}</li>
        ))}
      </ul>
    )}
    {steps.length > 0 && (
      <details open={level === "wrong"}>
        <summary>What to do</summary>
        <ol>
          {steps.map((step) => (
            <li>
              <Step step={step} role={role} />
            </li>
          ))}
        </ol>
      </details>
    )}
  </li>
);

const Hosts = ({ hosts }: { hosts: readonly HostComparison[] }) => (
  <ul>
    {hosts.map(({ host, sameNetwork }) => (
      <li>
        {host}:{" "}
        {sameNetwork === null
          ? "DNS didn't say"
          : sameNetwork
            ? "the same network, cookies stay"
            : "another network, Safari keeps the cookie for seven days"}
      </li>
    ))}
  </ul>
);
