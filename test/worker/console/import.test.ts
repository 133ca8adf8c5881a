import { expect, test } from "vitest";
import { eventually, MARKETER_TOKEN, OFFICER_TOKEN } from "../../support/site.ts";
import { type Console, pageOf, signedIn } from "./session.ts";

const BOUNDARY = "----usher-test";

async function upload(
  console: Console,
  fields: Record<string, string>,
  file: { name: string; text: string } | null,
) {
  const all = { form: await console.formToken(), ...fields };
  const parts = Object.entries(all).map(
    ([name, value]) =>
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  if (file)
    parts.push(
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${file.name}"\r\ncontent-type: text/csv\r\n\r\n${file.text}\r\n`,
    );
  const body = `${parts.join("")}--${BOUNDARY}--\r\n`;
  return console.call("/_u/console/import", body, {
    "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
    "content-length": String(new TextEncoder().encode(body).length),
  });
}

test("a marketer brings a file, leaves, and finds what became of it with its invalid rows; an officer approves the origin", async () => {
  const marketer = await signedIn(MARKETER_TOKEN);
  const sent = await upload(
    marketer,
    { kind: "people", origin: "ticket-shop", country: "de" },
    {
      name: "<script>alert(1)</script>.csv",
      text: "email,phone\nann@fans.example,0170 1234567\n<img src=x onerror=alert(1)>,\nben@fans.example,\n",
    },
  );
  expect(sent.status).toBe(303);
  const job = sent.headers.get("location") ?? "";
  const done = await eventually(async () => {
    const page = pageOf(await marketer.call(job));
    return page.includes("Done.") ? page : null;
  });
  expect(done).toContain("2 rows");
  expect(done).toContain("email isn&#39;t an e-mail address".replace("&#39;", "'"));
  expect(done).toContain("No officer has approved ticket-shop yet");
  expect(done).not.toContain("<script>alert");
  expect(done).not.toContain("<img src=x");

  const officer = await signedIn(OFFICER_TOKEN);
  const list = pageOf(await officer.call("/_u/console/import"));
  expect(list).toContain("Approve ticket-shop");
  expect(list).not.toContain("<script>alert");
  expect(list).not.toContain('enctype="multipart/form-data"');
  const form = await officer.formToken();
  const approved = await officer.form("/_u/console/import/approve", {
    form,
    origin: "ticket-shop",
  });
  expect(approved.status).toBe(303);
  expect(pageOf(await officer.call("/_u/console/import"))).toContain("approved by officer");
});

test("a file with more bad rows than are told shows how many there are, and how far it is read", async () => {
  const marketer = await signedIn(MARKETER_TOKEN);
  const rows = Array.from({ length: 1_205 }, () => "x,google,1").join("\n");
  const sent = await upload(
    marketer,
    { kind: "spend", origin: "ads" },
    { name: "bad.csv", text: `date,channel,cost\n${rows}\n` },
  );
  const job = sent.headers.get("location") ?? "";
  const begun = await marketer.call(job);
  expect(begun.headers.get("refresh")).toBeNull();
  const done = await eventually(async () => {
    const page = pageOf(await marketer.call(job));
    return page.includes("Done.") ? page : null;
  });
  expect(done).toContain("1,205 rows");
  expect(done).toContain("The first 1,000 of 1,205.");
  expect(pageOf(await marketer.call("/_u/console/import"))).toMatch(/bad\.csv[\s\S]*?>1,205</);
});

test("pasted text does as well; a form that can't be taken comes back with what is wrong and where", async () => {
  const marketer = await signedIn(MARKETER_TOKEN);
  const pasted = await upload(
    marketer,
    { kind: "spend", origin: "ads", text: "date,channel,cost\n2026-11-01,google,12.50\n" },
    null,
  );
  expect(pasted.status).toBe(303);
  const wrong = await upload(marketer, { kind: "people", origin: '"><b>', text: "email\n" }, null);
  expect(wrong.status).toBe(422);
  expect(pageOf(wrong)).toContain("Where it comes from: must be letters");
  expect(pageOf(wrong)).toContain(">email\n</textarea>");
  expect(pageOf(wrong)).not.toContain('"><b>');
  expect((await upload(marketer, { kind: "people", origin: "x" }, null)).status).toBe(422);
});

test("an officer brings no file, a marketer approves none, and a form without its token does neither", async () => {
  const [marketer, officer] = [await signedIn(MARKETER_TOKEN), await signedIn(OFFICER_TOKEN)];
  const file = { name: "a.csv", text: "email\na@fans.example\n" };
  expect((await upload(officer, { kind: "people", origin: "x" }, file)).status).toBe(403);
  const stolen = { form: "x".repeat(43), kind: "people", origin: "x" };
  expect((await upload(marketer, stolen, file)).status).toBe(403);
  const form = await marketer.formToken();
  const tried = await marketer.form("/_u/console/import/approve", { form, origin: "x" });
  expect(tried.status).toBe(403);
  expect((await marketer.call("/_u/console/import/1234567890123-00000000")).status).toBe(404);
});
