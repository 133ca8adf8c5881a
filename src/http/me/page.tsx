/** The own-data page: what is chosen, what is known, and the ways to take it along and to end it. */
import type { GateResult } from "../../domain/consent/gate.ts";
import { type PurposeText, purposeTexts } from "../../domain/consent/notice.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import type { Portrait } from "../../privacy/portrait.ts";
import { Known } from "./known.tsx";
import type { Words } from "./words.ts";

export interface MePage {
  lang: string;
  words: Words;
  policy: Policy;
  /** Of the notice, which may have more languages than the page. */
  language: string;
  result: GateResult;
  portrait: Portrait | null;
  said: "saved" | "unconfirmed" | null;
}

export function Me(page: MePage) {
  const { words, portrait, said } = page;
  return (
    <>
      <header>
        <h1>{words.title}</h1>
        <p class="soft">{words.intro}</p>
        {said === "saved" && (
          <p class="note" role="status" tabIndex={-1} autofocus>
            {words.saved}
          </p>
        )}
      </header>
      <main>
        <Choice {...page} />
        <section aria-labelledby="known">
          <h2 id="known">{words.known}</h2>
          {portrait ? <Known {...page} portrait={portrait} /> : <p>{words.nothing}</p>}
        </section>
        {portrait && (
          <>
            <section aria-labelledby="download">
              <h2 id="download">{words.download}</h2>
              <p>{words.downloadIntro}</p>
              <a class="button" href="/_u/me/export" download="my-data.json">
                {words.downloadButton}
              </a>
            </section>
            <Erase words={words} unconfirmed={said === "unconfirmed"} />
          </>
        )}
      </main>
      <footer>
        <a href="/_u/cookies">{words.cookies}</a>
      </footer>
    </>
  );
}

type Spoken = { lang?: string; dir: "auto" };

/** What is said in another language than its page says so, and is written its own way. */
const spokenIn = (language: string, page: string): Spoken => ({
  ...(language === page ? {} : { lang: language }),
  dir: "auto",
});

function Choice({ words, policy, language, lang, result }: MePage) {
  const spoken = spokenIn(language, lang);
  const { gpc } = result;
  const isOverruled = Object.values(result.decisions).some(
    ({ code }) => code === "choice-override",
  );
  const signal = isOverruled ? words.gpcOverridden : words.gpcGovernsNothing;
  const governed = policy.signals.gpc.governs;
  return (
    <section aria-labelledby="choice">
      <h2 id="choice">{words.choice}</h2>
      <p>
        {words.rules[result.regime]} {words.choiceIntro}
      </p>
      {policy.withdrawal === "erase" && <p>{words.withdrawalErases}</p>}
      <p class={gpc.seen ? "note" : "soft"}>
        {!gpc.seen ? words.gpcUnseen : gpc.honoured ? words.gpcHonoured : signal}
      </p>
      <form method="post" action="/_u/me/consent">
        <input type="hidden" name="policy" value={policy.version} />
        <fieldset>
          <legend class="unseen">{words.choice}</legend>
          {purposeTexts(policy, language).map((purpose) => (
            <Purpose
              key={purpose.id}
              purpose={purpose}
              decision={result.decisions[purpose.id]}
              words={words}
              lang={lang}
              spoken={spoken}
            />
          ))}
          {gpc.seen && governed.length > 0 && (
            <div class="purpose">
              <input type="hidden" name="overrides" value="shown" />
              <input
                type="checkbox"
                id="override"
                name="override"
                value="gpc"
                checked={isOverruled}
              />
              <label for="override" {...spoken}>
                {(policy.notice.texts[language] ?? policy.notice.texts[policy.notice.language])
                  ?.gpcOverride ?? ""}
              </label>
            </div>
          )}
        </fieldset>
        <div class="row">
          <button class="main" type="submit">
            {words.save}
          </button>
          <button type="submit" name="accept" value="all">
            {words.acceptAll}
          </button>
          <button type="submit" name="accept" value="none">
            {words.refuseAll}
          </button>
        </div>
      </form>
    </section>
  );
}

function Purpose(props: {
  purpose: PurposeText;
  decision: GateResult["decisions"][string] | undefined;
  words: Words;
  lang: string;
  /** Of the purpose, where the page is in another language. */
  spoken: Spoken;
}) {
  const { purpose, decision, words, lang, spoken } = props;
  const because = decision && words.because(decision.code);
  const granted = decision?.granted === true;
  const id = `purpose-${purpose.id}`;
  return (
    <div class="purpose">
      <input
        type="checkbox"
        id={id}
        name="purpose"
        value={purpose.id}
        checked={granted}
        disabled={purpose.required}
        aria-describedby={`${id}-what`}
      />
      <label for={id}>
        <span {...spoken}>{purpose.label}</span>
        {purpose.required && ` (${words.required})`}
      </label>
      <p id={`${id}-what`}>
        <span {...spoken}>{purpose.description}</span>{" "}
        <strong>{granted ? words.granted : words.denied}</strong>{" "}
        {!purpose.required &&
          (because ? because : <span {...spokenIn("en", lang)}>{decision?.because}</span>)}
      </p>
    </div>
  );
}

/** What wasn't confirmed is said where the box is, and that is where whoever came back goes on. */
function Erase({ words, unconfirmed }: { words: Words; unconfirmed: boolean }) {
  return (
    <section aria-labelledby="erase">
      <h2 id="erase">{words.erase}</h2>
      <p>{words.eraseIntro}</p>
      <form method="post" action="/_u/me/erase">
        <div class="purpose">
          <input
            type="checkbox"
            id="confirm"
            name="confirm"
            value="yes"
            required
            {...(unconfirmed && {
              "aria-invalid": "true",
              "aria-describedby": "unconfirmed",
              autofocus: true,
            })}
          />
          <label for="confirm">{words.eraseConfirm}</label>
          {unconfirmed && (
            <p id="unconfirmed" class="wrong" role="alert">
              {words.notConfirmed}
            </p>
          )}
        </div>
        <div class="row">
          <button class="grave" type="submit">
            {words.eraseButton}
          </button>
        </div>
      </form>
    </section>
  );
}

export function Erased(props: { words: Words; reference: string; done: boolean }) {
  const { words, reference, done } = props;
  return (
    <main>
      <header>
        <h1>{words.erased}</h1>
      </header>
      <p role="status">{done ? words.erasedWords(reference) : words.erasing(reference)}</p>
      <p>
        <a href="/_u/me">{words.back}</a>
      </p>
    </main>
  );
}
