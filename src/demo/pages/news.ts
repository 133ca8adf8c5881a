import { html, type Markup } from "../html.ts";
import { day, type Page } from "../layout.ts";
import { type Article, type Topic, TOPICS } from "../news/article.ts";
import { ARTICLES, articlesOn } from "../news/articles.ts";
import { picture } from "../pictures.ts";

export const isTopic = (word: string): word is Topic => Object.hasOwn(TOPICS, word);

export const card = ({ slug, topic, title, lead, date, picture: name }: Article): Markup =>
  html`<article class="card">
    ${picture(name)}
    <div>
      <p class="meta">${TOPICS[topic]} · ${day(date)}</p>
      <h3><a href="/news/${slug}">${title}</a></h3>
      <p>${lead}</p>
    </div>
  </article>`;

const filters = (current: Topic | undefined): Markup =>
  html`<nav class="filters" aria-label="Topics">
    <a href="/news" ${!current && html`aria-current="page"`}>Everything</a>
    ${Object.entries(TOPICS).map(
      ([topic, label]) =>
        html`<a href="/news?topic=${topic}" ${topic === current && html`aria-current="page"`}
          >${label}</a
        >`,
    )}
  </nav>`;

export function newsList(topic: Topic | undefined): Page {
  return {
    title: topic ? `News: ${TOPICS[topic]}` : "News",
    description: "What happens at the club, on and off the pitch.",
    properties: { section: "news" },
    main: html`<div class="inside">
      <h1>News</h1>
      ${filters(topic)}
      <div class="cards">${(topic ? articlesOn(topic) : ARTICLES).map(card)}</div>
    </div>`,
  };
}

export function newsArticle(article: Article): Page {
  const { slug, topic, title, lead, date, author, body, picture: name } = article;
  const more = [
    ...articlesOn(topic).filter((other) => other !== article),
    ...ARTICLES.filter((other) => other.topic !== topic),
  ].slice(0, 3);
  return {
    title,
    description: lead,
    properties: { section: "news", topic, article: slug },
    main: html`<div class="inside">
      <article class="story">
        <p class="meta"><a href="/news?topic=${topic}">${TOPICS[topic]}</a> · ${day(date)}</p>
        <h1>${title}</h1>
        <p class="lead">${lead}</p>
        ${picture(name)}
        <div class="text">
          ${body.map((paragraph) => html`<p>${paragraph}</p>`)}
          <p class="meta">By ${author}</p>
        </div>
      </article>
      <div class="slot" data-usher-slot="article"></div>
      <section aria-labelledby="more">
        <div class="heading"><h2 id="more">Read on</h2></div>
        <div class="cards">${more.map(card)}</div>
      </section>
    </div>`,
  };
}
