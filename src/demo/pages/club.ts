import { html, json, type Markup } from "../html.ts";
import type { Page } from "../layout.ts";

const PHONE: Markup = html`<svg
  class="phone"
  viewBox="0 0 220 400"
  aria-hidden="true"
  focusable="false"
>
  <rect class="case" x="6" y="6" width="208" height="388" rx="30" />
  <rect class="screen" x="18" y="18" width="184" height="364" rx="20" />
  <rect class="bar" x="34" y="44" width="90" height="12" rx="6" />
  <rect class="tile" x="34" y="74" width="152" height="96" rx="12" />
  <circle class="disc" cx="74" cy="122" r="22" />
  <circle class="disc two" cx="146" cy="122" r="22" />
  <rect class="bar" x="34" y="192" width="152" height="10" rx="5" />
  <rect class="bar" x="34" y="212" width="118" height="10" rx="5" />
  <rect class="tile" x="34" y="244" width="152" height="54" rx="12" />
  <rect class="tile" x="34" y="310" width="152" height="54" rx="12" />
</svg>`;

export const app: Page = {
  title: "The app",
  description: "Goals, line-ups and your ticket, in your pocket.",
  properties: { area: "app" },
  main: html`<div class="inside">
    <div class="pair top">
      <div>
        <h1>Rovers in your pocket</h1>
        <p class="lead">
          The line-up an hour before kick-off, goals a breath later, and your ticket at the gate
          without a signal.
        </p>
        <ul class="ticks">
          <li>Live commentary, written by people who are there</li>
          <li>Your season ticket, also offline</li>
          <li>Silent by default: you choose what may buzz</li>
        </ul>
        <p class="actions">
          <button
            type="button"
            class="button"
            data-track="App Store Clicked"
            data-properties="${json({ platform: "ios" })}"
          >
            For iPhone
          </button>
          <button
            type="button"
            class="button"
            data-track="App Store Clicked"
            data-properties="${json({ platform: "android" })}"
          >
            For Android
          </button>
        </p>
        <p class="said" role="status" data-said>&nbsp;</p>
      </div>
      ${PHONE}
    </div>
  </div>`,
};

export const privacy: Page = {
  title: "Privacy",
  description: "What we record, why, and how you change it.",
  properties: { area: "privacy" },
  main: html`<div class="inside narrow">
    <h1>Privacy, in plain words</h1>
    <p class="lead">We would like to know what you enjoy. We only look when you let us.</p>
    <div class="text">
      <p>
        Before you choose, nothing about your visit is recorded and no id is stored in your browser.
        If you refuse, it stays like that, and we don’t ask on every page.
      </p>
      <p>
        If you agree to measurement, we count what is read and bought. With personalization we
        suggest what may suit you, and every suggestion says why it is there. With recognition, your
        phone and your laptop are one fan once you sign in on both.
      </p>
      <p>
        You can change your mind whenever you like, as easily as you made it up. What was recorded
        can be seen, downloaded and erased on your own page.
      </p>
    </div>
    <p class="actions">
      <button type="button" class="button" data-cookie-settings>Cookie settings</button>
      <a class="button quiet" href="/_u/me">What is known about me</a>
    </p>
  </div>`,
};

export const thanks: Page = {
  title: "Thank you",
  description: "That worked.",
  main: html`<div class="inside narrow">
    <h1>Thank you</h1>
    <p class="lead">That worked. We have told Dora to put the kettle on.</p>
    <p><a class="button" href="/">To the front page</a></p>
  </div>`,
};

export const notFound: Page = {
  title: "Offside",
  description: "There is no such page.",
  status: 404,
  main: html`<div class="inside narrow">
    <h1>Offside</h1>
    <p class="lead">There is no such page. The flag went up before we could stop it.</p>
    <p><a class="button" href="/">To the front page</a></p>
  </div>`,
};
