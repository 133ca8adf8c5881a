/** What data is used for. */
import type { Policy, PolicyPurpose } from "../../../domain/consent/policy.ts";
import { CAPABILITIES, NECESSARY } from "../../../domain/consent/purposes.ts";
import { BASIS_NAMES, CAPABILITY_NAMES } from "../words.ts";
import type { Area, FormState } from "./area.ts";
import { AddRow, Lines, Check, Checks, Choose, Whole, Row, Text } from "./controls.tsx";
import type { Fields, Pair } from "./fields.ts";

const LIST = "purposes";

/** The notice's own language first. */
export function languagesOf({ notice }: Policy): string[] {
  const others = Object.keys(notice.texts).filter((language) => language !== notice.language);
  return [notice.language, ...others];
}

function* write(policy: Policy): Generator<Pair> {
  for (const [at, purpose] of policy.purposes.entries()) {
    const name = (field: string): string => `${LIST}.${at}.${field}`;
    yield [name("row"), ""];
    yield [name("id"), purpose.id];
    yield [name("was"), purpose.id];
    yield [name("formerly"), (purpose.formerly ?? []).join(", ")];
    yield [name("basis"), purpose.basis];
    yield [name("retentionDays"), String(purpose.retentionDays)];
    if (purpose.required) yield [name("required"), "yes"];
    for (const capability of purpose.switchesOn) yield [name("switchesOn"), capability];
    for (const field of ["label", "description"] as const)
      for (const [language, text] of Object.entries(purpose[field]))
        yield [name(`${field}.${language}`), text];
  }
}

function read(fields: Fields, policy: Policy) {
  const purposes = fields.rows(LIST).map((at) => {
    const name = (field: string): string => `${LIST}.${at}.${field}`;
    const id = fields.text(name("id"));
    const was = fields.text(name("was"));
    const known = policy.purposes.find((purpose) => purpose.id === (was || id));
    const formerly = new Set(fields.items(name("formerly")));
    // Another name for what this row was is no other purpose.
    if (known && known.id !== id) formerly.add(known.id);
    if (known?.formerly?.includes(id)) formerly.delete(id);
    return {
      id,
      ...(formerly.size > 0 ? { formerly: [...formerly] } : {}),
      label: localized(fields, name("label"), policy, known?.label),
      description: localized(fields, name("description"), policy, known?.description),
      required: fields.is(name("required")),
      basis: fields.text(name("basis")) as PolicyPurpose["basis"],
      retentionDays: fields.number(name("retentionDays")),
      switchesOn: fields.all(name("switchesOn")),
      since: known?.since ?? policy.version,
    };
  });
  return { document: { ...policy, purposes } };
}

/** Languages that the form doesn't show stay as they were. */
export function localized(
  fields: Fields,
  name: string,
  policy: Policy,
  known: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const shown = languagesOf(policy);
  const hidden = Object.entries(known).filter(([language]) => !shown.includes(language));
  const said = shown
    .map((language) => [language, fields.text(`${name}.${language}`)] as const)
    .filter(([, text]) => text !== "");
  return Object.fromEntries([...said, ...hidden]);
}

const Form = (state: FormState) => (
  <>
    {state.fields.rows(LIST).map((at) => (
      <Purpose state={state} at={at} />
    ))}
    <AddRow list={LIST}>Add a purpose</AddRow>
  </>
);

const Purpose = ({ state, at }: { state: FormState; at: number }) => {
  const name = (field: string): string => `${LIST}.${at}.${field}`;
  const { fields, policy } = state;
  const languages = languagesOf(policy);
  const id = fields.text(name("id"));
  const title = fields.text(name(`label.${languages[0] ?? "en"}`)) || id || "new purpose";
  return (
    <Row list={LIST} at={at} title={title} fixed={id === NECESSARY}>
      <input type="hidden" name={name("was")} value={fields.text(name("was"))} />
      <div class="fields">
        <Text
          state={state}
          name={name("id")}
          label="Id"
          help="Lower-case letters, digits and hyphens. Changed, it is another name for the same purpose, which keeps all that was recorded and answered. For a new purpose, add one."
        />
        <Text
          state={state}
          name={name("formerly")}
          label="Formerly"
          help="Ids that it had before, by commas; a changed one is added by itself."
        />
        <Choose
          state={state}
          name={name("basis")}
          label="Legal basis"
          options={Object.entries(BASIS_NAMES)}
        />
        <Whole state={state} name={name("retentionDays")} label="Kept for (days)" />
      </div>
      {languages.map((language) => (
        <div class="fields">
          <Text
            state={state}
            name={name(`label.${language}`)}
            label={`Label (${language})`}
            lang={language}
          />
          <Lines
            state={state}
            name={name(`description.${language}`)}
            label={`Description (${language})`}
            lang={language}
          />
        </div>
      ))}
      <Checks
        state={state}
        name={name("switchesOn")}
        label="What a yes lets Usher do"
        options={CAPABILITIES.map((each) => [each, CAPABILITY_NAMES[each]])}
      />
      <Check
        state={state}
        name={name("required")}
        label="Required: visitors aren't asked and can't refuse"
      />
    </Row>
  );
};

export const PURPOSES: Area = {
  id: "purposes",
  name: "Purposes",
  about: "What data is used for: words, legal basis, retention and what each switches on.",
  owns: ["purposes"],
  rows: [LIST],
  write,
  read,
  place: (path) => path.replace(/(\.formerly)\.\d+$/, "$1"),
  Form,
};
