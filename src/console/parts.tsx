/** The small things that pages are made of. */
import type { ComponentChildren } from "preact";
import type { Stage } from "../domain/person/stage.ts";
import type { Session } from "../http/session.ts";
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
    {stage}
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

export const Section = ({
  title,
  id,
  children,
}: {
  title: string;
  id: string;
  children: ComponentChildren;
}) => (
  <section class="card" aria-labelledby={id}>
    <h2 id={id}>{title}</h2>
    {children}
  </section>
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

export const FormToken = ({ session }: { session: Session }) => (
  <input type="hidden" name="form" value={session.formToken} />
);
