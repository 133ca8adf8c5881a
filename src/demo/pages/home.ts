import { CLUB, FIXTURES } from "../club.ts";
import { html, type Markup } from "../html.ts";
import { day, type Page } from "../layout.ts";
import { ARTICLES } from "../news/articles.ts";
import { PANORAMA } from "../pictures.ts";
import { newsletterForm } from "./newsletter.ts";
import { card } from "./news.ts";

const TABLE = [
  ["Kestrel United", 14, 31],
  [CLUB, 14, 29],
  ["Harrow Vale", 14, 28],
  ["Northolm City", 14, 24],
  ["Dunmoor Town", 14, 22],
] as const;

const [next] = FIXTURES;
if (!next) throw new Error("the club has no fixture");

const table: Markup = html`<section class="panel" aria-labelledby="table">
  <h2 id="table">Coast League</h2>
  <table>
    <thead>
      <tr>
        <th scope="col">Team</th>
        <th scope="col" class="number">Played</th>
        <th scope="col" class="number">Points</th>
      </tr>
    </thead>
    <tbody>
      ${TABLE.map(
        ([team, played, points]) =>
          html`<tr ${team === CLUB && html`class="ours"`}>
            <th scope="row">${team}</th>
            <td class="number">${played}</td>
            <td class="number">${points}</td>
          </tr>`,
      )}
    </tbody>
  </table>
</section>`;

export const home: Page = {
  title: `${CLUB}: football by the sea`,
  description: "News, tickets and everything else from the Breakwater.",
  properties: { area: "home" },
  main: html`<section class="hero">
      ${PANORAMA}
      <div class="inside">
        <p class="kicker">${day(next.date)}, ${next.time} · the Breakwater</p>
        <h1>Rovers against ${next.opponent}</h1>
        <p>Third against second, a new roof on the north stand, and wind from the west.</p>
        <p class="actions">
          <a class="button" href="/tickets#${next.id}">Get tickets</a>
          <a class="button quiet" href="/news/what-to-know-for-saturday">What to know</a>
        </p>
      </div>
    </section>
    <div class="inside">
      <div class="slot" data-usher-slot="home"></div>
      <section aria-labelledby="latest">
        <div class="heading">
          <h2 id="latest">Latest</h2>
          <a href="/news">All news</a>
        </div>
        <div class="cards">${ARTICLES.slice(0, 6).map(card)}</div>
      </section>
      <div class="pair">
        ${table}
        <section class="panel" aria-labelledby="letter">
          <h2 id="letter">The Friday letter</h2>
          <p>Line-ups, late trains and one good story, every Friday at noon.</p>
          ${newsletterForm("home")}
        </section>
      </div>
    </div>`,
};
