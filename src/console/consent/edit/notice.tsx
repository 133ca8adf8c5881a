/** What visitors are shown when they are asked, in every language. */
import {
  LANGUAGE_TAG,
  type NoticeText,
  type Policy,
  type PolicyFault,
} from "../../../domain/consent/policy.ts";
import { EN_MORE } from "../../../http/me/more-texts.ts";
import { EN } from "../../../http/me/texts.ts";
import { languageName } from "../words.ts";
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
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(IF_TOLD.map(([part]) => part));

const pagesName = (language: string): string => `notice.pages.${language}`;

const textsToLines = (texts: Readonly<Record<string, string>> = {}): string =>
  Object.entries(texts)
    .map(([name, text]) => `${name} = ${text.replaceAll(/\s+/g, " ")}`)
    .join("\n");

/** What has no sign of equality is a name without a text: the policy says what is wrong with it. */
const linesToTexts = (lines: string): Record<string, string> =>
  Object.fromEntries(
    lines.split(/\r?\n/).flatMap((line) => {
      const [name = "", ...text] = line.split("=");
      return line.trim() === "" ? [] : [[name.trim(), text.join("=").trim()] as const];
    }),
  );

const LONG: ReadonlySet<string> = new Set(["title", "body", "told"]);

const textName = (language: string, part: string): string => `notice.texts.${language}.${part}`;

/** The language that is being added, if one is. */
const addedIn = (fields: Fields): string => fields.text("add-language");

function* write({ notice }: Policy): Generator<Pair> {
  yield ["notice.language", notice.language];
  for (const [language, texts] of Object.entries(notice.texts)) {
    yield ["languages", language];
    for (const [part] of [...PARTS, ...IF_TOLD])
      yield [textName(language, part), texts[part] ?? ""];
    yield [pagesName(language), textsToLines(notice.pages?.[language])];
  }
}

/** Those of the form, and the one that is being added. */
function languagesIn(fields: Fields): string[] {
  const added = addedIn(fields);
  const left = fields
    .all("languages")
    .filter((language) => fields.names(`notice.texts.${language}.`).length > 0);
  return [...new Set([...left, ...(added === "" ? [] : [added])])];
}

/** Texts of the pages, one a line: `title = …`. What was there and isn't shown, since the language is just added, stays. */
function pagesIn(
  fields: Fields,
  { notice }: Policy,
  languages: ReadonlySet<string>,
): Pick<Policy["notice"], "pages"> {
  const pages = [...languages].flatMap((language) => {
    const name = pagesName(language);
    const texts = fields.is(name) ? linesToTexts(fields.text(name)) : notice.pages?.[language];
    return texts && Object.keys(texts).length > 0 ? [[language, texts] as const] : [];
  });
  return pages.length > 0 ? { pages: Object.fromEntries(pages) } : {};
}

function read(fields: Fields, policy: Policy) {
  const added = addedIn(fields);
  const faults: PolicyFault[] =
    added === "" || LANGUAGE_TAG.test(added)
      ? []
      : [{ path: "add-language", message: "must be a language tag like fr, de-CH or zh-Hant" }];
  const texts = languagesIn(fields)
    .filter((language) => LANGUAGE_TAG.test(language))
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
  const notice = {
    ...pagesIn(fields, policy, new Set(texts.map(([language]) => language))),
    language: fields.text("notice.language"),
    texts: Object.fromEntries(texts),
  };
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
                {...(MAY_BE_EMPTY.has(part)
                  ? { help: "Empty: in Usher's own words, in English or German." }
                  : {})}
                lang={language}
              />
            );
          })}
          <Lines
            state={state}
            name={pagesName(language)}
            label="Pages for visitors: their own data, and the cookies"
            help={
              <>
                One text a line, all of those that stand in English below but the last. Empty: as
                Usher has them in English or German, else in the language of the notice's own.
              </>
            }
            lang={language}
            rows={4}
          />
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
      <details>
        <summary>The texts of the pages, in English, to be translated</summary>
        <pre class="code" lang="en" tabIndex={0}>
          {textsToLines(EN)}
        </pre>
        <p class="soft">
          And those that may be left out, which are said in English then: what identifiers and
          traits are called, and why something is allowed or not.
        </p>
        <pre class="code" lang="en" tabIndex={0}>
          {textsToLines(EN_MORE)}
        </pre>
      </details>
      <Text
        state={state}
        name="add-language"
        label="Add a language"
        help="A tag like fr, de-CH or zh-Hant. Saving makes a copy of the notice to translate; labels of purposes follow under Purposes."
      />
    </>
  );
};

export const NOTICE: Area = {
  id: "notice",
  name: "Notice",
  about: "What visitors read when they are asked, in every language.",
  owns: ["notice"],
  rows: [],
  write,
  read,
  place: (path) => /^notice\.pages\.[^.]+/.exec(path)?.[0] ?? path,
  names: { "add-language": "The language to add" },
  made: (fields) => (addedIn(fields) === "" ? null : textName(addedIn(fields), "title")),
  Form,
};
