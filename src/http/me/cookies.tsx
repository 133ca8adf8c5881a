/** `GET /_u/cookies`: the public cookie declaration, from the policy in force and what is really set. */
import { pickLanguage } from "../../domain/consent/notice.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { type CookieDeclaration, declareCookies } from "../../privacy/record.ts";
import type { Services } from "../collect/services.ts";
import type { Call } from "../context.ts";
import { framed } from "./frame.tsx";
import { type TableWords, wordsIn } from "./words.ts";

export async function getCookiesPage(request: Call, services: Services): Promise<Response> {
  const policy = await services.policy();
  const language = pickLanguage(policy, request.headers.get("accept-language"));
  const { lang, words } = wordsIn(policy, language);
  const site = services.config.siteName;
  return framed(
    { lang, title: words.table.title, site },
    <Declaration
      policy={policy}
      language={language}
      words={words.table}
      of={declareCookies(policy)}
    />,
  );
}

function Declaration(props: {
  policy: Policy;
  language: string;
  words: TableWords;
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
                <td data-label={words.purpose}>{labels(cookie.purposes)}</td>
                <td data-label={words.kept}>{words.days(cookie.lifetimeDays)}</td>
              </tr>
            ))}
            {of.storage.map((item) => (
              <tr key={item.name}>
                <th scope="row">{item.name}</th>
                <td>
                  {words.storage} {words.identifies}
                </td>
                <td data-label={words.purpose}>{labels(item.purposes)}</td>
                <td data-label={words.kept}>{words.untilConsentEnds}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p class="row">
          <a class="button main" href="/_u/me">
            {words.change}
          </a>
        </p>
      </main>
    </>
  );
}
