/** What visitors are shown when they are asked, in every language. */
import type { NoticeText, Policy, PolicyFault } from "../../../domain/consent/policy.ts";
import type { Area, FormState } from "./area.ts";
import { Lines, Choose, Text } from "./controls.tsx";
import type { Fields, Pair } from "./fields.ts";

const PARTS: readonly (readonly [keyof NoticeText, string])[] = [
  ["title", "Headline"],
  ["body", "Text"],
  ["acceptAll", "Button: accept all"],
  ["refuseAll", "Button: refuse all"],
  ["choose", "Button: choose"],
  ["save", "Button: save"],
  ["ownData", "Link to the own-data page"],
  ["gpcHonoured", "Told where Global Privacy Control is honoured"],
  ["gpcOverride", "Offered where Global Privacy Control says no"],
];

/** May stay empty: then Usher has its own words, in English and German. */
const IF_TOLD: readonly (readonly ["told" | "close", string])[] = [
  ["told", "Text where visitors are told and not asked; {purposes} stands for what is on"],
  ["close", "Button: close"],
];

const LONG: ReadonlySet<string> = new Set(["title", "body", "told"]);

const textName = (language: string, part: string): string => `notice.texts.${language}.${part}`;

function* write({ notice }: Policy): Generator<Pair> {
  yield ["notice.language", notice.language];
  for (const [language, texts] of Object.entries(notice.texts)) {
    yield ["languages", language];
    for (const [part] of [...PARTS, ...IF_TOLD])
      yield [textName(language, part), texts[part] ?? ""];
  }
}

const LANGUAGE = /^[a-z]{2,3}(-[A-Z]{2})?$/;

/** Those of the form, and the one that is being added. */
function languagesIn(fields: Fields): string[] {
  const added = fields.text("add-language");
  const left = fields
    .all("languages")
    .filter((language) => fields.names(`notice.texts.${language}.`).length > 0);
  return [...new Set([...left, ...(added === "" ? [] : [added])])];
}

function read(fields: Fields, policy: Policy) {
  const added = fields.text("add-language");
  const faults: PolicyFault[] =
    added === "" || LANGUAGE.test(added)
      ? []
      : [{ path: "add-language", message: "must be a language tag like fr or de-CH" }];
  const texts = languagesIn(fields)
    .filter((language) => LANGUAGE.test(language))
    .map((language) => {
      // A language just added begins with the texts of the notice's own.
      const from =
        fields.names(`notice.texts.${language}.`).length > 0
          ? language
          : fields.text("notice.language");
      return [
        language,
        Object.fromEntries([
          ...PARTS.map(([part]) => [part, fields.text(textName(from, part))]),
          ...IF_TOLD.flatMap(([part]) => {
            const text = fields.text(textName(from, part));
            return text === "" ? [] : [[part, text]];
          }),
        ]),
      ] as const;
    });
  const notice = { language: fields.text("notice.language"), texts: Object.fromEntries(texts) };
  return { document: { ...policy, notice }, faults };
}

const Form = (state: FormState) => {
  const languages = languagesIn(state.fields).filter(
    (language) => state.fields.names(`notice.texts.${language}.`).length > 0,
  );
  return (
    <>
      <Choose
        state={state}
        name="notice.language"
        label="For visitors whose language isn't here"
        options={languages.map((language) => [language, languageName(language)])}
      />
      {languages.map((language) => (
        <fieldset class="card row">
          <legend>{languageName(language)}</legend>
          <input type="hidden" name="languages" value={language} />
          {[...PARTS, ...IF_TOLD].map(([part, label]) => {
            const Control = LONG.has(part) || part.startsWith("gpc") ? Lines : Text;
            return (
              <Control
                state={state}
                name={textName(language, part)}
                label={label}
                lang={language}
              />
            );
          })}
          {language !== state.fields.text("notice.language") && (
            <div>
              <button
                class="quiet"
                type="submit"
                name="do"
                value={`remove:notice.texts.${language}`}
              >
                Remove {languageName(language)}
              </button>
            </div>
          )}
        </fieldset>
      ))}
      <Text
        state={state}
        name="add-language"
        label="Add a language"
        help="A tag like fr or de-CH. Saving makes a copy of the notice to translate; labels of purposes follow under Purposes."
      />
    </>
  );
};

const NAMES = new Intl.DisplayNames("en", { type: "language", fallback: "code" });

/** `de` → `German` */
export function languageName(language: string): string {
  try {
    return NAMES.of(language) ?? language;
  } catch {
    return language;
  }
}

export const NOTICE: Area = {
  id: "notice",
  name: "Notice",
  about: "What visitors read when they are asked, in every language.",
  owns: ["notice"],
  rows: [],
  write,
  read,
  Form,
};
