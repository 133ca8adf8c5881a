/** The consent policy in force, in plain words, and a way to its draft. */
import type { Policy, PolicyCookie, PolicyPurpose } from "../../domain/consent/policy.ts";
import { readDraft } from "../../d1/drafts.ts";
import type { PublishedPolicy } from "../../d1/policies.ts";
import { asked, iso } from "../../http/api/input.ts";
import { requirePolicy, requireVersion, versionsOf } from "../../http/api/policy.ts";
import type { Session } from "../../http/session.ts";
import { type OlderProgress, olderProgress } from "../../privacy/older.ts";
import { count } from "../numbers.ts";
import { page, screen } from "../page.tsx";
import { Badge, FormToken, Notice, Section, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { Days } from "./days.tsx";
import { DRAFT, POLICY, PolicyNav } from "./nav.tsx";
import { languagesOf } from "./edit/purposes.tsx";
import { NoticePreview } from "./notice-preview.tsx";
import { labelOf } from "../../domain/consent/notice.ts";
import {
  BASIS_NAMES,
  CAPABILITY_NAMES,
  labelsOf,
  promiseWords,
  REGIME_NAMES,
  regimeWords,
  signalWords,
} from "./words.ts";
import { dayWords } from "../days.ts";

export interface PolicyPageProps {
  policy: Policy;
  about: Omit<PublishedPolicy, "document" | "version">;
  /** Who is writing the next one, and since when it is as it is. */
  draft: { author: string; at: number } | null;
  session: Session;
  /** How far older rows have lost what it leaves out. */
  older?: OlderProgress | null;
  /** It was published a moment ago. */
  fresh?: boolean;
}

export const PolicyPage = ({
  policy,
  about,
  draft,
  session,
  older = null,
  fresh = false,
}: PolicyPageProps) => (
  <>
    <PolicyNav path={POLICY} />
    <Title name={`Consent policy, version ${policy.version}`}>
      {draft ? (
        <a class="button" href={DRAFT}>
          Go on with the draft
        </a>
      ) : (
        <BeginDraft session={session} from={policy.version} words="Change the policy" />
      )}
    </Title>
    {fresh && (
      <Notice tone="good">
        <p>Published. Every visitor is decided by it within ten seconds.</p>
      </Notice>
    )}
    <p class="soft">
      {about.at === 0 ? (
        "The policy that Usher starts with."
      ) : (
        <>
          Published by the {about.author} on <Time at={iso(about.at)} />
          {about.note === "" ? "." : `: ${about.note}`}
        </>
      )}
      {draft && (
        <>
          {" "}
          A draft of the next version was saved by the {draft.author} on <Time at={iso(draft.at)} />
          .
        </>
      )}
    </p>
    {older && <Older older={older} version={policy.version} />}
    <PolicyInWords policy={policy} />
  </>
);

const Older = ({ older, version }: { older: OlderProgress; version: number }) => {
  const { looked, changed, day, done, until } = older;
  const come = `${count(looked, "event")} gone through, ${count(changed, "row")} changed`;
  if (older.version < version)
    return <p class="soft">Older rows are looked through for what it leaves out within minutes.</p>;
  if (!done)
    return (
      <Notice tone="note">
        <p>
          <strong>What it leaves out is being taken out of older rows:</strong> {come}
          {day !== null && `, up to those of ${dayWords(day)}`}
          {older.databases > 1 && ` in database ${older.database} of ${older.databases}`}. Cron goes
          on with it every few minutes.
        </p>
      </Notice>
    );
  return (
    <p class="soft">
      Older rows have lost what it leaves out: {come}.{" "}
      {until !== null && (
        <>
          What lands late is looked for until <Time at={iso(until)} />.
        </>
      )}
    </p>
  );
};

export const BeginDraft = ({
  session,
  from,
  words,
  revision = 0,
}: {
  session: Session;
  /** The version it begins as. */
  from: number;
  words: string;
  /** Of the draft it replaces. */
  revision?: number;
}) => (
  <form method="post" action={DRAFT}>
    <FormToken session={session} />
    <input type="hidden" name="from" value={from} />
    <input type="hidden" name="revision" value={revision} />
    <button type="submit">{words}</button>
  </form>
);

/** The whole document, readable by those who didn't write it. */
export const PolicyInWords = ({ policy }: { policy: Policy }) => (
  <>
    <Section title="What happens to a visitor" id="regimes">
      <dl class="told">
        {regimeWords(policy).map(({ regime, where, what, all }) => (
          <div>
            <dt>
              <Badge tone={`regime-${regime}`}>{REGIME_NAMES[regime]}</Badge>
            </dt>
            <dd>
              {where} {what}
              {all.length > 7 && (
                <details>
                  <summary>All {all.length} places</summary>
                  <p class="soft">{all.join(", ")}</p>
                </details>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
    <Purposes policy={policy} />
    <div class="sides">
      <Section title="What signals count for" id="signals">
        <ul>
          {signalWords(policy).map((words) => (
            <li>{words}</li>
          ))}
        </ul>
      </Section>
      <Section title="What visitors are promised" id="promises">
        <ul>
          {promiseWords(policy).map((words) => (
            <li>{words}</li>
          ))}
        </ul>
      </Section>
    </div>
    <Section title="What visitors are shown" id="notice">
      <div class="previews">
        {languagesOf(policy).map((language) => (
          <NoticePreview policy={policy} language={language} />
        ))}
      </div>
    </Section>
    <Section title="Cookies" id="cookies">
      <CookieTable policy={policy} />
    </Section>
    <details>
      <summary>The document</summary>
      <pre tabindex={0} aria-label="The policy as JSON">
        {JSON.stringify(policy, null, 2)}
      </pre>
    </details>
  </>
);

const Purposes = ({ policy }: { policy: Policy }) => (
  <Section title="What data is used for" id="purposes">
    <Table<PolicyPurpose>
      caption="Purposes"
      rows={policy.purposes}
      columns={[
        {
          name: "Purpose",
          cell: ({ id, description, required }) => (
            <>
              <strong>{labelOf(policy, id)}</strong> {required && <Badge>required</Badge>}
              <p class="soft">{description[policy.notice.language]}</p>
            </>
          ),
        },
        { name: "Legal basis", cell: ({ basis }) => BASIS_NAMES[basis] },
        { name: "Kept for", cell: ({ retentionDays }) => <Days n={retentionDays} /> },
        {
          name: "Lets Usher",
          cell: ({ switchesOn }) =>
            switchesOn.map((each) => CAPABILITY_NAMES[each].toLowerCase()).join(", ") || "nothing",
        },
      ]}
    />
  </Section>
);

export const CookieTable = ({ policy }: { policy: Policy }) => (
  <Table<PolicyCookie>
    caption="Cookies as they are declared"
    rows={policy.cookies}
    columns={[
      {
        name: "Cookie",
        cell: ({ name, description }) => (
          <>
            <code>{name}</code>
            <p class="soft">{description[policy.notice.language]}</p>
          </>
        ),
      },
      { name: "Set for", cell: ({ purposes }) => labelsOf(policy, purposes) || "nothing" },
      { name: "Lives for", cell: ({ lifetimeDays }) => <Days n={lifetimeDays} /> },
      {
        name: "What it can do",
        cell: ({ identifies, readableByPage }) =>
          [
            identifies ? "tells browsers apart" : "tells nobody apart",
            readableByPage ? "scripts can read it" : "scripts can't read it",
          ].join("; "),
      },
    ]}
  />
);

export const getPolicyPage = page("officer", async (visit) => {
  const { context, request, session } = visit;
  const [newest] = await versionsOf(context);
  const [{ document, ...about }, draft, older] = await Promise.all([
    requireVersion(context, newest?.version ?? 1),
    readDraft(context.db, "policy"),
    olderProgress(context.db),
  ]);
  const policy = requirePolicy(document);
  const fresh = asked(request, "published") === String(policy.version);
  return screen(
    visit,
    "Policy",
    <PolicyPage {...{ policy, about, draft, session, older, fresh }} />,
  );
});
