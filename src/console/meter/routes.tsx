/** The page of the reading meter, which is a part of the catalogue: each change is a version of that. */
import type { Catalogue } from "../../domain/action/catalogue.ts";
import { CatalogueSchema, type EditedCatalogue } from "../../domain/action/schema.ts";
import { Problem } from "../../domain/problem.ts";
import { edited } from "../../http/api/action.ts";
import { catalogueInForce, saveCatalogue } from "../../http/api/actions.ts";
import { asked, faultsIn } from "../../http/api/input.ts";
import { meterReport } from "../../http/api/meter.ts";
import { isAbout } from "../../http/audit.ts";
import type { Route } from "../../http/context.ts";
import { doneAt } from "../done.tsx";
import type { FieldError } from "../field.tsx";
import { action, page, screen, type Visit } from "../page.tsx";
import { METER, MeterPage, type TypedMeter, typedOf } from "./page.tsx";

/** People looked at for one page: each is a call to an object, or a few. */
const LOOKED_AT = 50;

async function meterScreen(
  visit: Visit,
  more: { typed?: TypedMeter; errors?: readonly FieldError[] } = {},
): Promise<Response> {
  const { request, context, session } = visit;
  const cursor = asked(request, "cursor");
  const catalogue = await catalogueInForce(context.db);
  const here = { ...context, catalogue: async () => catalogue };
  const report = await meterReport(here, { limit: LOOKED_AT, cursor });
  isAbout(
    request,
    report.people.map(({ id }) => id),
  );
  const { typed = typedOf(report.meter), errors = [] } = more;
  const { version } = catalogue;
  const actions = askingIn(catalogue);
  const props = { session, version, report, later: cursor !== undefined, actions, typed, errors };
  return screen(visit, "Reading meter", <MeterPage {...props} />, errors.length > 0 ? 422 : 200);
}

const askingIn = ({ actions }: Catalogue): { id: string; label: string }[] =>
  actions
    .filter(({ conditions }) => conditions.meter !== undefined)
    .map(({ id, label }) => ({ id, label }));

/** `topics.0` → `topics` */
const errorIn = ({ path, message }: { path: string; message: string }): FieldError => ({
  name: path.split(".")[0] ?? "topics",
  message: `${message.charAt(0).toUpperCase()}${message.slice(1)}`,
});

const postMeter = action("marketer", async (visit, form) => {
  const { context, session } = visit;
  const text = (name: string): string => (form.get(name) ?? "").trim();
  const { meter: before, ...rest } = edited(await catalogueInForce(context.db));
  // What was looked at: who saves over another's change is told.
  const catalogue: EditedCatalogue = {
    ...rest,
    version: Number(form.get("version") ?? Number.NaN),
  };
  if (form.get("do") === "remove") {
    if (before && askingIn(await catalogueInForce(context.db)).length > 0)
      throw new Problem("conflict", "some actions ask for the meter: change them first");
    await saveCatalogue(context, catalogue, session.role);
    return doneAt(METER, "removed");
  }
  const typed = { topics: text("topics"), days: text("days"), limit: text("limit") };
  const meter = {
    // As pages' own topics are kept.
    topics: typed.topics
      .toLowerCase()
      .split(",")
      .map((topic) => topic.trim())
      .filter((topic) => topic !== ""),
    days: Number(typed.days),
    limit: Number(typed.limit),
  };
  const errors = faultsIn(CatalogueSchema.entries.meter, meter).map(errorIn);
  if (meter.topics.length === 0) errors.push({ name: "topics", message: "Name one at least" });
  if (errors.length > 0) return meterScreen(visit, { typed, errors });
  await saveCatalogue(context, { ...catalogue, meter }, session.role);
  return doneAt(METER, "changed");
});

export const meterRoutes: readonly Route[] = [
  ["GET", METER, page("marketer", (visit) => meterScreen(visit))],
  ["POST", METER, postMeter],
];
