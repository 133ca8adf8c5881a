/** What is declared of the cookies that Usher sets. */
import type { Policy } from "../../../domain/consent/policy.ts";
import { labelOf } from "../../../domain/consent/notice.ts";
import type { Area, FormState } from "./area.ts";
import { AddRow, Lines, Check, Checks, Whole, Row, Text } from "./controls.tsx";
import type { Fields, Pair } from "./fields.ts";
import { languagesOf, localized } from "./purposes.tsx";

const LIST = "cookies";

function* write(policy: Policy): Generator<Pair> {
  for (const [at, cookie] of policy.cookies.entries()) {
    const name = (field: string): string => `${LIST}.${at}.${field}`;
    yield [name("row"), ""];
    yield [name("name"), cookie.name];
    yield [name("alsoNamed"), cookie.alsoNamed.join(", ")];
    yield [name("lifetimeDays"), String(cookie.lifetimeDays)];
    for (const id of cookie.purposes) yield [name("purposes"), id];
    if (cookie.readableByPage) yield [name("readableByPage"), "yes"];
    if (cookie.identifies) yield [name("identifies"), "yes"];
    for (const [language, text] of Object.entries(cookie.description))
      yield [name(`description.${language}`), text];
  }
}

function read(fields: Fields, policy: Policy) {
  const cookies = fields.rows(LIST).map((at) => {
    const name = (field: string): string => `${LIST}.${at}.${field}`;
    const called = fields.text(name("name"));
    const known = policy.cookies.find((cookie) => cookie.name === called);
    const ticked = fields.all(name("purposes"));
    return {
      name: called,
      alsoNamed: fields.items(name("alsoNamed")),
      purposes: policy.purposes.map(({ id }) => id).filter((id) => ticked.includes(id)),
      lifetimeDays: fields.number(name("lifetimeDays")),
      readableByPage: fields.is(name("readableByPage")),
      identifies: fields.is(name("identifies")),
      description: localized(fields, name("description"), policy, known?.description),
    };
  });
  return { document: { ...policy, cookies } };
}

const Form = (state: FormState) => (
  <>
    {state.fields.rows(LIST).map((at) => (
      <Cookie state={state} at={at} />
    ))}
    <AddRow list={LIST}>Add a cookie</AddRow>
  </>
);

const Cookie = ({ state, at }: { state: FormState; at: number }) => {
  const name = (field: string): string => `${LIST}.${at}.${field}`;
  const { fields, policy } = state;
  return (
    <Row list={LIST} at={at} title={fields.text(name("name")) || "new cookie"}>
      <div class="fields">
        <Text state={state} name={name("name")} label="Name" />
        <Text
          state={state}
          name={name("alsoNamed")}
          label="Other names"
          help="On plain http in development."
        />
        <Whole state={state} name={name("lifetimeDays")} label="Lives for (days)" />
      </div>
      <Checks
        state={state}
        name={name("purposes")}
        label="Set for"
        options={policy.purposes.map(({ id }) => [id, labelOf(policy, id)])}
      />
      {languagesOf(policy).map((language) => (
        <Lines
          state={state}
          name={name(`description.${language}`)}
          label={`Description (${language})`}
          lang={language}
        />
      ))}
      <Check state={state} name={name("identifies")} label="Tells one browser from another" />
      <Check state={state} name={name("readableByPage")} label="Scripts of the page can read it" />
    </Row>
  );
};

export const COOKIES: Area = {
  id: "cookies",
  name: "Cookies",
  about: "The cookie table, as visitors and the record have it.",
  owns: ["cookies"],
  rows: [LIST],
  write,
  read,
  Form,
};
