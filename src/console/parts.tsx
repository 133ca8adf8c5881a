/** The small things that pages are made of. */
import type { ComponentChildren } from "preact";
import { STAGE_NAMES, type Stage } from "../domain/person/stage.ts";
import type { Session } from "../http/session.ts";
import { scriptUrl } from "./assets.ts";
import { whole } from "./numbers.ts";
import { STAGE_WORDS } from "./words.ts";

const UTC = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** In UTC as sent; the page's script turns it into the reader's own time, with the zone. */
export const Time = ({ at, as }: { at: string; as?: "time" }) => (
  <time datetime={at} data-local={as ?? "full"}>
    {`${UTC.format(new Date(at))} UTC`}
  </time>
);

export const StageBadge = ({ stage }: { stage: Stage }) => (
  <span class={`badge stage-${stage}`} title={STAGE_WORDS[stage]}>
    {STAGE_NAMES[stage]}
  </span>
);

export const Badge = ({ tone, children }: { tone?: string; children: ComponentChildren }) => (
  <span class={`badge ${tone ?? ""}`}>{children}</span>
);

/** An id is long; its first letters tell apart, the whole is there to copy. */
export const Id = ({ id }: { id: string }) => (
  <code class="id" title={id}>
    {id.slice(0, 8)}
  </code>
);

/** `policy 3`, leading to what that version says. */
export const PolicyVersion = ({ version, words }: { version: number; words: string }) => (
  <a href={`/_u/console/policy/versions/${version}`}>
    {words} {version}
  </a>
);

/** A card with a headline. `aside` stands on its line: a link to more, a figure. */
export const Section = ({
  title,
  id,
  aside,
  children,
}: {
  title: string;
  id: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) => (
  <section class="card" aria-labelledby={id}>
    {aside === undefined ? (
      <h2 id={id}>{title}</h2>
    ) : (
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
    )}
    {children}
  </section>
);

/** The page's headline, with what belongs on its line: ranges, a button. */
export const Title = ({ name, children }: { name: string; children?: ComponentChildren }) => (
  <header class="title">
    <h1>{name}</h1>
    {children}
  </header>
);

/** What a page says where it has nothing to show, and what to do then. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p>
      <strong>{title}</strong>
    </p>
    {children}
  </div>
);

/**
 * Something to know before the rest: `good` that it worked, `note` that it wants attention, `danger` that it went wrong
 * or can't be taken back.
 */
export const Notice = ({
  tone,
  focused = tone === "good",
  children,
}: {
  tone: "good" | "note" | "danger";
  /** It answers what was just done: the page opens with the focus on the first such. */
  focused?: boolean;
  children: ComponentChildren;
}) => (
  <div
    class={{ good: "notice", note: "note", danger: "warning" }[tone]}
    role={tone === "danger" ? "alert" : "status"}
    {...(focused ? { tabindex: -1, autofocus: true } : {})}
  >
    {children}
  </div>
);

/**
 * Work that takes longer than a page: it can be left and come back to. `of` null: nobody knows how much it is; `percent`: what is
 * done is a share.
 */
export const Progress = ({
  label,
  done,
  of,
  href,
}: {
  label: string;
  done: number;
  of: number | "percent" | null;
  /** This page, to look again. */
  href: string;
}) => (
  <div class="progress" role="group" aria-label={label}>
    <p>
      <strong>{label}</strong>{" "}
      <span class="soft number">
        {of === null
          ? `${whole(done)} so far`
          : of === "percent"
            ? `${whole(done)} %`
            : `${whole(done)} of ${whole(of)}`}
      </span>
    </p>
    {of === null ? (
      <progress aria-label={label} />
    ) : (
      <progress
        aria-label={label}
        max={of === "percent" ? 100 : Math.max(1, of)}
        value={of === "percent" ? done : Math.min(done, of)}
      />
    )}
    <p class="soft">
      You can leave this page; the work goes on. <a href={href}>Look again</a>
    </p>
  </div>
);

/** The pages of one place, beside each other. */
export const Subnav = ({
  label,
  items,
  path,
}: {
  label: string;
  items: readonly { name: string; href: string }[];
  /** Where we are. */
  path: string;
}) => (
  <nav class="subnav" aria-label={label}>
    <ul>
      {items.map(({ name, href }) => (
        <li>
          <a href={href} aria-current={href === path ? "page" : undefined}>
            {name}
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

/** Steps through a long list by cursor. */
export const Pages = ({
  first,
  next,
  words,
}: {
  /** Back to where the list begins; null when this is it. */
  first: string | null;
  /** What comes after this page; null at the end. */
  next: string | null;
  words: { first: string; next: string };
}) =>
  first === null && next === null ? null : (
    <nav class="pages" aria-label="Pages">
      {first !== null && <a href={first}>{words.first}</a>}
      {next !== null && (
        <a href={next} rel="next">
          {words.next}
        </a>
      )}
    </nav>
  );

/** One thing told, by its name, in a `<dl>`. */
export const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt class="soft">{name}</dt>
    <dd>{children}</dd>
  </div>
);

export interface FigureProps {
  name: string;
  value: string;
  /** What is behind it. */
  href?: string | undefined;
  /** What to know with it: of how many, since when. */
  note?: string | undefined;
}

export const Figure = ({ name, value, href, note }: FigureProps) => (
  <div>
    <dt>{name}</dt>
    <dd>{href === undefined ? value : <a href={href}>{value}</a>}</dd>
    {note !== undefined && <dd class="soft">{note}</dd>}
  </div>
);

/** The few figures that a page begins with. */
export const Figures = ({ figures }: { figures: readonly FigureProps[] }) => (
  <dl class="figures">
    {figures.map((each) => (
      <Figure {...each} />
    ))}
  </dl>
);

/** A script of this page's own (`src/browser/console/<name>.ts`); the page works without it. */
export const Island = ({ name }: { name: string }) => <script src={scriptUrl(name)} defer />;

export const FormToken = ({ session }: { session: Session }) => (
  <input type="hidden" name="form" value={session.formToken} />
);
