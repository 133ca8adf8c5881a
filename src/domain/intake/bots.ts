/** Machines that only look. Programs that name themselves are all that can be known from a User-Agent. */
import { isbot } from "isbot";
import { remembered } from "./remembered.ts";
import { cut } from "./text.ts";

const AGENT_MAX = 1_024;
const AGENTS_KEPT = 256;

const screened = remembered(AGENTS_KEPT, isbot);

export const isBot = (userAgent: string): boolean => screened(cut(userAgent, AGENT_MAX));
