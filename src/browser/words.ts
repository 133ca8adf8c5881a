import type { Notice } from "./types.ts";

/** What the banner says where the policy's notice doesn't. */
export const WORDS: Notice = {
  title: "May we use cookies?",
  body: "We would like to understand how this site is used. Nothing is recorded before you choose, and you can change your mind at any time.",
  acceptAll: "Accept all",
  refuseAll: "Refuse all",
  choose: "Choose",
  save: "Save my choice",
  ownData: "What is known about me",
  gpcHonoured: "Your browser asks us not to sell or share your data. We honour that.",
  gpcOverride: "Let what I choose here go before that signal",
};

export const FAILED = "This could not be saved. Please try again.";
