import { CURRENCY, type Fixture, FIXTURES, type Product, PRODUCTS } from "../club.ts";
import { html, json, type Markup } from "../html.ts";
import { day, type Page } from "../layout.ts";
import { picture } from "../pictures.ts";

/** What `site.js` reports when the form is sent; the quantity comes from the form. */
const order = (id: string, name: string, category: string, price: number): string =>
  json({ product_id: id, name, category, price, currency: CURRENCY });

const fixture = ({ id, opponent, date, time, competition, price }: Fixture): Markup =>
  html`<li class="row" id="${id}">
    <div>
      <p class="meta">${competition}</p>
      <h2>${opponent}</h2>
      <p>${day(date)}, ${time}</p>
    </div>
    <form
      method="post"
      action="/tickets"
      data-order="${order(`ticket-${id}`, `Rovers – ${opponent}`, "tickets", price)}"
    >
      <p class="price">£${price}</p>
      <label
        >Seats
        <select name="quantity">
          <option>1</option>
          <option>2</option>
          <option>3</option>
          <option>4</option>
        </select>
      </label>
      <button class="button" aria-label="Buy tickets for ${opponent}">Buy</button>
      <p class="said" role="status"></p>
    </form>
  </li>`;

export const tickets: Page = {
  title: "Tickets",
  description: "Seats at the Breakwater, for every home game.",
  properties: { area: "tickets" },
  main: html`<div class="inside">
    <h1>Tickets</h1>
    <p class="lead">
      Every seat in a stand costs the same. Under-twelves pay two pounds beside an adult. No money
      changes hands on this site: it is a demonstration.
    </p>
    <ul class="rows">
      ${FIXTURES.map(fixture)}
    </ul>
    <div class="slot" data-usher-slot="tickets"></div>
  </div>`,
};

const product = ({ id, name, about, price, picture: scene }: Product): Markup =>
  html`<article class="card">
    ${picture(scene)}
    <div>
      <h2>${name}</h2>
      <p>${about}</p>
      <form method="post" action="/shop" data-order="${order(id, name, "shop", price)}">
        <p class="price">£${price}</p>
        <button class="button" aria-label="Buy: ${name}">Buy</button>
        <p class="said" role="status"></p>
      </form>
    </div>
  </article>`;

export const shop: Page = {
  title: "Shop",
  description: "Things in sea green that last.",
  properties: { area: "shop" },
  main: html`<div class="inside">
    <h1>Shop</h1>
    <p class="lead">
      Six things, all made to last. What we earn here pays for the academy’s buses.
    </p>
    <div class="cards">${PRODUCTS.map(product)}</div>
    <div class="slot" data-usher-slot="shop"></div>
  </div>`,
};

const SEASON_TICKET = order("season-ticket", "Season ticket", "membership", 260);

export const membership: Page = {
  title: "Membership",
  description: "Become a member, or renew.",
  properties: { area: "membership" },
  main: html`<div class="inside">
    <h1>Membership</h1>
    <p class="lead">Members own the club: one person, one vote, the same seat every Saturday.</p>
    <div class="pair">
      <section class="panel" aria-labelledby="season">
        <h2 id="season">Season ticket</h2>
        <p>All home games of both teams, your vote, and a place in the queue for away days.</p>
        <form method="post" action="/membership" data-order="${SEASON_TICKET}">
          <p class="price">£260</p>
          <button class="button">Buy or renew</button>
          <p class="said" role="status"></p>
        </form>
      </section>
      <section class="panel" aria-labelledby="already">
        <h2 id="already">Already a member?</h2>
        <p>Sign in to see your seat and to renew before 31 May at last year’s price.</p>
        <p><a class="button quiet" href="/sign-in">Sign in</a></p>
      </section>
    </div>
    <div class="slot" data-usher-slot="membership"></div>
  </div>`,
};
