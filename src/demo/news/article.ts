import type { Picture } from "../pictures.ts";

export const TOPICS = {
  transfers: "Transfers",
  academy: "Academy",
  "womens-team": "Women’s team",
  stadium: "Stadium",
  matchday: "Matchday",
  community: "Community",
} as const;

export type Topic = keyof typeof TOPICS;

export interface Article {
  readonly slug: string;
  readonly topic: Topic;
  readonly title: string;
  readonly lead: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly author: string;
  readonly picture: Picture;
  readonly body: readonly string[];
}
