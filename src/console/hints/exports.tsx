/** Exports: the list of who should get what as a file, and to the site's own systems once a day. */
import type { Action, Webhook } from "../../domain/action/catalogue.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { Problem } from "../../domain/problem.ts";
import { catalogueInForce } from "../../http/api/actions.ts";
import { iso } from "../../http/api/input.ts";
import { type Delivery, readDeliveries, retryNow, secretOf } from "../../http/deliver.ts";
import type { Session } from "../../http/session.ts";
import { doneAt } from "../done.tsx";
import { Checked, errorsFrom } from "../field.tsx";
import { count, whole } from "../numbers.ts";
import { action as form, page, screen, type Visit } from "../page.tsx";
import { Badge, Empty, FormToken, Section, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import type { ExportJob } from "../../out/exports.ts";
import { ExportJobs } from "../exports/jobs.tsx";
import { jobsOf } from "../exports/routes.tsx";
import { AddSystem, type AddSystemProps, Secret } from "./add-system.tsx";
import { FILE_PEOPLE } from "./download.ts";
import { addSystem, removeSystem, renewSecret } from "./systems.ts";
import { CHANNEL_WORDS } from "./words.ts";

export interface ExportsProps extends AddSystemProps {
  policy: Policy;
  actions: readonly Pick<Action, "id" | "label" | "channel">[];
  /** Lists that were made or are being made. */
  lists: readonly ExportJob[];
  now: number;
  systems: readonly { webhook: Webhook; delivery: Delivery | null }[];
  /** Shown this once. */
  secret: { id: string; value: string } | null;
}

const NOTHING_TYPED = { id: "", url: "", channels: [] };
const CSV = "/_u/console/exports/hints.csv";
const LISTS = "/_u/console/exports/lists";

/** Everybody takes a while: the work goes on by itself, and the list says how far it is. */
const MakeList = ({
  session,
  action,
  words,
  label,
}: {
  session: Session;
  action: string;
  words: string;
  /** What is heard with it where the words stand alone. */
  label?: string;
}) => (
  <form method="post" action={LISTS}>
    <FormToken session={session} />
    <input type="hidden" name="action" value={action} />
    <button type="submit" class="quiet">
      {words}
      {label !== undefined && <span class="hidden">: {label}</span>}
    </button>
  </form>
);

const Files = ({ session, actions }: Pick<ExportsProps, "session" | "actions">) => (
  <Section title="As a file" id="files" aside={<a href={CSV}>All actions as CSV</a>}>
    <p class="soft">
      Who should get what now, by which address and why. A file holds only addresses that may be
      contacted over that channel when it is made. The quick one looks through the {FILE_PEOPLE}{" "}
      people last seen; the one of everybody takes longer on a large site, and you can leave
      meanwhile.
    </p>
    {actions.length === 0 ? (
      <Empty title="There is no action yet">
        <p>
          <a href="/_u/console/actions/new">Make one</a>
        </p>
      </Empty>
    ) : (
      <Table
        caption="Lists by action"
        rows={actions}
        columns={[
          {
            name: "Action",
            cell: ({ id, label }) => <a href={`/_u/console/actions/${id}`}>{label}</a>,
          },
          { name: "Goes out", cell: ({ channel }) => CHANNEL_WORDS[channel] },
          {
            name: "Of those last seen",
            cell: ({ id, label }) => (
              <a href={`${CSV}?action=${id}`}>
                Download<span class="hidden"> {label}</span>
              </a>
            ),
          },
          {
            name: "Of everybody",
            cell: ({ id, label }) => (
              <MakeList session={session} action={id} words="Make the list" label={label} />
            ),
          },
        ]}
      />
    )}
  </Section>
);

const stateOf = (delivery: Delivery | null): { words: string; tone: string } => {
  if (!delivery) return { words: "nothing sent yet", tone: "stage-device" };
  if (delivery.state === "done") return { words: "today's list is out", tone: "verified" };
  if (delivery.state === "given up") return { words: "given up for today", tone: "hinted" };
  return delivery.tries > 0
    ? { words: `waits, tried ${count(delivery.tries, "time")}`, tone: "hinted" }
    : { words: "going out", tone: "asserted" };
};

const Log = ({ delivery }: { delivery: Delivery }) => (
  <Table
    caption="Last deliveries, the newest first"
    rows={delivery.log.slice(0, 8)}
    columns={[
      { name: "At", cell: ({ at }) => <Time at={iso(at)} /> },
      { name: "Hints", number: true, cell: ({ hints }) => whole(hints) },
      {
        name: "Answer",
        cell: ({ taken, status }) => (
          <>
            <Badge tone={taken ? "verified" : "hinted"}>{taken ? "taken" : "not taken"}</Badge>{" "}
            {status ?? "no answer"}
          </>
        ),
      },
    ]}
  />
);

const System = ({
  webhook,
  delivery,
  session,
}: ExportsProps["systems"][number] & { session: Session }) => {
  const { words, tone } = stateOf(delivery);
  return (
    <Section
      title={webhook.id}
      id={`system-${webhook.id}`}
      aside={<Badge tone={tone}>{words}</Badge>}
    >
      <p>
        <code>{webhook.url}</code>
      </p>
      <p class="soft">
        Gets what goes out {webhook.channels.map((each) => CHANNEL_WORDS[each]).join(", ")}.
        {delivery?.state === "open" && delivery.tries > 0 && (
          <>
            {" "}
            Tried again <Time at={iso(delivery.next)} />.
          </>
        )}
      </p>
      {delivery && delivery.log.length > 0 && <Log delivery={delivery} />}
      <form method="post" action={`/_u/console/exports/systems/${webhook.id}`} class="actions">
        <FormToken session={session} />
        {delivery?.state !== "done" && (
          <button type="submit" class="quiet" name="do" value="retry">
            Send now
          </button>
        )}
        <button type="submit" class="quiet" name="do" value="renew">
          New secret
        </button>
        <button type="submit" class="quiet" name="do" value="remove">
          Take it out
        </button>
      </form>
    </Section>
  );
};

const NAMES = { id: "Name", url: "Address", channels: "Channels" } as const;

export const ExportsPage = (props: ExportsProps) => (
  <>
    <Title name="Exports" />
    {props.secret && <Secret secret={props.secret} />}
    <Checked errors={errorsFrom(props.errors, NAMES)}>
      <Files session={props.session} actions={props.actions} />
      <Section
        title="Lists of everybody"
        id="lists"
        aside={<MakeList session={props.session} action="" words="Make one of all actions" />}
      >
        <ExportJobs
          jobs={props.lists}
          policy={props.policy}
          actions={props.actions}
          folder={LISTS}
          now={props.now}
        />
      </Section>
      <h2>Systems that get the list once a day</h2>
      <p class="prose soft">
        Signed, page by page. What isn't taken is sent again with growing pauses, made anew each
        time: an address whose permission has ended meanwhile is no longer in it.
      </p>
      {props.systems.map((system) => (
        <System {...system} session={props.session} />
      ))}
      <AddSystem {...props} />
    </Checked>
  </>
);

type More = Partial<Pick<ExportsProps, "secret" | "errors" | "typed">>;

async function exportsScreen(visit: Visit, more: More, status = 200): Promise<Response> {
  const { context, session } = visit;
  const [policy, catalogue, deliveries, lists] = await Promise.all([
    context.policy(),
    catalogueInForce(context.db),
    readDeliveries(context.db),
    jobsOf(context, true),
  ]);
  const systems = (catalogue.webhooks ?? []).map((webhook) => ({
    webhook,
    delivery: deliveries[webhook.id] ?? null,
  }));
  const { secret = null, errors = [], typed = NOTHING_TYPED } = more;
  const { actions } = catalogue;
  const { now } = context;
  const body = (
    <ExportsPage {...{ session, policy, actions, lists, now, systems, secret, errors, typed }} />
  );
  return screen(visit, "Exports", body, status);
}

export const getExportsPage = page("marketer", (visit) => exportsScreen(visit, {}));

const secretFor = async ({ context }: Visit, webhook: Webhook) => ({
  id: webhook.id,
  value: await secretOf(context.config.serverKey, webhook),
});

export const postSystem = form("marketer", async (visit, sent) => {
  const added = await addSystem(visit.context, sent, visit.session.role);
  if (added.ok) return exportsScreen(visit, { secret: await secretFor(visit, added.webhook) });
  const typed = {
    id: sent.get("id") ?? "",
    url: sent.get("url") ?? "",
    channels: sent.getAll("channels"),
  };
  return exportsScreen(visit, { errors: added.errors, typed }, 422);
});

export const postSystemChange = form("marketer", async (visit, sent) => {
  const { request, context, session } = visit;
  const id = request.params["id"] ?? "";
  const catalogue = await catalogueInForce(context.db);
  const webhook = catalogue.webhooks?.find((each) => each.id === id);
  if (!webhook) throw new Problem("not_found", "there is no such system");
  const asked = sent.get("do");
  if (asked === "renew") {
    const renewed = await renewSecret(context, id, session.role);
    return exportsScreen(visit, renewed ? { secret: await secretFor(visit, renewed) } : {});
  }
  if (asked === "remove") {
    await removeSystem(context, id, session.role);
    return doneAt("/_u/console/exports", "removed");
  }
  if (asked === "retry") {
    const post = (url: string, init: RequestInit): Promise<Response> => fetch(url, init);
    const ports = { ...context, catalogue: async () => catalogue };
    await retryNow({ ...ports, serverKey: context.config.serverKey, post }, webhook, context.now);
  }
  return doneAt("/_u/console/exports", "again");
});
