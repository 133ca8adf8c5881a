import type { Article } from "./article.ts";

export const ACADEMY: readonly Article[] = [
  {
    slug: "three-academy-players-in-cup-squad",
    topic: "academy",
    title: "Three academy players in the cup squad",
    lead: "Nwosu, Halloran and sixteen-year-old Bea Lindqvist travel to Castle Brig.",
    date: "2026-11-19",
    author: "Priya Dunmore",
    picture: "cones",
    body: [
      "For the first time since the academy moved to Mill Lane, three of its players travel with the first team. Dele Nwosu and Finn Halloran have trained with the seniors since September; Bea Lindqvist got the call during a chemistry lesson.",
      "“Her teacher let her answer it,” said academy head Owen Prisk. “Then he made her finish the experiment. We approve of both decisions.”",
      "All three started in our under-nines. Between them they have missed eleven training sessions in eight years, nine of which were chickenpox.",
      "The squad leaves on Friday at noon. The coach has one spare seat, and it is not for sale.",
    ],
  },
  {
    slug: "inside-mill-lane",
    topic: "academy",
    title: "A day at Mill Lane",
    lead: "From the first kettle at six to the last ball found in the hedge at nine.",
    date: "2026-11-11",
    author: "Priya Dunmore",
    picture: "pitch",
    body: [
      "Groundsman Col Tranter opens the gate at ten to six. By the time the first under-tens arrive he has walked the lines twice and moved one family of ducks.",
      "A hundred and forty children train here each week, in groups small enough that everybody touches the ball every twenty seconds. That figure is measured. It used to be fifty.",
      "There is homework before football, supper after it, and nobody is told that they will be a professional. “We tell them they will be a good team mate,” said Prisk. “That’s a promise we can keep.”",
      "Open days for children born between 2016 and 2019 are on the first Sunday of each month.",
    ],
  },
  {
    slug: "under-eighteens-top-at-christmas",
    topic: "academy",
    title: "Under-18s sure to be top at Christmas",
    lead: "A late equaliser at Northolm keeps the unbeaten run going at fourteen.",
    date: "2026-10-31",
    author: "Owen Prisk",
    picture: "ball",
    body: [
      "It was not pretty, and it was two minutes into added time, but Halloran’s header makes it fourteen league games without defeat for the under-18s.",
      "Northolm City led through a free kick that took two deflections and a gust. From then on it was one-way traffic, most of it into their goalkeeper’s gloves.",
      "With two games left before the break nobody can catch us. The coaches have asked that nobody mentions it; the players have asked for a party.",
    ],
  },
];
