import { ACADEMY } from "./academy.ts";
import type { Article, Topic } from "./article.ts";
import { CLUB_NEWS } from "./club.ts";
import { STADIUM } from "./stadium.ts";
import { TRANSFERS } from "./transfers.ts";
import { WOMENS_TEAM } from "./womens-team.ts";

/** Newest first. */
export const ARTICLES: readonly Article[] = [
  ...TRANSFERS,
  ...ACADEMY,
  ...WOMENS_TEAM,
  ...STADIUM,
  ...CLUB_NEWS,
].toSorted((a, b) => b.date.localeCompare(a.date));

export const articleBySlug = (slug: string): Article | undefined =>
  ARTICLES.find((article) => article.slug === slug);

export const articlesOn = (topic: Topic): readonly Article[] =>
  ARTICLES.filter((article) => article.topic === topic);
