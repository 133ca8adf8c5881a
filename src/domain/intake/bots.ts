/** Machines that only look. Programs that name themselves are all that can be known from a User-Agent. */
import { isbot } from "isbot";
import { cut } from "./text.ts";

const AGENT_MAX = 1_024;

export const isBot = (userAgent: string): boolean => isbot(cut(userAgent, AGENT_MAX));
