/** What a form has just done, told on the page that follows it: `?done=joined`. */
import { asked } from "../http/api/input.ts";
import { seeOther } from "../http/respond.ts";
import { Notice } from "./parts.tsx";

const DONE = {
  joined: "They are one person now. You can undo it below, where the reasons stand.",
  rejected: "Noted: they are two people. This won't be suggested again.",
  apart: "Noted: they are kept apart, and no machine joins them.",
  together: "They are no longer kept apart. What both said is weighed again.",
  owned: "Noted whose it is. What rested on it is looked at again.",
  released: "Released: it may join people again, and is counted anew.",
  blocked: "Blocked: it joins nobody from now on, whoever says it.",
  discarded: "The draft is discarded. The policy in force stays as it is.",
  handed: "Noted that it was handed over.",
  changed: "Saved.",
  removed: "Taken out.",
  paused: "Paused: nothing is sent to it until it goes on.",
  resumed: "It goes on.",
  again: "It is sent again within minutes.",
} as const;

export type Done = keyof typeof DONE;

/** To the page that tells it. */
export const doneAt = (path: string, done: Done): Response => seeOther(`${path}?done=${done}`);

export const Told = ({ request }: { request: Request }) => {
  const done = asked(request, "done") ?? "";
  return Object.hasOwn(DONE, done) && request.method === "GET" ? (
    <Notice tone="good">
      <p>{DONE[done as Done]}</p>
    </Notice>
  ) : null;
};
