import { describe, expect, test } from "vitest";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import {
  changed,
  draftIn,
  draftOf,
  EMPTY,
  errorsIn,
  readDraft,
  slug,
} from "../../../src/console/hints/draft.ts";
import type { Conditions } from "../../../src/domain/action/catalogue.ts";

const base = STARTER_CATALOGUE.actions[0]!;
const full: Conditions = {
  deviceTypes: ["phone", "tablet"],
  os: ["iOS", "Android"],
  app: false,
  reads: { topic: "*", atLeast: 3, withinDays: 30 },
  did: [
    { event: "Ticket Viewed", atLeast: 1 },
    { event: "Survey Answered", atMost: 0, withinDays: 90 },
  ],
  campaign: { source: "letter", medium: "email", withinDays: 2 },
  knows: ["email", "esp:*"],
  unconfirmed: ["email"],
  lacks: ["user_id"],
  orders: { atLeast: 1, atMost: 4, withinDays: 90 },
  lastOrderDays: { atMost: 30 },
  awayDays: { atLeast: 7 },
  sessions: { atLeast: 2 },
  places: ["considering", "lapsed"],
  stages: ["activity", "identified"],
  meter: { atLeast: 10 },
};

/** As a browser would send it. */
function sent(draft: ReturnType<typeof draftOf>): URLSearchParams {
  const form = new URLSearchParams(draft.texts);
  for (const purpose of draft.purposes) form.append("purposes", purpose);
  if (draft.enabled) form.set("enabled", "on");
  draft.rows.forEach(({ kind, values }, n) => {
    form.set(`row${n}`, kind);
    for (const [name, said] of Object.entries(values))
      for (const each of said) form.append(`row${n}-${name}`, each);
  });
  return form;
}

test("every action that can be saved comes through the form as it was", () => {
  for (const action of [
    ...STARTER_CATALOGUE.actions,
    { ...base, conditions: full, holdOut: 0.125 },
    {
      ...base,
      conditions: {
        reads: [
          { topic: "transfers", atLeast: 2 },
          { topic: "youth", atLeast: 1, withinDays: 7 },
        ],
      },
    },
  ])
    expect(readDraft(draftIn(sent(draftOf(action))))).toEqual({ ok: true, action });
});

test("when it begins and ends is chosen as a day and, where it matters, a time of it in UTC", () => {
  const timed = { ...base, start: "2026-12-01T19:30:00+01:00", end: "2026-12-24" };
  const { texts } = draftOf(timed);
  expect(texts).toMatchObject({
    start: "2026-12-01",
    startTime: "18:30",
    end: "2026-12-24",
    endTime: "",
  });
  const read = (more: Partial<typeof texts>) =>
    readDraft({ ...draftOf(timed), texts: { ...texts, ...more } });
  expect(read({})).toMatchObject({
    action: { start: "2026-12-01T18:30:00Z", end: "2026-12-24" },
  });
  expect(read({ startTime: "", end: "", endTime: "" })).toMatchObject({
    action: { start: "2026-12-01", end: null },
  });
  expect(read({ endTime: "18:00:30" })).toMatchObject({ action: { end: "2026-12-24T18:00:30Z" } });
  expect(read({ start: "" })).toMatchObject({
    errors: [{ name: "start", message: "Must be a day" }],
  });
});

describe("what is wrong is said at its field", () => {
  const wrong = (texts: Partial<typeof EMPTY.texts>, conditions: Conditions = {}) => {
    const draft = draftOf({ ...base, conditions });
    const read = readDraft({ ...draft, texts: { ...draft.texts, ...texts } });
    return read.ok ? [] : read.errors;
  };
  test.each([
    [{ label: "" }, { name: "label", message: "Must not be empty" }],
    [{ href: "javascript:alert(1)" }, { name: "href", message: "Must begin with / or https://" }],
    [{ holdOut: "60" }, { name: "holdOut", message: "Must lie between 0 and 50" }],
    [{ prior: "0" }, { name: "prior", message: "Must lie between 0 and 100" }],
    [{ cap: "many" }, { name: "cap", message: "Must be a number" }],
    [{ cap: "" }, { name: "cap", message: "Must be a number" }],
    [{ end: "tomorrow" }, { name: "end" }],
  ])("%j", (texts, error) => {
    expect(wrong(texts)).toEqual([expect.objectContaining(error)]);
  });

  test("in a row of the builder too", () => {
    const draft = draftOf({ ...base, conditions: full });
    const rows = draft.rows.map((row) =>
      row.kind === "did" ? { ...row, values: { ...row.values, event: [""] } } : row,
    );
    const read = readDraft({ ...draft, rows });
    const places = rows.flatMap(({ kind }, n) => (kind === "did" ? [`row${n}-event`] : []));
    expect(read.ok ? [] : read.errors.map(({ name }) => name)).toEqual(places);
    expect(wrong({}, { orders: { atLeast: 5, atMost: 2 } })).toEqual([
      { name: "row0-atLeast", message: "“at least” must not be above “at most”" },
    ]);
    const youth = { topic: "youth", atLeast: 1 };
    for (const [reads, row] of [
      [{ ...youth, withinDays: 0 }, 0],
      [[youth, { ...youth, withinDays: 0 }], 1],
    ] as const)
      expect(wrong({}, { reads })).toEqual([
        { name: `row${row}-withinDays`, message: "Must be at least 1" },
      ]);
  });
});

test("what can't hold together is said at the row that is wrong", () => {
  const action = {
    ...base,
    stage: "identified" as const,
    conditions: { knows: ["email"], lacks: ["phone", "email"], stages: ["device" as const] },
  };
  const { rows } = draftOf(action);
  expect(errorsIn(action, [], rows)).toEqual([
    { name: "row2-kind", message: "Must not be asked for by another condition" },
    { name: "row3-stages", message: "Must name identified or a stage above it" },
  ]);
});

test("a row is added and removed without losing the others", () => {
  const draft = draftOf({ ...base, conditions: full });
  const added = changed(draft, new URLSearchParams({ do: "add", kind: "did" }));
  expect(added.rows).toHaveLength(draft.rows.length + 1);
  const removed = changed(added, new URLSearchParams({ do: `remove-${draft.rows.length}` }));
  expect(removed.rows).toEqual(draft.rows);
  expect(changed(draft, new URLSearchParams({ do: "add", kind: "constructor" }))).toBe(draft);
});

test("an action without an id is named after its label", () => {
  expect(slug("  Größe: the Season-Ticket! ")).toBe("gro-e-the-season-ticket");
  const read = readDraft({
    ...EMPTY,
    texts: { ...EMPTY.texts, label: "Come back", title: "We miss you", text: "Read on." },
  });
  expect(read).toMatchObject({ ok: true, action: { id: "come-back" } });
  const errorsOf = (label: string): string[] => {
    const wrong = readDraft({ ...EMPTY, texts: { ...EMPTY.texts, label, title: "We miss you" } });
    return wrong.ok ? [] : wrong.errors.map(({ name }) => name);
  };
  expect(errorsOf("")).toEqual(["label", "text"]);
  expect(errorsOf("Новости")).toEqual(["id", "text"]);
});
