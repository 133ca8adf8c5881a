/** The console's design system. One file a layer: what everything is measured in, the page around, and the parts. */
import { FRAME } from "./style/frame.ts";
import { PARTS } from "./style/parts.ts";
import { TOKENS } from "./style/tokens.ts";

export const STYLE = TOKENS + FRAME + PARTS;
