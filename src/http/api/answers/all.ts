/** What every call answers, by method and path as in routes.ts; a test holds the Worker's real answers to it. */
import { CONSENT_ANSWERS } from "./consent.ts";
import { IDENTITY_ANSWERS } from "./identity.ts";
import { PEOPLE_ANSWERS } from "./people.ts";
import { REPORT_ANSWERS } from "./reports.ts";
import type { Answer } from "./shape.ts";

export const ANSWERS: Readonly<Record<string, Answer>> = {
  ...PEOPLE_ANSWERS,
  ...IDENTITY_ANSWERS,
  ...CONSENT_ANSWERS,
  ...REPORT_ANSWERS,
};
