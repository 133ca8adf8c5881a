import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { identifierKeys as keys } from "../../support/identifier-keys.ts";
import { objectOf, settle } from "../../support/objects.ts";
import { ALL, api, MARKETER_TOKEN, OFFICER_TOKEN, ORIGIN, server } from "../../support/site.ts";

const ORIGIN_OF_FILE = "crm-two";

const send = async (csv: string) => {
  const response = await exports.default.fetch(
    `${ORIGIN}/_u/api/import?kind=people&origin=${ORIGIN_OF_FILE}`,
    {
      method: "POST",
      headers: { authorization: `Bearer ${MARKETER_TOKEN}`, "content-type": "text/csv" },
      body: csv,
    },
  );
  return response.json();
};

const found = async (identifier: string) => {
  const { body } = await api(`/people?identifier=${encodeURIComponent(identifier)}`);
  return body["people"] as { id: string }[];
};
const personOf = async (identifier: string) => {
  const [first] = await found(identifier);
  return (await api(`/people/${first?.id}`)).body as unknown as {
    id: string;
    visitors: unknown[];
    identifiers: { value: string }[];
    traits: Record<string, unknown>;
    separate: unknown[];
  };
};
const sourceOf = (kind: "user_id" | "email", value: string) =>
  keys.sourceVisitor(kind, `import\0${ORIGIN_OF_FILE}\0${value}`);

test("work and private addresses of one row are two people whom no machine joins, and what an officer says of them since stands", async () => {
  await api(`/origins/${ORIGIN_OF_FILE}/approve`, OFFICER_TOKEN, {});
  const file = `email_private,user_id,email_work,first name,company,esp:mailchimp,consent_measurement,consent_recognition
jo@freemail.example,jo-1,jo@agency.example,Jo,Agency,mc-jo,yes,yes`;
  expect(await send(file)).toMatchObject({ accepted: 1 });
  const source = await sourceOf("user_id", "jo-1");
  const work = await sourceOf("email", "jo@agency.example");
  await settle([source, work]);
  const [jo, atWork] = [await personOf("user_id:jo-1"), await personOf("email:jo@agency.example")];
  expect(jo.id).not.toBe(atWork.id);
  expect(jo.traits).toEqual({ firstName: "Jo" });
  expect(atWork.traits).toEqual({ firstName: "Jo", company: "Agency" });
  expect(jo.identifiers.map(({ value }) => value).sort()).toEqual([
    "jo-1",
    "jo@freemail.example",
    "mc-jo",
  ]);
  expect((await found("esp:mailchimp:mc-jo"))[0]?.id).toBe(jo.id);

  // The shop tells both addresses of the account: they stay two.
  for (const email of ["jo@freemail.example", "jo@agency.example"])
    await server("identify", {
      messageId: `shop-${email}`,
      userId: "jo-1",
      traits: { email },
      context: { consent: { categoryPreferences: ALL } },
    });
  const shop = await keys.sourceVisitor("user_id", "jo-1");
  await settle([shop, source, work]);
  expect((await personOf("user_id:jo-1")).visitors).toHaveLength(2);
  expect((await found("email:jo@agency.example")).map(({ id }) => id)).toContain(atWork.id);

  const merged = await api("/merges", OFFICER_TOKEN, { a: source, b: work, force: true });
  expect(merged.status).toBe(200);
  await settle([shop, source, work]);
  await send(file.replace(",Jo,", ",Joe,"));
  await settle([shop, source, work]);
  const after = await personOf("email:jo@agency.example");
  expect(after.id).toBe((await personOf("user_id:jo-1")).id);
  expect(after).toMatchObject({ separate: [], traits: { firstName: "Joe" } });
});

test("a side that was erased is named in no record, however often the file comes", async () => {
  const file = `user_id,email_private,email_work,consent_measurement,consent_recognition
zoe-1,zoe@freemail.example,zoe@agency.example,yes,yes`;
  expect(await send(file)).toMatchObject({ accepted: 1 });
  const source = await sourceOf("user_id", "zoe-1");
  const work = await sourceOf("email", "zoe@agency.example");
  await settle([source, work]);
  expect((await personOf("user_id:zoe-1")).separate).toHaveLength(1);
  await objectOf(work).erase(0, work, Date.now());
  await settle([source, work]);
  expect((await personOf("user_id:zoe-1")).separate).toEqual([]);
  expect(await send(file)).toMatchObject({
    accepted: 0,
    dropped: [{ message: "was erased, and stays so" }],
  });
  await settle([source]);
  expect((await personOf("user_id:zoe-1")).separate).toEqual([]);
});
