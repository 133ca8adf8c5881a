import type { Article } from "./article.ts";

export const CLUB_NEWS: readonly Article[] = [
  {
    slug: "what-to-know-for-saturday",
    topic: "matchday",
    title: "What to know for Saturday",
    lead: "Harrow Vale at home, three o’clock, wind from the west and pies from Dora.",
    date: "2026-11-21",
    author: "Jonas Tarrow",
    picture: "pitch",
    body: [
      "Gates open at half past one. If you come by train, leave the station by the harbour side: the market bridge is closed until Monday.",
      "Harrow Vale have won their last three and defend with five. We have Okafor-Lind fit, Engstrand back, and a new roof to make noise under.",
      "Dora’s kiosk has moved to the north stand. The queue has moved with it, we are told in the same order.",
      "Tickets are left in the north and west. Under-twelves sit with an adult for two pounds.",
    ],
  },
  {
    slug: "boots-for-the-harbour-school",
    topic: "community",
    title: "Two hundred pairs of boots",
    lead: "You brought them, we cleaned them, Harbour School wears them.",
    date: "2026-10-20",
    author: "Priya Dunmore",
    picture: "handshake",
    body: [
      "In September we asked for boots that had become too small. We hoped for fifty pairs. We got two hundred and eleven, and one pair of ice skates.",
      "The first team cleaned them on an evening off. The skates went to the rink at Dunmoor, with our compliments.",
      "If you have some at home still, there is a box at the clubhouse door, all year round.",
    ],
  },
];
