import type { Article } from "./article.ts";

export const STADIUM: readonly Article[] = [
  {
    slug: "north-stand-roof-finished",
    topic: "stadium",
    title: "The north stand has its roof",
    lead: "Dry seats for 2,100 people, and a view of the harbour from row twelve.",
    date: "2026-11-16",
    author: "Col Tranter",
    picture: "floodlights",
    body: [
      "The last of thirty-one beams was lowered on Friday at first light, because the wind sleeps then. From Saturday nobody in the north stand needs a hood.",
      "The roof carries solar panels that will cover two thirds of what the floodlights use in a year. On match nights, of course, it is dark, so there are batteries under the steps.",
      "Row twelve has a gap in the cladding through which you can see the harbour. The architect calls it an accident. The architect’s father was a fisherman.",
    ],
  },
  {
    slug: "how-the-new-lights-work",
    topic: "stadium",
    title: "How the new lights work",
    lead: "Less glare, half the power, and no more confused seagulls.",
    date: "2026-11-06",
    author: "Priya Dunmore",
    picture: "floodlights",
    body: [
      "Until last month the Breakwater was lit by lamps from 1994. They took eleven minutes to warm up, and every gull on the coast knew when we played.",
      "The new ones reach full strength in a second and point at the grass and nothing else. Neighbours in Signal Street measured it: their bedrooms are as dark as on a Tuesday.",
      "They also dim to a tenth for evening training, which the academy will use from January.",
    ],
  },
  {
    slug: "safe-standing-vote",
    topic: "stadium",
    title: "Members vote for safe standing",
    lead: "Eight in ten want rail seats in the east stand. Work begins in June.",
    date: "2026-10-24",
    author: "Marit Oakes",
    picture: "stands",
    body: [
      "The members have decided: 3,204 of 4,011 votes were for rail seats in blocks F to J of the east stand.",
      "Nobody loses a seat. Season ticket holders in these blocks are asked first whether they want to stay, move forward, or move to the roofed north stand at the same price.",
      "Work begins the week after the last home game and is done before the first. That is the plan; the sea has its own.",
    ],
  },
];
