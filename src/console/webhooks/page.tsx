/** Webhooks: which systems of the site's own get events as they come, on which purpose, and what became of the last tries. */
import type { Policy } from "../../domain/consent/policy.ts";
import type { WebhooksAnswer } from "../../http/api/webhooks.ts";
import type { Session } from "../../http/session.ts";
import { labelOf } from "../../domain/consent/notice.ts";
import { Checked, errorsFrom, type FieldError } from "../field.tsx";
import { count, whole } from "../numbers.ts";
import { Badge, Empty, FormToken, Notice, Section, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { NewWebhook, type TypedWebhook } from "./new.tsx";
import { dayWords } from "../days.ts";

export const WEBHOOKS = "/_u/console/webhooks";

type Hook = WebhooksAnswer["hooks"][number];
type Delivery = Hook["deliveries"][number];

export interface WebhooksProps {
  session: Session;
  policy: Policy;
  webhooks: WebhooksAnswer;
  /** Shown this once. */
  secret: { id: string; value: string } | null;
  errors: readonly FieldError[];
  typed: TypedWebhook;
  /** The one that was to be changed, when somebody else had changed them meanwhile. */
  late?: string | null;
}

const NAMES = { id: "Name", url: "Address", purpose: "For", events: "Events" } as const;

/** Tries that are told of each. */
const TOLD = 10;

const STATES = {
  open: { words: "waits", tone: "asserted" },
  sent: { words: "sent", tone: "verified" },
  dead: { words: "given up", tone: "hinted" },
} as const;

const mayChange = ({ role }: Session): boolean => role !== "marketer";

const stateOf = ({ enabled, deliveries }: Hook): { words: string; tone: string } => {
  if (!enabled) return { words: "paused", tone: "stage-device" };
  const [last] = deliveries;
  if (!last) return { words: "nothing sent yet", tone: "stage-device" };
  if (last.state === "open" && last.tries > 0)
    return { words: `tried ${count(last.tries, "time")}`, tone: "hinted" };
  return STATES[last.state];
};

const answerOf = ({ state, tries, status, events }: Delivery): string => {
  if (state === "sent" && events === 0) return "nothing was to be sent any more";
  if (status !== null) return `answered ${status}`;
  return tries === 0 ? "not tried yet" : "no answer";
};

const Again = ({
  session,
  hook,
  delivery,
}: {
  session: Session;
  hook: Hook;
  delivery: Delivery;
}) => (
  <form method="post" action={`${WEBHOOKS}/${hook.id}/again`}>
    <FormToken session={session} />
    <input type="hidden" name="delivery" value={delivery.id} />
    <button type="submit" class="quiet">
      Send again<span class="hidden"> what was given up on {dayWords(delivery.day)}</span>
    </button>
  </form>
);

const Tries = ({ session, hook }: { session: Session; hook: Hook }) => (
  <Table
    caption={`Last deliveries to ${hook.id}, the newest first`}
    rows={hook.deliveries.slice(0, TOLD)}
    columns={[
      { name: "Begun", rem: 13, cell: ({ at }) => <Time at={at} /> },
      { name: "Events of", cell: ({ day }) => dayWords(day) },
      { name: "Events", number: true, cell: ({ events }) => whole(events) },
      { name: "Tries", number: true, cell: ({ tries }) => whole(tries) },
      {
        name: "State",
        rem: 18,
        cell: (delivery) => (
          <>
            <Badge tone={STATES[delivery.state].tone}>{STATES[delivery.state].words}</Badge>{" "}
            {answerOf(delivery)}
            {delivery.next !== null && delivery.tries > 0 && (
              <>
                , again <Time at={delivery.next} />
              </>
            )}
            {delivery.state === "dead" && mayChange(session) && (
              <Again {...{ session, hook, delivery }} />
            )}
          </>
        ),
      },
    ]}
  />
);

const Do = ({ what, words }: { what: string; words: string }) => (
  <button type="submit" class="quiet" name="do" value={what}>
    {words}
  </button>
);

const Change = ({ session, hook, version }: { session: Session; hook: Hook; version: number }) => (
  <form method="post" action={`${WEBHOOKS}/${hook.id}`}>
    <FormToken session={session} />
    <input type="hidden" name="version" value={version} />
    <div class="actions">
      <Do what={hook.enabled ? "pause" : "resume"} words={hook.enabled ? "Pause" : "Go on"} />
      <Do what="show" words="Show the secret" />
      <Do what="renew" words="New secret" />
    </div>
    <details>
      <summary>Take it out</summary>
      <p class="soft">
        Nothing further is sent to it, and what is told of its deliveries goes in the night. One of
        the same name that is made later begins with what comes from then on.
      </p>
      <Do what="remove" words={`Take ${hook.id} out`} />
    </details>
  </form>
);

const Webhook = ({
  session,
  policy,
  hook,
  version,
}: Pick<WebhooksProps, "session" | "policy"> & { hook: Hook; version: number }) => {
  const { words, tone } = stateOf(hook);
  const { url, purpose, events, enabled, deliveries } = hook;
  return (
    <Section title={hook.id} id={`hook-${hook.id}`} aside={<Badge tone={tone}>{words}</Badge>}>
      <p>
        <code>{url}</code>
      </p>
      <p class="soft">
        Gets {events.length === 0 ? "every event" : events.join(", ")} that was recorded for{" "}
        {labelOf(policy, purpose)}, of those who allow it when it is sent.
        {!enabled && " It is paused: what comes in the next week is sent when it goes on."}
      </p>
      {deliveries.length > 0 && <Tries {...{ session, hook }} />}
      {mayChange(session) && <Change {...{ session, hook, version }} />}
    </Section>
  );
};

const Late = ({ id }: { id: string }) => (
  <Notice tone="danger" focused>
    <p>
      <strong>Somebody else changed the systems meanwhile, so nothing was done to {id}.</strong>{" "}
      Below they stand as they are now: look, and press again.
    </p>
  </Notice>
);

const Secret = ({ secret: { id, value } }: { secret: { id: string; value: string } }) => (
  <Notice tone="note" focused>
    <p>
      <strong>
        The secret of {id}, for the system that gets the events. It stays behind “Show the secret”.
      </strong>
    </p>
    <p>
      <code>{value}</code>
    </p>
    <p>
      Each delivery carries <code>Usher-Signature: t=seconds,v1=hex</code>, HMAC-SHA256 with this
      secret over <code>seconds.body</code>. Turn away what is more than five minutes old, and take
      each <code>Usher-Delivery</code> once.
    </p>
  </Notice>
);

export const WebhooksPage = (props: WebhooksProps) => {
  const { session, policy, webhooks, secret, errors, late = null } = props;
  const { version, hooks } = webhooks;
  return (
    <>
      <Title name="Webhooks" />
      {late !== null && <Late id={late} />}
      {secret && <Secret secret={secret} />}
      <Checked errors={errorsFrom(errors, NAMES)}>
        <p class="prose soft">
          Events go to your own systems within about five minutes, signed and in the order of
          arrival. What isn't taken is tried eight times with growing pauses; consent is asked for
          anew each time. The daily list of who should get what goes out by{" "}
          {session.role === "officer" ? (
            "the marketer's exports"
          ) : (
            <a href="/_u/console/exports">Exports</a>
          )}
          .
        </p>
        {hooks.length === 0 ? (
          <Empty title="No system gets events yet">
            {!mayChange(session) && <p>An officer can add one.</p>}
          </Empty>
        ) : (
          hooks.map((hook) => <Webhook {...{ session, policy, hook, version }} />)
        )}
        {mayChange(session) && <NewWebhook {...props} />}
      </Checked>
    </>
  );
};
