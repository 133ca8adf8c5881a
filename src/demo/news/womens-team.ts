import type { Article } from "./article.ts";

export const WOMENS_TEAM: readonly Article[] = [
  {
    slug: "record-crowd-for-the-derby",
    topic: "womens-team",
    title: "Record crowd for the derby",
    lead: "9,412 came to see Rovers beat Wexby 3–1 under new lights.",
    date: "2026-11-17",
    author: "Jonas Tarrow",
    picture: "stands",
    body: [
      "They queued along the sea wall from noon. By kick-off 9,412 people were in, more than ever came to see our women’s team, and more than the men drew that weekend.",
      "Sunniva Astrup scored after four minutes, after which it was loud. Wexby Athletic equalised before the break, after which it was louder. Then Rosalind Achebe ran half the pitch and ended the discussion.",
      "“I heard my name from the corner where my grandparents used to stand,” Achebe said. “They don’t do away games any more. They did this one from heaven and the east stand.”",
      "The next home game is on 6 December. Tickets are in the shop window of this site, at the usual price.",
    ],
  },
  {
    slug: "astrup-called-up",
    topic: "womens-team",
    title: "Astrup called up again",
    lead: "Our number nine joins the national team for two qualifiers.",
    date: "2026-11-10",
    author: "Marit Oakes",
    picture: "ball",
    body: [
      "Sunniva Astrup has been called up for the qualifiers on 24 and 28 November, two years after the knee injury that was meant to end her career.",
      "She has scored fourteen goals this season, six with the foot she used to only stand on. “Rehabilitation is very boring,” she said. “I had time to learn the other one.”",
      "She misses no league game: the Coast League pauses for the international week.",
    ],
  },
  {
    slug: "full-time-from-next-season",
    topic: "womens-team",
    title: "Women’s team to go full-time next season",
    lead: "The board voted seven to nothing. The players found out during stretching.",
    date: "2026-10-28",
    author: "Jonas Tarrow",
    picture: "armband",
    body: [
      "From July every player of the women’s first team will have a full-time contract. The board’s vote on Monday was unanimous and took, according to the minutes, four minutes.",
      "Captain Petra Engstrand, who is also a paramedic, will keep one shift a month. “I like driving fast,” she said.",
      "The money comes from higher gate receipts, a kit sponsor that signed for five years, and the members’ fund. Nothing is taken from the academy.",
      "Training moves to mornings. The physiotherapists are said to have cried.",
    ],
  },
];
