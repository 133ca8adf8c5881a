/** The API on the running Worker, with real person objects. */
import { expect, test } from "vitest";
import { ALL, api, eventually, MARKETER_TOKEN, OFFICER_TOKEN, server } from "../../support/site.ts";

interface Found {
  id: string;
  visitors: { id: string }[];
}

let messages = 0;
const said = (more: Record<string, unknown>) => ({
  messageId: `live-${++messages}`,
  context: { consent: { categoryPreferences: ALL } },
  ...more,
});

/** Somebody with one identifier and one event, once the directory of identifiers knows. */
async function somebody(userId: string, anonymousId = `anonymous-${userId}`): Promise<Found> {
  await server("page", said({ anonymousId, properties: { path: `/${userId}` } }));
  await server(
    "identify",
    said({ anonymousId, userId, traits: { email: `${userId}@example.org` } }),
  );
  return eventually(async () => {
    const { body } = await api(`/people?identifier=user_id:${userId}`, MARKETER_TOKEN);
    const [first] = body["people"] as { id: string }[];
    return first ? ((await api(`/people/${first.id}`)).body as unknown as Found) : null;
  });
}

const idsOf = (body: Record<string, unknown>) => body["people"] as string[];

test("an officer joins two people against the limit only by force, and parts them again", async () => {
  const [ann, bea] = [await somebody("ann"), await somebody("bea")];
  const both = { a: ann.id, b: bea.id };
  expect((await api("/merges", OFFICER_TOKEN, both)).status).toBe(409);
  const merged = await api("/merges", OFFICER_TOKEN, { ...both, force: true });
  expect(merged.status).toBe(200);
  expect(idsOf(merged.body)).toEqual([ann.id]);
  const one = await api(`/people/${bea.id}`, MARKETER_TOKEN);
  expect(one.body).toMatchObject({ id: ann.id, merges: [{ by: "officer", undone: null }] });
  const journey = await api(`/people/${bea.id}/journey`, MARKETER_TOKEN);
  expect(journey.body["events"]).toHaveLength(4);

  const preview = await api(`/merges/${merged.body["merge"]}/undo`, OFFICER_TOKEN, {
    dryRun: true,
  });
  expect(preview.body["sides"]).toMatchObject([{ person: ann.id }, { person: bea.id }]);
  const parted = await api(`/merges/${merged.body["merge"]}/undo`, OFFICER_TOKEN, {});
  expect(idsOf(parted.body)).toEqual(idsOf(preview.body));
  for (const { id } of [ann, bea]) {
    const { body } = await api(`/people/${id}`, MARKETER_TOKEN);
    expect(body).toMatchObject({ id, merges: [{ undone: { by: "officer" } }] });
    expect(body["visitors"]).toHaveLength(1);
  }
});

test("two that were parted are joined again when a human says so again", async () => {
  const [cat, dan] = [await somebody("cat"), await somebody("dan")];
  const both = { a: cat.id, b: dan.id, force: true };
  for (let round = 0; round < 2; round++) {
    const merged = await api("/merges", OFFICER_TOKEN, both);
    expect(idsOf(merged.body)).toHaveLength(1);
    const parted = await api(`/merges/${merged.body["merge"]}/undo`, OFFICER_TOKEN, {});
    expect(idsOf(parted.body)).toHaveLength(2);
  }
});

test("an export holds what somebody did and said, and an erasure leaves nothing to find", async () => {
  const eve = await somebody("eve");
  const identifier = "user_id:eve";
  const asked = await api("/requests", OFFICER_TOKEN, { kind: "export", identifier });
  expect(asked.body).toMatchObject({ kind: "export", state: "done", by: "officer" });
  const text = JSON.stringify((asked.body as { data: unknown }).data);
  for (const part of ["eve@example.org", "/eve", eve.visitors[0]?.id]) expect(text).toContain(part);

  const erasure = await api("/requests", OFFICER_TOKEN, { kind: "erase", identifier });
  expect(erasure.status).toBe(200);
  const done = await eventually(async () => {
    const { body } = await api(`/requests/${erasure.body["id"]}`, OFFICER_TOKEN);
    return body["state"] === "done" ? body : null;
  });
  expect(done).toMatchObject({ removed: { objects: { visitors: 1 }, keys: 1 } });
  expect((await api(`/people/${eve.id}`, MARKETER_TOKEN)).status).toBe(404);
  const found = await api(`/people?identifier=${identifier}`, MARKETER_TOKEN);
  expect(found.body["people"]).toEqual([]);
});

test("a request of nobody's is not found, and one about no identifier refused", async () => {
  expect((await api("/requests/nonsense", OFFICER_TOKEN)).status).toBe(404);
  const wrong = await api("/requests", OFFICER_TOKEN, { kind: "export", identifier: "jane" });
  expect(wrong).toMatchObject({ status: 422, body: { error: { path: "identifier" } } });
  expect((await api("/requests/nonsense", MARKETER_TOKEN)).status).toBe(403);
});
