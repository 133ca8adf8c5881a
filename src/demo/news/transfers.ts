import type { Article } from "./article.ts";

export const TRANSFERS: readonly Article[] = [
  {
    slug: "okafor-lind-signs-until-2029",
    topic: "transfers",
    title: "Okafor-Lind signs until 2029",
    lead: "The winger who came on loan and stayed in the town’s heart is ours for good.",
    date: "2026-11-20",
    author: "Marit Oakes",
    picture: "handshake",
    body: [
      "Tobias Okafor-Lind has signed a contract that keeps him at the Breakwater until the summer of 2029. The twenty-three-year-old scored eleven times on loan last season, four of them in the last quarter of an hour.",
      "“I told my mother I would be here for five months,” he said after training on Thursday. “She has since bought a coat for the sea wind, so I suppose she knew before I did.”",
      "Head coach Ines Calloway called it the most important signature of the year. “He runs at people when everybody else is tired. You can’t teach that, you can only be glad of it.”",
      "He will wear number 17. Shirts with his name are in the shop from Saturday.",
    ],
  },
  {
    slug: "what-we-need-in-january",
    topic: "transfers",
    title: "What we need in January, and what we don’t",
    lead: "Sporting director Hal Brennick on left backs, patience and the price of panic.",
    date: "2026-11-14",
    author: "Jonas Tarrow",
    picture: "tactics",
    body: [
      "The window opens in six weeks, and Hal Brennick’s whiteboard has two names on it. He won’t say which. He will say how they got there: forty games watched in person, none of them by him alone.",
      "“We need a left back who can play tomorrow and a midfielder who can play in two years,” he said. “We don’t need a striker because one of ours missed a chance in the rain.”",
      "The budget is what it was in August. Two loans end at New Year; whether they are renewed depends on the medical staff more than on the accounts.",
      "Supporters who want to ask him themselves can do so at the open evening on 8 December in the clubhouse. Doors at seven, tea from half past six.",
    ],
  },
  {
    slug: "vasquez-moran-joins-kestrel",
    topic: "transfers",
    title: "Vásquez-Moran leaves for Kestrel United",
    lead: "Two hundred and six games, one broken nose, no bad word. Goodbye to a captain.",
    date: "2026-11-03",
    author: "Marit Oakes",
    picture: "armband",
    body: [
      "Rafael Vásquez-Moran has joined Kestrel United with immediate effect. The clubs agreed on a fee that will stay between them, and on a friendly in July that won’t.",
      "He leaves as the player with the fifth most appearances in our history. His first was a goalless draw that nobody remembers; his last was the cup win at Dunmoor that nobody will forget.",
      "“They asked whether I wanted a farewell game,” he said. “I said I would rather have a farewell fish supper. We had one. It was better than some of the games.”",
      "Petra Engstrand takes the armband until the end of the season.",
    ],
  },
];
