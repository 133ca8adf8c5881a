/** What tests of the merge rules share: the rules as an officer saves them, browsers that agreed, people by what they said. */
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import { api, Browser, OFFICER_TOKEN } from "../../support/site.ts";

const { version: _, ...rest } = DEFAULT_MERGE_RULES;
/** Those that Usher comes with. */
export const starter = rest;

export const put = (rules: unknown, token = OFFICER_TOKEN) =>
  api("/merge-rules", token, rules, "PUT");

export const agreed = async (address: string): Promise<Browser> => {
  const browser = new Browser({ "usher-region": "DE", "cf-connecting-ip": address });
  await browser.consent({ accept: "all" });
  return browser;
};

export const people = async (identifier: string): Promise<{ id: string; visitors: number }[]> =>
  (await api(`/people?identifier=${encodeURIComponent(identifier)}`)).body["people"] as never;
