/** `GET /_u/cookies`: the public cookie declaration, from the policy in force and what is really set. */
import { pickLanguage } from "../../domain/consent/notice.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { type CookieDeclaration, declareCookies } from "../../privacy/record.ts";
import type { Services } from "../collect/services.ts";
import type { Call } from "../context.ts";
import { framed } from "./frame.tsx";

interface Words {
  title: string;
  intro: string;
  name: string;
  what: string;
  purpose: string;
  kept: string;
  days: (days: number) => string;
  untilConsentEnds: string;
  identifies: string;
  anonymous: string;
  storage: string;
  change: string;
}

const WORDS: Readonly<Record<"en" | "de", Words>> = {
  en: {
    title: "Cookies of this site",
    intro: "All are our own; nobody else sets any through this site's measurement.",
    name: "Name",
    what: "What it does",
    purpose: "For",
    kept: "Kept",
    days: (days) => `${days} days`,
    untilConsentEnds: "until your consent ends",
    identifies: "Tells your browser from others.",
    anonymous: "Doesn't tell who you are.",
    storage:
      "A random number of this browser in its local storage, so that the site's own server can name it too.",
    change: "See and change your choice",
  },
  de: {
    title: "Cookies dieser Website",
    intro: "Alle sind unsere eigenen; niemand sonst setzt über unsere Messung welche.",
    name: "Name",
    what: "Was es tut",
    purpose: "Wofür",
    kept: "Aufbewahrt",
    days: (days) => `${days} Tage`,
    untilConsentEnds: "bis Ihre Einwilligung endet",
    identifies: "Unterscheidet Ihren Browser von anderen.",
    anonymous: "Verrät nicht, wer Sie sind.",
    storage:
      "Eine Zufallszahl dieses Browsers in seinem lokalen Speicher, damit auch der Server der Website ihn nennen kann.",
    change: "Ihre Auswahl ansehen und ändern",
  },
};

export async function getCookiesPage(request: Call, services: Services): Promise<Response> {
  const policy = await services.policy();
  const language = pickLanguage(policy, request.headers.get("accept-language"));
  const lang = language.startsWith("de") ? "de" : "en";
  const words = WORDS[lang];
  const site = services.config.siteName;
  return framed(
    { lang, title: words.title, site },
    <Declaration policy={policy} language={language} words={words} of={declareCookies(policy)} />,
  );
}

function Declaration(props: {
  policy: Policy;
  language: string;
  words: Words;
  of: CookieDeclaration;
}) {
  const { policy, language, words, of } = props;
  const own = policy.notice.language;
  const labels = (ids: readonly string[]): string =>
    ids
      .map((id) => policy.purposes.find((purpose) => purpose.id === id)?.label)
      .map((label, n) => label?.[language] ?? label?.[own] ?? ids[n])
      .join(", ");
  return (
    <>
      <header>
        <h1>{words.title}</h1>
        <p class="soft">{words.intro}</p>
      </header>
      <main>
        <div class="wide" role="region" aria-label={words.title} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.name}</th>
                <th scope="col">{words.what}</th>
                <th scope="col">{words.purpose}</th>
                <th scope="col">{words.kept}</th>
              </tr>
            </thead>
            <tbody>
              {of.cookies.map((cookie) => (
                <tr key={cookie.name}>
                  <th scope="row">{cookie.name}</th>
                  <td>
                    {cookie.description[language] ?? cookie.description[own]}{" "}
                    {cookie.identifies ? words.identifies : words.anonymous}
                  </td>
                  <td>{labels(cookie.purposes)}</td>
                  <td>{words.days(cookie.lifetimeDays)}</td>
                </tr>
              ))}
              {of.storage.map((item) => (
                <tr key={item.name}>
                  <th scope="row">{item.name}</th>
                  <td>
                    {words.storage} {words.identifies}
                  </td>
                  <td>{labels(item.purposes)}</td>
                  <td>{words.untilConsentEnds}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p class="row">
          <a class="button main" href="/_u/me">
            {words.change}
          </a>
        </p>
      </main>
    </>
  );
}
