import { html, type Markup } from "../html.ts";
import type { Page } from "../layout.ts";
import { TOPICS } from "../news/article.ts";

/** `place` keeps the ids of two forms on one page apart and tells where somebody signed up. */
export const newsletterForm = (place: string): Markup =>
  html`<form method="post" action="/newsletter" class="stack" data-newsletter="${place}">
    <label for="name-${place}">First name</label>
    <input id="name-${place}" name="firstName" autocomplete="given-name" />
    <label for="email-${place}">E-mail</label>
    <input id="email-${place}" name="email" type="email" autocomplete="email" required />
    <button class="button">Send me the letter</button>
    <p class="said" role="status"></p>
  </form>`;

export const newsletter: Page = {
  title: "Newsletter",
  description: "The Friday letter: line-ups, late trains and one good story.",
  properties: { area: "newsletter" },
  main: html`<div class="inside narrow">
    <h1>The Friday letter</h1>
    <p class="lead">
      Line-ups, late trains and one good story, every Friday at noon. Unsubscribe with one click.
    </p>
    <div class="panel">${newsletterForm("page")}</div>
    <p>Subscribed already? <a href="/newsletter/confirm">Confirm your address</a>.</p>
  </div>`,
};

/** Stands for the link in a letter that the club would have sent. */
export const confirmation: Page = {
  title: "Confirm your address",
  description: "One click, and the Friday letter is on its way.",
  properties: { area: "newsletter" },
  main: html`<div class="inside narrow">
    <h1>Confirm your address</h1>
    <p class="lead">
      A letter with a link goes to everybody who subscribes, so that nobody else can subscribe you.
      This club sends no mail: the button does what the link would.
    </p>
    <form method="post" action="/newsletter/confirm" class="panel stack" data-confirm>
      <label for="confirm-email">E-mail</label>
      <input id="confirm-email" name="email" type="email" autocomplete="email" required />
      <button class="button">Confirm my address</button>
      <p class="said" role="status"></p>
    </form>
  </div>`,
};

/** A short survey on what somebody reads about; the topic comes with the address. */
export function survey(topic: keyof typeof TOPICS | undefined): Page {
  const subject = topic ? TOPICS[topic] : "The club";
  return {
    title: `Three questions: ${subject}`,
    description: "Tell us what you would like to read.",
    properties: { area: "survey", ...(topic && { surveyTopic: topic }) },
    main: html`<div class="inside narrow">
      <h1>Three questions</h1>
      <p class="lead">${subject}: you read more about it than most. What should we write next?</p>
      <form method="post" action="/survey" class="panel stack" data-survey="${topic ?? "club"}">
        <fieldset>
          <legend>How much of it is right?</legend>
          <label><input type="radio" name="amount" value="more" required /> More, please</label>
          <label><input type="radio" name="amount" value="same" /> As it is</label>
          <label><input type="radio" name="amount" value="less" /> A little less</label>
        </fieldset>
        <fieldset>
          <legend>Which form do you like?</legend>
          <label><input type="radio" name="form" value="short" required /> Short news</label>
          <label><input type="radio" name="form" value="long" /> Long stories</label>
          <label><input type="radio" name="form" value="film" /> Films</label>
        </fieldset>
        <label for="wish">What would you ask the club?</label>
        <textarea id="wish" name="wish" rows="3" maxlength="400"></textarea>
        <button class="button">Send</button>
        <p class="said" role="status"></p>
      </form>
    </div>`,
  };
}
